//! A grant is good for requests of its tool's operation, and for where the API
//! redirects one of these; each refusal has its positive control.

use serde_json::{Value, json};
use toolmill_core::Outcome;

use crate::support::api::{Api, Tool};
use crate::support::upstream::Upstream;
use crate::support::world::{Person, World};

fn code(answer: &Value) -> &str {
    answer["headers"]["toolmill-broker-error"]
        .as_str()
        .unwrap_or("none")
}

/// An API below `base` with one operation.
async fn setting(base: &str, method: &str, path: &str) -> (Upstream, World, Person) {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let mut api = Api::at(&upstream.url(base));
    api.tools = vec![
        Tool::of("fetch", method, path),
        Tool::of("post", "POST", "/{place}"),
    ];
    let ann = world.user_with("ann", &api).await;
    (upstream, world, ann)
}

#[tokio::test]
async fn a_grant_is_for_one_method() {
    let (upstream, _world, ann) = setting("/v1/", "GET", "/pets/{id}").await;
    let url = upstream.url("/v1/pets/7");
    for method in [
        "DELETE", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "get", "QUERY",
    ] {
        let answer = ann
            .client
            .fetch(json!({"url": url, "method": method}))
            .await;
        assert_eq!(code(&answer), "operation-refused", "{method}");
    }
    assert!(upstream.requests().is_empty());
    assert_eq!(ann.client.fetch(json!({"url": url})).await["status"], 200);
}

#[tokio::test]
async fn no_header_makes_another_request_of_it() {
    let (upstream, _world, ann) = setting("/v1/", "GET", "/pets/{id}").await;
    let url = upstream.url("/v1/pets/7");
    for (name, value) in [
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-HTTP-Method", "DELETE"),
        ("x-method-override", "DELETE"),
        ("X-Original-URL", "/v1/users"),
        ("X-Rewrite-URL", "/v1/users"),
        ("X-Override-URL", "/v1/users"),
    ] {
        let arguments = json!({"url": url, "headers": [[name, value]]});
        let answer = ann.client.fetch(arguments).await;
        assert_eq!(code(&answer), "override-refused", "{name}");
    }
    assert!(upstream.requests().is_empty());
    let arguments = json!({"url": url, "headers": [["X-Method", "GET"]]});
    assert_eq!(ann.client.fetch(arguments).await["status"], 200);
}

#[tokio::test]
async fn a_grant_is_for_one_path() {
    let (upstream, world, ann) = setting("/v1/", "GET", "/pets/{id}/photos").await;
    for path in [
        "/v1/pets/7",
        "/v1/pets/7/photos/",
        "/v1/pets/7/photos/1",
        "/v1/pets//photos",
        "/v1/pets/7/8/photos",
        "/v1/pets/7/photosx",
        "/v1/pets/7%2Fphotos",
        "/v1/PETS/7/photos",
        "/v1/users/7/photos",
        "/v2/pets/7/photos",
        "/pets/7/photos",
        "/v1/v1/pets/7/photos",
        "/v1/pets/../photos",
        "/v1/x/../pets/../users/7/photos",
        "/v1/pets/%2e%2e/photos",
        "/v1/pets/..%2Fusers/photos",
        "/v1/pets/%252e%252e/photos",
        "/v1/pets/7%2F..%2F..%2Fusers/photos",
        "/v1/pets/..%5Cusers/photos",
        "/v1/pets/..;a/photos",
        "/v1/?/v1/pets/7/photos",
    ] {
        let answer = ann.client.fetch(json!({"url": upstream.url(path)})).await;
        assert_eq!(code(&answer), "operation-refused", "{path}");
        assert_eq!(answer["status"], 403);
        assert!(
            answer["body"]
                .to_string()
                .contains("`GET /pets/{id}/photos`"),
            "{answer}"
        );
    }
    assert!(upstream.requests().is_empty() && upstream.connections() == 0);
    for path in [
        "/v1/pets/7/photos",
        "/v1/pets/7/photos?limit=3",
        "/v1/p%65ts/7/photos",
        "/v1/x/../pets/7/photos",
        "/v1/pets/a%2Fb%3F%23..c/photos",
        "/v1/pets/;id=1;id=2/photos",
        "/v1/pets/.a.b/photos",
        "/v1/pets/a,b%7Cc/photos",
    ] {
        let answer = ann.client.fetch(json!({"url": upstream.url(path)})).await;
        assert_eq!(answer["status"], 200, "{path}: {answer}");
    }
    let log = world.audit(&ann).await;
    let refused: Vec<_> = log.iter().filter(|row| row.action == "egress").collect();
    let details: Vec<_> = refused.iter().map(|row| &*row.detail).collect();
    assert_eq!(
        details,
        ["operation-refused, 20 times more", "operation-refused"]
    );
    for row in refused {
        assert_eq!(row.outcome, Outcome::Refused);
        assert_eq!(row.subject, "pets__fetch");
    }
}

#[tokio::test]
async fn a_query_of_the_template_is_part_of_the_operation() {
    let (upstream, _world, ann) = setting("/v1", "POST", "/?Action=Read#Read").await;
    for (path, expected) in [
        ("/v1/?Action=Delete", "operation-refused"),
        ("/v1/", "operation-refused"),
        ("/v1/?Action=Read", "none"),
        ("/v1/?Action=Read&id=7", "none"),
    ] {
        let arguments = json!({"url": upstream.url(path), "method": "POST"});
        assert_eq!(code(&ann.client.fetch(arguments).await), expected, "{path}");
    }
    assert_eq!(upstream.requests().len(), 2);
}

#[tokio::test]
async fn a_redirect_comes_with_a_grant_for_its_place_alone() {
    let (upstream, _world, ann) = setting("", "GET", "/{place}").await;
    let fetch = async |url: &str, grant: Value| {
        let arguments = json!({"url": upstream.url(url), "grant": grant});
        ann.client.fetch(arguments).await
    };
    let moved = "/files/2024/a%20b?page=2&x";
    let answer = fetch(&format!("/to?302={moved}&"), Value::Null).await;
    assert_eq!(answer["status"], 302, "{answer}");
    assert_eq!(answer["headers"]["location"], upstream.url(moved));
    let further = answer["headers"]["toolmill-grant"].clone();
    assert_ne!(further, "forged");
    // Its place is of no tool's operation.
    assert_eq!(code(&fetch(moved, Value::Null).await), "operation-refused");
    let sent = upstream.requests().len();
    for other in [
        "/files/2024/a%20b",
        "/files/2024/a%20b?page=3&x",
        "/files/2024",
        "/pets",
    ] {
        let answer = fetch(other, further.clone()).await;
        assert_eq!(code(&answer), "redirect-refused", "{other}");
    }
    let arguments = json!({"url": upstream.url(moved), "grant": further, "method": "DELETE"});
    assert_eq!(code(&ann.client.fetch(arguments).await), "redirect-refused");
    assert_eq!(upstream.requests().len(), sent);
    assert_eq!(fetch(moved, further).await["status"], 200);
    assert!(upstream.last().starts_with(&format!("GET {moved} ")));
}

#[tokio::test]
async fn a_redirect_elsewhere_comes_with_no_grant() {
    let (upstream, _world, ann) = setting("", "GET", "/{place}").await;
    let port = upstream.port;
    for location in [
        "302=https://other.example/x".to_owned(),
        "302=//other.example/x".to_owned(),
        format!("302=https://127.0.0.1:{port}/x"),
        format!("302=http://localhost:{port}/x"),
        format!("302=http://user@127.0.0.1:{port}/x"),
        "302=/a%252F..%252Fb".to_owned(),
        "302=javascript:x".to_owned(),
        "201=/x".to_owned(),
        "200=/x".to_owned(),
    ] {
        let url = upstream.url(&format!("/to?{location}"));
        let answer = ann.client.fetch(json!({"url": url})).await;
        assert_eq!(
            answer["headers"]["toolmill-grant"],
            Value::Null,
            "{location}"
        );
    }
    let arguments = json!({"url": upstream.url("/to?307=/x"), "method": "POST"});
    let answer = ann.client.call("pets__post", arguments).await;
    let answer = &answer["structuredContent"];
    assert_eq!(answer["status"], 307);
    assert_eq!(answer["headers"]["toolmill-grant"], Value::Null);
    // The positive control.
    for status in [301, 302, 303, 307, 308] {
        let url = upstream.url(&format!("/to?{status}=/x/y"));
        let answer = ann.client.fetch(json!({"url": url})).await;
        assert!(answer["headers"]["toolmill-grant"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn a_redirect_stays_below_the_base_path() {
    let (upstream, _world, ann) = setting("/to", "GET", "/{status}").await;
    for (place, renews) in [
        ("/to/x", true),
        ("x", true),
        ("?a=b", true),
        ("/", false),
        ("/tox", false),
        ("../x", false),
        ("/to/../x", false),
        ("/to/%2e%2e/x", false),
    ] {
        let url = upstream.url(&format!("/to/302?302={place}"));
        let answer = ann.client.fetch(json!({"url": url})).await;
        assert_eq!(answer["status"], 302, "{answer}");
        let renewed = answer["headers"]["toolmill-grant"].is_string();
        assert_eq!(renewed, renews, "{place}: {answer}");
    }
}
