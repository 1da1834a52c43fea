//! Where credentials go, seen from the API.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::upstream::{Upstream, header};
use crate::support::world::{Person, World};

struct Setting {
    upstream: Upstream,
    world: World,
    ann: Person,
}

impl Setting {
    async fn new(schemes: Value, security: Value) -> Self {
        let upstream = Upstream::start().await;
        let world = World::new().await;
        let api = Api::at(&upstream.url("")).with_schemes(schemes, security);
        let ann = world.user_with("ann", &api).await;
        Self {
            upstream,
            world,
            ann,
        }
    }

    async fn fetch(&self, path: &str, headers: Value) -> Value {
        let url = self.upstream.url(path);
        self.ann
            .client
            .fetch(json!({"url": url, "headers": headers}))
            .await
    }
}

fn all_kinds() -> Value {
    json!({
        "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "query": {"type": "apiKey", "in": "query", "name": "api key"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
    })
}

#[tokio::test]
async fn each_kind_goes_to_its_place() {
    for (scheme, secret, path, sent, expected) in [
        ("header", "k1", "/p?a=1", "/p?a=1", ("x-key", vec!["k1"])),
        (
            "query",
            "k 2&",
            "/p?a=1&api%20key=evil",
            "/p?a=1&api%20key=k%202%26",
            ("x-key", vec![]),
        ),
        (
            "cookie",
            "k3",
            "/p",
            "/p",
            ("cookie", vec!["a=1; b=2; sid=k3"]),
        ),
        (
            "bearer",
            "k4",
            "/p",
            "/p",
            ("authorization", vec!["Bearer k4"]),
        ),
        (
            "basic",
            "user:pass:word",
            "/p",
            "/p",
            ("authorization", vec!["Basic dXNlcjpwYXNzOndvcmQ="]),
        ),
    ] {
        let setting = Setting::new(all_kinds(), json!([[scheme]])).await;
        setting.world.credential(&setting.ann, scheme, secret).await;
        let sent_by_server = json!([
            ["Authorization", "Bearer evil"],
            ["X-Key-Not", "kept"],
            ["Cookie", "a=1; sid=evil"],
            ["Cookie", "b=2"],
        ]);
        let headers = if scheme == "header" {
            json!([
                ["X-Key", "evil"],
                ["Authorization", "Bearer evil"],
                ["X-Key-Not", "kept"]
            ])
        } else {
            sent_by_server
        };
        assert_eq!(
            setting.fetch(path, headers).await["status"],
            200,
            "{scheme}"
        );
        let request = setting.upstream.last();
        assert!(
            request.starts_with(&format!("GET {sent} HTTP/1.1\r\n")),
            "{request}"
        );
        assert_eq!(header(&request, expected.0), expected.1, "{request}");
        assert_eq!(header(&request, "x-key-not"), ["kept"]);
        let evil = request.lines().filter(|line| line.contains("evil"));
        let evil: Vec<_> = evil.filter(|line| !line.starts_with("cookie: ")).collect();
        assert!(evil.is_empty(), "{request}");
    }
}

#[tokio::test]
async fn the_first_alternative_that_is_stored_counts() {
    let security = json!([["bearer", "header"], ["basic"], ["cookie"]]);
    let setting = Setting::new(all_kinds(), security).await;
    let (world, ann) = (&setting.world, &setting.ann);
    world.credential(ann, "cookie", "c").await;
    world.credential(ann, "header", "h").await;
    setting.fetch("/1", json!([])).await;
    assert_eq!(header(&setting.upstream.last(), "cookie"), ["sid=c"]);
    assert!(header(&setting.upstream.last(), "x-key").is_empty());
    // A new credential works on the next call.
    world.credential(ann, "bearer", "b").await;
    setting.fetch("/2", json!([])).await;
    assert_eq!(
        header(&setting.upstream.last(), "authorization"),
        ["Bearer b"]
    );
    assert_eq!(header(&setting.upstream.last(), "x-key"), ["h"]);
    assert!(header(&setting.upstream.last(), "cookie").is_empty());
    world.credential(ann, "bearer", "rotated").await;
    setting.fetch("/3", json!([])).await;
    assert_eq!(
        header(&setting.upstream.last(), "authorization"),
        ["Bearer rotated"]
    );
}

#[tokio::test]
async fn an_optional_credential_is_sent_where_there_is_one() {
    let setting = Setting::new(all_kinds(), json!([[], ["header"]])).await;
    assert_eq!(setting.fetch("/1", json!([])).await["status"], 200);
    assert!(header(&setting.upstream.last(), "x-key").is_empty());
    setting.world.credential(&setting.ann, "header", "h").await;
    assert_eq!(setting.fetch("/2", json!([])).await["status"], 200);
    assert_eq!(header(&setting.upstream.last(), "x-key"), ["h"]);
}

#[tokio::test]
async fn a_missing_credential_is_explained() {
    let setting = Setting::new(all_kinds(), json!([["bearer"], ["basic", "header"]])).await;
    setting.world.credential(&setting.ann, "basic", "u:p").await;
    let refused = setting.fetch("/pets", json!([])).await;
    assert_eq!(refused["status"], 424);
    assert_eq!(
        refused["headers"]["toolmill-broker-error"],
        "credential-missing"
    );
    assert_eq!(
        refused["headers"]["content-type"],
        "application/problem+json"
    );
    let problem: Value =
        serde_json::from_str(refused["body"].as_str().expect("text")).expect("JSON");
    assert_eq!(
        problem["detail"],
        "`fetch` needs a credential that is not stored: `bearer`, or `basic` and `header`. \
         Set it with `toolmill credential set pets bearer @FILE`."
    );
    assert!(setting.upstream.requests().is_empty());
}

#[tokio::test]
async fn an_unusable_credential_is_not_told() {
    for (scheme, secret) in [
        ("bearer", "line\nSECRET"),
        ("basic", "SECRET"),
        ("cookie", "a;SECRET"),
    ] {
        let setting = Setting::new(all_kinds(), json!([[scheme]])).await;
        setting.world.credential(&setting.ann, scheme, secret).await;
        let refused = setting.fetch("/pets", json!([])).await;
        assert_eq!(
            refused["headers"]["toolmill-broker-error"],
            "credential-unusable"
        );
        assert!(!refused.to_string().contains("SECRET"), "{refused}");
        assert!(setting.upstream.requests().is_empty());
    }
}
