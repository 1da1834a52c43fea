//! Calls that take more than one request: redirects, and refusals that pass.

use serde_json::json;

use crate::support::{Recorder, Server, error, message, text};

fn redirect(status: &str, location: &str) -> Vec<u8> {
    message(status, &[&format!("location: {location}")], b"")
}

#[test]
fn a_redirect_within_the_api_is_followed_by_safe_requests() {
    let (api, base) = Recorder::tcp();
    let root = format!("{base}/v1");
    let server = Server::start(&root, &[], &[("CREDENTIAL_HEADER_KEY", "a secret key")]);
    api.answer_once(redirect("301 Moved", "/v1/moved?x=1"));
    api.answer_once(redirect(
        "307 Moved",
        &format!("{base}/v1/moved/again#here"),
    ));
    api.answer_once(message("200 OK", &[], b"there"));
    let result = server.call("securedHeader", json!({}));
    assert_eq!(text(&result), "there");
    let seen = api.take();
    let targets: Vec<_> = seen.iter().map(|request| request.target()).collect();
    assert_eq!(targets, ["/v1/secured", "/v1/moved?x=1", "/v1/moved/again"]);
    // All of them went to the API for which the credential was given.
    for request in &seen {
        assert_eq!(request.header("x-api-key"), Some("a secret key"));
    }
}

#[test]
fn a_redirect_to_another_origin_or_place_is_not_followed_nor_shown() {
    let (other, elsewhere) = Recorder::tcp();
    let (api, base) = Recorder::tcp();
    let server = Server::start(&format!("{base}/v1"), &[], &[]);
    for location in [
        &format!("{elsewhere}/secret"),
        "/admin/secret",
        "/v1/../secret",
    ] {
        api.answer_once(redirect("302 Found", location));
        let result = server.call("getPet", json!({"petId": 1}));
        assert!(error(&result).starts_with("HTTP 302 Found"), "{result}");
        assert!(!result.to_string().contains("secret"), "{result}");
        assert_eq!(api.take().len(), 1);
    }
    assert!(other.take().is_empty());
}

#[test]
fn a_redirect_of_what_changes_something_is_not_followed() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for status in ["302 Found", "303 See Other", "307 Moved", "308 Moved"] {
        api.answer_once(redirect(status, "/pets/1"));
        error(&server.call("addPet", json!({"name": "Rex"})));
        assert_eq!(api.take().len(), 1, "{status}");
    }
}

#[test]
fn redirects_come_to_an_end() {
    let (api, base) = Recorder::tcp();
    api.answer("302 Found", &["location: /again"], "");
    let server = Server::start(&base, &[], &[]);
    error(&server.call("unsecured", json!({})));
    assert_eq!(api.take().len(), 4);
}

#[test]
fn a_refusal_that_passes_is_waited_for_where_repeating_is_safe() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    api.answer_once(message("429 Slow Down", &["retry-after: 0"], b""));
    let date = "retry-after: Sun, 06 Nov 1994 08:49:37 GMT";
    api.answer_once(message("503 Busy", &[date], b""));
    let result = server.call("unsecured", json!({}));
    assert_ne!(result["isError"], true, "{result}");
    assert_eq!(api.take().len(), 3);
    // Three times is enough.
    api.answer("503 Busy", &["retry-after: 0"], "");
    let result = server.call("deletePet", json!({"petId": "1"}));
    assert!(error(&result).contains("Retry-After: 0"), "{result}");
    assert_eq!(api.take().len(), 3);
}

#[test]
fn nothing_is_repeated_that_may_not_be_or_that_would_take_too_long() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    api.answer("429 Slow Down", &["retry-after: 0"], "");
    error(&server.call("addPet", json!({"name": "Rex"})));
    error(&server.call("patchPet", json!({"petId": 1})));
    assert_eq!(api.take().len(), 2);
    for (status, header) in [
        ("503 Busy", "retry-after: 3600"),
        ("503 Busy", "retry-after: soon"),
        ("503 Busy", "x: y"),
        ("500 Oops", "retry-after: 0"),
    ] {
        api.answer(status, &[header], "");
        error(&server.call("unsecured", json!({})));
        assert_eq!(api.take().len(), 1, "{status} {header}");
    }
}
