//! Credentials of a server that runs alone.

use serde_json::json;

use crate::support::{Recorder, Server, command, error};

const ALL: &[(&str, &str)] = &[
    ("CREDENTIAL_HEADER_KEY", "h1"),
    ("CREDENTIAL_QUERY_KEY", "q 1&"),
    ("CREDENTIAL_COOKIE_KEY", "c1"),
    ("CREDENTIAL_BEARER", "b1"),
    ("CREDENTIAL_BASIC", "user:pass"),
    ("CREDENTIAL_TOKEN", "t1"),
];

#[test]
fn each_kind_goes_where_it_belongs() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], ALL);
    server.call("securedHeader", json!({}));
    let request = api.take_one();
    assert_eq!(
        (request.header("x-api-key"), request.header("authorization")),
        (Some("h1"), None)
    );
    server.call("securedQuery", json!({}));
    assert_eq!(api.take_one().target(), "/secured?api%20key=q%201%26");
    server.call("securedCookie", json!({"session": "s1"}));
    assert_eq!(api.take_one().header("cookie"), Some("session=s1; key=c1"));
    server.call("securedEither", json!({}));
    let request = api.take_one();
    assert_eq!(
        (request.header("x-api-key"), request.header("authorization")),
        (Some("h1"), Some("Bearer b1"))
    );
}

#[test]
fn the_first_alternative_that_is_complete_is_taken() {
    let (api, base) = Recorder::tcp();
    for (given, authorization) in [
        (&ALL[3..], Some("Basic dXNlcjpwYXNz")),
        (&ALL[5..], Some("Token t1")),
        (&ALL[..0], None),
    ] {
        let server = Server::start(&base, &[], given);
        server.call("securedEither", json!({}));
        assert_eq!(api.take_one().header("authorization"), authorization);
    }
}

#[test]
fn none_is_sent_where_none_is_asked_for() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], ALL);
    server.call("unsecured", json!({}));
    let request = api.take_one();
    let names = ["x-api-key", "authorization", "cookie"];
    assert_eq!(
        (names.map(|name| request.header(name)), request.target()),
        ([None; 3], "/secured")
    );
    server.call("securedOptional", json!({}));
    assert_eq!(api.take_one().header("authorization"), Some("Bearer b1"));
}

#[test]
fn a_missing_one_is_named_when_the_api_refuses() {
    let (api, base) = Recorder::tcp();
    api.answer(
        "401 Unauthorized",
        &["www-authenticate: Bearer resource_metadata=\"http://169.254.169.254\""],
        "",
    );
    let server = Server::start(&base, &[], &[]);
    let result = server.call("securedHeader", json!({}));
    assert_eq!(error(&result), "HTTP 401 Unauthorized");
    assert!(
        result["content"][1]["text"]
            .as_str()
            .is_some_and(|hint| hint.contains("CREDENTIAL_HEADER_KEY"))
    );
    assert!(!result.to_string().contains("169.254"));
}

#[test]
fn they_may_stand_in_a_file() {
    let (api, base) = Recorder::tcp();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("credentials.json");
    std::fs::write(&file, r#"{"bearer": "from a file\n", "unknown": "x"}"#).expect("a file");
    let path = file.to_str().expect("UTF-8");
    let server = Server::start(&base, &["--credentials", path], ALL);
    server.call("securedOptional", json!({}));
    assert_eq!(
        api.take_one().header("authorization"),
        Some("Bearer from a file")
    );
    server.call("securedHeader", json!({}));
    assert_eq!(api.take_one().header("x-api-key"), None);
}

#[test]
fn an_unusable_one_is_refused_without_being_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("credentials.json");
    let path = file.to_str().expect("UTF-8");
    for content in [
        r#"{"bearer": "secret\nvalue"}"#,
        r#"{"bearer": ["secret"]}"#,
        "secret",
    ] {
        std::fs::write(&file, content).expect("a file");
        let output = command(&["--port", "0", "--credentials", path])
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(!text.contains("secret") && !text.is_empty(), "{text}");
    }
}

#[test]
fn another_origin_gets_none() {
    let (api, base) = Recorder::tcp();
    let elsewhere = format!("{base}/other");
    // Without a base URL the manifest's own server is the API, and this operation's is another.
    let mut alone = command(&["--port", "0"]);
    alone.envs(ALL.iter().copied()).env("ELSEWHERE", &elsewhere);
    Server::spawn(alone).call("elsewhere", json!({}));
    let request = api.take_one();
    assert_eq!(
        (request.target(), request.header("authorization")),
        ("/other/elsewhere", None)
    );
    // A base URL stands in place of both.
    let server = Server::start(
        &format!("{base}/base"),
        &[],
        &[ALL[3], ("ELSEWHERE", &elsewhere)],
    );
    server.call("elsewhere", json!({}));
    let request = api.take_one();
    assert_eq!(
        (request.target(), request.header("authorization")),
        ("/base/elsewhere", Some("Bearer b1"))
    );
}

#[test]
fn one_that_the_api_sends_back_is_taken_out() {
    let (api, base) = Recorder::tcp();
    let secret = "s3cret \"value\"";
    let body =
        json!({"raw": secret, "base64": "czNjcmV0ICJ2YWx1ZSI=", "encoded": "s3cret%20%22value%22"});
    let server = Server::start(&base, &[], &[("CREDENTIAL_BEARER", secret)]);
    for status in ["200 OK", "500 Oops"] {
        api.answer(
            status,
            &["content-type: application/json"],
            body.to_string(),
        );
        let result = server.call("securedOptional", json!({})).to_string();
        assert!(
            !result.contains("s3cret") && !result.contains("czNjcmV0"),
            "{result}"
        );
        assert!(result.contains("[redacted]"), "{result}");
    }
}
