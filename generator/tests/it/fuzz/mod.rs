//! Random specifications: the generator refuses them or writes Rust, and never
//! panics. Each test runs for a second, or for `BOLERO_RANDOM_TEST_TIME_MS`;
//! `cargo xtask fuzz --seconds 60` runs all of them longer.
//!
//! A failure prints a `BOLERO_RANDOM_SEED`, which as an environment variable runs
//! that case again, and the specification itself.

mod mutation;
mod seeds;

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use bolero::check;
use toolmill_generator::{FileSet, Limits, generate, parse};

use crate::common::options;
use crate::tokens::{PAYLOADS, is_identifier, skeletons, vocabulary};
use mutation::{Edit, Splice};

/// Bytes of a specification with some overwritten, taken out and repeated.
#[test]
fn any_bytes_are_refused_or_become_rust() {
    let seeds = seeds::all();
    check!()
        .with_type::<(u16, Vec<Splice>)>()
        .for_each(|(seed, splices)| {
            let mut bytes = seeds[usize::from(*seed) % seeds.len()].bytes.clone();
            for splice in splices.iter().take(16) {
                mutation::splice(&mut bytes, *splice);
            }
            holds(&bytes);
        });
}

/// A specification whose values are exchanged, renamed and made of other kinds.
#[test]
fn any_tree_is_refused_or_becomes_rust() {
    let seeds = seeds::all();
    let made = AtomicUsize::new(0);
    check!()
        .with_type::<(u16, Vec<Edit>)>()
        .for_each(|(seed, edits)| {
            let mut tree = seeds[usize::from(*seed) % seeds.len()].tree.clone();
            for edit in edits.iter().take(8) {
                mutation::edit(&mut tree, *edit);
            }
            if holds(tree.to_string().as_bytes()).is_some() {
                made.fetch_add(1, Ordering::Relaxed);
            }
        });
    assert_ne!(
        made.into_inner(),
        0,
        "control: some are still specifications"
    );
}

/// A specification with one text made hostile gives the same tokens as with a harmless one.
#[test]
fn any_text_is_data() {
    let seeds = seeds::all();
    let compared = AtomicUsize::new(0);
    check!()
        .with_type::<(u16, u32, u8)>()
        .for_each(|(seed, place, payload)| {
            let tree = &seeds[usize::from(*seed) % seeds.len()].tree;
            // Both begin alike, so that names made from them are as different from others.
            let hostile = format!("zq7 {}", PAYLOADS[usize::from(*payload) % PAYLOADS.len()]);
            let made = |text: &str| {
                let mut tree = tree.clone();
                mutation::replace_text(&mut tree, *place, text);
                let bytes = tree.to_string().into_bytes();
                (holds(&bytes), bytes)
            };
            let ((Some(twin), _), (Some(hostile), bytes)) = (made("zq7 x"), made(&hostile)) else {
                return;
            };
            if shape(&twin) == shape(&hostile) {
                alike(&twin, &hostile, &bytes);
                compared.fetch_add(1, Ordering::Relaxed);
            }
        });
    assert_ne!(compared.into_inner(), 0, "control: some are compared");
}

/// The files, where the bytes are a specification; those of Rust are Rust.
fn holds(bytes: &[u8]) -> Option<FileSet> {
    let made = catch_unwind(|| generate(bytes, &options()));
    let Ok(made) = made else {
        panic!("it panics:\n{}", String::from_utf8_lossy(bytes));
    };
    let files = match made {
        Ok(files) => files,
        Err(found) => {
            let said = found.iter().all(|one| !one.message.is_empty());
            assert!(said, "{found}:\n{}", String::from_utf8_lossy(bytes));
            return None;
        }
    };
    for (path, text) in &files.files {
        let text = String::from_utf8_lossy(text);
        let fault = match path.rsplit('.').next() {
            Some("rs") => syn::parse_file(&text).err().map(|fault| fault.to_string()),
            Some("json") if path == "tools.json" => parse(text.as_bytes(), &Limits::default())
                .err()
                .map(|fault| fault.to_string()),
            _ => None,
        };
        if let Some(fault) = fault {
            panic!(
                "{path}: {fault}\n{text}\nfrom:\n{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
    Some(files)
}

/// Nothing but literals and identifiers is there that is not there for a harmless text,
/// which may say more, since a line break or the like makes some texts unusable.
fn alike(twin: &FileSet, hostile: &FileSet, bytes: &[u8]) {
    let from = || String::from_utf8_lossy(bytes);
    for path in ["Cargo.toml", "Dockerfile", "src/main.rs"] {
        assert_eq!(
            twin.files[path],
            hostile.files[path],
            "{path} from:\n{}",
            from()
        );
    }
    let (mut twin, mut hostile) = (skeletons(twin), skeletons(hostile));
    let ((twin_words, _), (words, _)) = (vocabulary(&twin), vocabulary(&hostile));
    for word in words.difference(&twin_words) {
        assert!(is_identifier(word), "`{word}` from:\n{}", from());
    }
    // Which calls its tests make depends on what fits its schemas.
    for skeletons in [&mut twin, &mut hostile] {
        skeletons.remove("tests/wire.rs");
    }
    let ((_, twin_marks), (_, marks)) = (vocabulary(&twin), vocabulary(&hostile));
    for (mark, count) in marks {
        let usual = twin_marks.get(&mark).copied().unwrap_or_default();
        assert!(
            count <= usual,
            "{count} `{mark}`, not {usual}, from:\n{}",
            from()
        );
    }
}

/// What a text may decide: how many tools there are, their arguments, and where they go.
fn shape(files: &FileSet) -> Vec<(usize, usize)> {
    let tools = files.manifest.tools.iter();
    let arguments = |schema: &str| {
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap_or_default();
        schema["properties"]
            .as_object()
            .map_or(0, serde_json::Map::len)
    };
    let shape = tools.map(|tool| (arguments(tool.input_schema.get()), tool.security.len()));
    shape
        .chain([(files.diagnostics.iter().count(), 0)])
        .collect()
}
