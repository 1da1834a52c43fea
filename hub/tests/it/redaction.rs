//! Credentials that an API sends back (requirement R19).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::support::api::Api;
use crate::support::upstream::{Upstream, header};
use crate::support::world::{Person, World};

const KEY: &str = "s3cret/key+of=forty&characters-0123456789";
const ENCODED: &str = "s3cret%2Fkey%2Bof%3Dforty%26characters-0123456789";

async fn setting(key: Option<&str>) -> (Upstream, World, Person) {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &keyed(&upstream)).await;
    if let Some(key) = key {
        world.credential(&ann, "key", key).await;
    }
    (upstream, world, ann)
}

fn keyed(upstream: &Upstream) -> Api {
    Api::at(&upstream.url("")).with_schemes(
        json!({"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}),
        json!([["key"], []]),
    )
}

fn forms() -> [String; 2] {
    [KEY.to_owned(), BASE64_STANDARD.encode(KEY)]
}

#[tokio::test]
async fn r19_an_echoed_credential_is_masked_by_the_broker() {
    let (upstream, _world, ann) = setting(Some(KEY)).await;
    for path in ["/echo?a(KEY)s3c", "/echo?sized(KEY)s3c"] {
        let answer = ann.client.fetch(json!({"url": upstream.url(path)})).await;
        assert_eq!(
            header(&upstream.last(), "x-api-key"),
            [KEY],
            "control: it is sent"
        );
        assert_eq!(answer["status"], 401);
        let body = answer["body"].as_str().expect("a body");
        for form in forms() {
            assert!(!answer.to_string().contains(&form), "{form}: {answer}");
        }
        // All else is as it was, in length too.
        let (before, _) = body.split_once('*').expect("a mask");
        assert_eq!(before, path[6..].split_once("KEY").expect("a key").0);
        assert_eq!(body.len(), whole(path).len());
        assert!(
            body.ends_with(")s3c"),
            "what only begins like it is passed on: {body}"
        );
        assert_eq!(answer["headers"]["x-echo"], *body);
    }
}

/// What the upstream writes.
fn whole(path: &str) -> String {
    let [raw, base64] = forms();
    let texts = [&*raw, &*base64, ENCODED].map(|key| path[6..].replace("KEY", key));
    texts.join(" ")
}

#[tokio::test]
async fn r19_other_texts_are_not_touched() {
    let (upstream, world, ann) = setting(Some(KEY)).await;
    let url = upstream.url("/echo?s3cret/key+of=forty&characters");
    let answer = ann.client.fetch(json!({"url": url})).await;
    let text = "s3cret/key+of=forty&characters";
    assert_eq!(answer["body"], format!("{text} {text} {text}"));
    // Nor are those of users with another credential, or none.
    let other = world.user_with("bob", &keyed(&upstream)).await;
    world.credential(&other, "key", "another-key-of-bob").await;
    let url = upstream.url(&format!("/echo?{KEY}"));
    let answer = other.client.fetch(json!({"url": url})).await;
    assert_eq!(answer["body"], format!("{KEY} {KEY} {KEY}"));
}

#[tokio::test]
async fn r19_a_short_credential_is_not_looked_for() {
    let (upstream, _world, ann) = setting(Some("abcde")).await;
    let url = upstream.url("/echo?KEY");
    let answer = ann.client.fetch(json!({"url": url})).await;
    assert_eq!(answer["body"], "abcde YWJjZGU= abcde");
}

#[tokio::test]
async fn an_api_is_asked_for_plain_text_where_it_has_a_credential() {
    for (key, expected) in [(Some(KEY), "identity"), (None, "gzip")] {
        let (upstream, _world, ann) = setting(key).await;
        let headers = json!([["Accept-Encoding", "gzip"]]);
        let arguments = json!({"url": upstream.url("/pets"), "headers": headers});
        assert_eq!(ann.client.fetch(arguments).await["status"], 200);
        assert_eq!(header(&upstream.last(), "accept-encoding"), [expected]);
    }
}

#[tokio::test]
async fn r19_a_redirect_that_repeats_the_credential_can_be_followed() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let api = Api::at(&upstream.url("")).with_schemes(
        json!({"key": {"type": "apiKey", "in": "query", "name": "key"}}),
        json!([["key"]]),
    );
    let ann = world.user_with("ann", &api).await;
    world.credential(&ann, "key", "s3cret-of-ann").await;
    let url = upstream.url("/to?302=/moved/far?a=1");
    let answer = ann.client.fetch(json!({"url": url})).await;
    let location = answer["headers"]["location"].as_str().expect("a place");
    assert_eq!(location, upstream.url("/moved/far?a=1&key=*************"));
    let arguments = json!({"url": location, "grant": answer["headers"]["toolmill-grant"]});
    assert_eq!(ann.client.fetch(arguments).await["status"], 200);
    let sent = "GET /moved/far?a=1&key=s3cret-of-ann HTTP/1.1";
    assert!(upstream.last().starts_with(sent), "{}", upstream.last());
}

#[tokio::test]
async fn r19_what_comes_in_gzip_all_the_same_is_looked_through() {
    let (upstream, _world, ann) = setting(Some(KEY)).await;
    let fetch = async |path: &str| ann.client.fetch(json!({"url": upstream.url(path)})).await;
    for coding in ["gzip", "X-GZip", "identity,gzip"] {
        let answer = fetch(&format!("/coded?{coding}=a(KEY)s3c")).await;
        let mask = "*".repeat(KEY.len());
        assert_eq!(answer["body"], format!("a({mask})s3c"), "{coding}");
        assert!(answer["headers"]["content-encoding"].is_null(), "{answer}");
    }
    // What is not whole does not come as if it were, nor what is small as it comes and
    // larger than an answer may be.
    for path in ["/cut?gzip=a(KEY)", "/coded?gzip=ZEROS"] {
        assert!(fetch(path).await["body"].is_null(), "{path}");
    }
    for coding in ["br", "gzip,gzip", "zstd"] {
        let refused = fetch(&format!("/coded?{coding}=KEY")).await;
        assert_eq!(refused["status"], 502, "{coding}");
        assert_eq!(refused["headers"]["toolmill-broker-error"], "coding");
    }
}

#[tokio::test]
async fn a_coding_stays_where_there_is_nothing_to_look_for() {
    let (upstream, _world, ann) = setting(None).await;
    for coding in ["gzip", "br"] {
        let url = upstream.url(&format!("/coded?{coding}=text"));
        let answer = ann.client.fetch(json!({"url": url})).await;
        assert_eq!(answer["headers"]["content-encoding"], coding);
        assert_ne!(answer["body"], "text");
    }
    // Nor does an answer without a body have one to be refused for.
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user("ann").await;
    let api = keyed(&upstream).with_tool("look", "HEAD", "/{place}");
    world.mount(&ann, "pets", &api).await;
    world.credential(&ann, "key", KEY).await;
    let arguments = json!({"url": upstream.url("/coded?br=text"), "method": "HEAD"});
    let answer = ann.client.call("pets__look", arguments).await;
    let answer = &answer["structuredContent"];
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(answer["headers"]["content-encoding"], "br");
}
