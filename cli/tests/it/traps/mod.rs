//! What a correct tool call has to get right: each known trap of other products
//! by its number, from a real client's arguments to the raw bytes of the request,
//! and from the bytes of an answer to the client's result.
//!
//! `toolmill run` serves the specifications in `specs/`, each test with a server
//! and a recorder of its own.

mod bodies;
mod headers;
mod names;
mod paths;
mod queries;
mod results;
mod security;

/// No number is forgotten.
#[test]
fn every_trap_has_a_test() {
    const SOURCES: [&str; 7] = [
        include_str!("paths.rs"),
        include_str!("queries.rs"),
        include_str!("headers.rs"),
        include_str!("bodies.rs"),
        include_str!("results.rs"),
        include_str!("security.rs"),
        include_str!("names.rs"),
    ];
    let has = |name: &str| SOURCES.iter().any(|source| source.contains(name));
    let numbers = (1..=71).map(|number| number.to_string());
    let missing: Vec<_> = numbers
        .chain(["4b".to_owned()])
        .filter(|number| !has(&format!("async fn trap_{number:0>2}_")))
        .collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}
