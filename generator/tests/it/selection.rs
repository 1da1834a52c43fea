//! Which operations make tools, and what their authors call them.

use crate::common::{finding, names, options, place, specification, tool};
use toolmill_generator::{FileSet, Options, Selection, generate};

fn chosen(include: &[&str], exclude: &[&str]) -> FileSet {
    let rules = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let options = Options {
        selection: Selection {
            include: rules(include),
            exclude: rules(exclude),
        },
        ..options()
    };
    let text = specification(
        "  /pets:
    get: { operationId: listPets, tags: [pets, public], responses: {} }
    post: { operationId: addPet, tags: [pets], responses: {} }
    head: { operationId: hasPets, responses: { 200: { content: { application/json: { schema: { type: object } } } } } }
  /admin/users: { delete: { operationId: dropUsers, tags: [admin], responses: {} } }",
        "",
    );
    generate(text.as_bytes(), &options).expect("usable")
}

#[test]
fn rules_include_and_exclude() {
    for (include, exclude, expected) in [
        (&[][..], &[][..], &["listPets", "addPet", "dropUsers"][..]),
        (&["tag=pets"], &[], &["listPets", "addPet"]),
        (&["tag=pets"], &["method=POST"], &["listPets"]),
        (&[], &["path=/admin/**"], &["listPets", "addPet"]),
        (
            &["operation=add*", "/admin/*"],
            &[],
            &["addPet", "dropUsers"],
        ),
        (&["method=head"], &[], &["hasPets"]),
        (&["method=*"], &["tag=*"], &["hasPets"]),
        (&["path=/pets"], &[], &["listPets", "addPet"]),
    ] {
        let found = chosen(include, exclude);
        assert_eq!(names(&found), expected, "{include:?} {exclude:?}");
        assert!(found.diagnostics.is_empty(), "{}", found.diagnostics);
    }
    let head = chosen(&["method=head"], &[]);
    assert!(tool(&head, "hasPets")["outputSchema"].is_null());
}

#[test]
fn a_rule_that_matches_nothing_is_reported() {
    let found = chosen(&[], &["tag=admn"]);
    let finding = finding(&found.diagnostics, "selection-unmatched");
    assert_eq!(finding.message, "No operation matches `tag=admn`.");
    assert_eq!(place(finding).0, "");
}

#[test]
fn the_document_can_hide_and_name_its_operations() {
    let text = specification(
        "  /a:
    x-mcp: false
    get: { operationId: a, responses: {} }
    put: { operationId: b, x-mcp: true, x-mcp-name: replace_it, responses: {} }
  /c: { get: { operationId: c, x-mcp-name: 'not a name', responses: {} } }
  /d: { get: { operationId: d, x-mcp: false, responses: {} } }
  /e: { get: { operationId: replace_it, responses: {} } }
  /f: { get: { operationId: f, x-mcp-name: same, responses: {} }, put: { x-mcp-name: SAME, responses: {} } }",
        "",
    );
    let lock = "[tools]\n\"PUT /a\" = \"earlier\"\n\"GET /c\" = \"pinned\"\n".to_owned();
    let options = Options {
        lock: Some(lock),
        ..options()
    };
    let found = generate(text.as_bytes(), &options).expect("usable");
    let names = names(&found);
    assert_eq!(names[..2], ["replace_it", "pinned"]);
    assert!(names[2].starts_with("replace_it_"), "{names:?}");
    assert!(
        names[3].starts_with("same_") && names[4].starts_with("SAME_"),
        "{names:?}"
    );
    assert_eq!(
        place(finding(&found.diagnostics, "name-unusable")).0,
        "/paths/~1c/get/x-mcp-name"
    );
}
