//! Several files → one document, at the seams that the command line does not show.

use std::sync::Arc;

use toolmill_generator::bundle::{Files, Needs, bundle};
use toolmill_generator::{Document, Limits, parse};
use url::Url;

fn document(text: &str) -> Arc<Document> {
    Arc::new(parse(text.as_bytes(), &Limits::default()).expect("a document"))
}

fn url(path: &str) -> Url {
    Url::parse("file:///api/")
        .and_then(|base| base.join(path))
        .expect("a URL")
}

/// What a document needs, from files that are made where they are asked for.
struct Gathered {
    files: Files,
    rounds: usize,
    looked_through: usize,
}

fn gather(root: &str, file: impl Fn(&str) -> String) -> Gathered {
    let at = url("openapi.yaml");
    let mut files = Files::default();
    files.add(at.clone(), at.clone(), document(root));
    let mut needs = Needs::of(&at);
    let mut rounds = 0;
    loop {
        let lacking = needs.lacking(&files);
        if lacking.is_empty() {
            break;
        }
        rounds += 1;
        for url in lacking.into_keys() {
            let text = file(url.path().trim_start_matches("/api/"));
            files.add(url.clone(), url, document(&text));
        }
    }
    let looked_through = needs.looked_through();
    Gathered {
        files,
        rounds,
        looked_through,
    }
}

const ROOT: &str = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: {}\ncomponents: { schemas: { A: { $ref: '0.yaml' } } }\n";

#[test]
fn a_chain_of_files_is_looked_through_once() {
    let chain = |files: usize| {
        gather(ROOT, |name| {
            let number: usize = name.trim_end_matches(".yaml").parse().expect("a number");
            if number + 1 == files {
                return "{ type: object, properties: {} }\n".to_owned();
            }
            let next = number + 1;
            format!("{{ type: object, properties: {{ next: {{ $ref: {next}.yaml }} }} }}\n")
        })
    };
    let (short, long) = (chain(10), chain(2_000));
    assert_eq!((short.files.len(), short.rounds), (11, 10));
    assert_eq!((long.files.len(), long.rounds), (2_001, 2_000));
    // The schema, its properties and the reference of each file more.
    assert_eq!(long.looked_through - short.looked_through, 3 * 1_990);

    let bundled = bundle(&url("openapi.yaml"), &long.files, &Limits::default());
    assert!(bundled.lacking.is_empty() && bundled.unresolved.is_empty());
    let schemas = bundled.document["components"]["schemas"].as_object();
    assert_eq!(schemas.map(serde_json::Map::len), Some(2_000));
}

/// References into the middle of what was looked through as a whole.
#[test]
fn parts_that_overlap_are_looked_through_once() {
    let depth = 60;
    let nested = |count: usize| {
        let references = (0..count).map(|number| {
            let within = "/properties/a".repeat(number % depth);
            format!("A{number}: {{ $ref: '0.yaml#{within}' }}")
        });
        let references = references.collect::<Vec<_>>().join(", ");
        let root = ROOT.replace("A: { $ref: '0.yaml' }", &references);
        gather(&root, |_| {
            let open = "{ properties: { a: ".repeat(depth);
            format!("{open}{{ type: string }}{}\n", " } }".repeat(depth))
        })
    };
    // Each reference is one container more.
    let (few, many) = (nested(1), nested(1_001));
    assert_eq!(many.looked_through - few.looked_through, 1_000);
}

/// A name without a file may be meant for the root document, in whichever file
/// its part is.
#[test]
fn what_is_meant_for_the_root_document_needs_its_files() {
    let root = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: { /a: { $ref: path.yaml } }\ncomponents: { schemas: { $ref: schemas.yaml } }\n";
    let gathered = gather(root, |name| {
        match name {
        "path.yaml" => "get: { responses: { '200': { description: A., content: { application/json: { schema: { $ref: '#/components/schemas/B' } } } } } }\n".to_owned(),
        "schemas.yaml" => "B: { $ref: b.yaml }\n".to_owned(),
        "b.yaml" => "type: boolean\n".to_owned(),
        other => panic!("{other} is not referred to"),
    }
    });
    assert_eq!(gathered.files.len(), 4);
    let bundled = bundle(&url("openapi.yaml"), &gathered.files, &Limits::default());
    assert!(bundled.lacking.is_empty());
    assert_eq!(
        bundled.document["components"]["schemas"]["B"]["type"],
        "boolean"
    );
}
