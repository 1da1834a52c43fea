//! Where an API wants to send its callers.

use super::{TOKEN, api, file};
use crate::support::recorder::{Answer, Upstream, message};

fn redirect(status: &str, location: &str) -> Answer {
    Answer::Bytes(message(status, &[&format!("Location: {location}")], ""))
}

#[tokio::test]
async fn r09_a_redirect_to_another_host_is_not_followed() {
    let api = api().await;
    let other = Upstream::start().await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for location in [
            format!("{}/v1/x", other.origin),
            format!("{}/v1/x", other.origin.replace("http:", "")),
        ] {
            api.upstream.answers_with(redirect(status, &location));
            let called = api.call("getFile", file("q", "x")).await;
            called.fails(&[&status[..3]]);
            assert_eq!(called.requests.len(), 1);
            assert!(
                !called.result.to_string().contains(&other.origin),
                "{}",
                called.result
            );
        }
    }
    assert_eq!(other.connections(), 0);
    // Control: on the same origin it is followed, with the credential.
    api.upstream.answers("200 OK", &[], "");
    api.upstream
        .answers_once(redirect("302 Found", "/v1/moved"));
    let called = api.call("getFile", file("q", "x")).await;
    assert_eq!(called.requests[1].asked(), "GET /v1/moved");
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        called.requests[1].header("authorization"),
        Some(bearer.as_str())
    );
}

#[tokio::test]
async fn r10_a_redirect_into_the_own_network_is_not_dialled() {
    let api = api().await;
    let canary = Upstream::start().await;
    let port = canary.origin.rsplit(':').next().expect("a port");
    for location in [
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("{}/mcp", api.server.url),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        api.upstream.answers_with(redirect("302 Found", &location));
        let called = api.call("getFile", file("q", "x")).await;
        called.fails(&["302"]);
        assert_eq!(called.requests.len(), 1, "{location}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn r11_no_body_is_redirected_and_no_loop_is_endless() {
    let api = api().await;
    let other = Upstream::start().await;
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        for location in [format!("{}/v1/x", other.origin), "/v1/x".to_owned()] {
            api.upstream.answers_with(redirect(status, &location));
            let called = api.call("putFile", file("a", "x")).await;
            called.fails(&[&status[..3]]);
            assert_eq!(called.requests.len(), 1);
        }
    }
    assert_eq!(other.connections(), 0);
    api.upstream
        .answers_with(redirect("302 Found", "/v1/round"));
    let called = api.call("getFile", file("q", "x")).await;
    called.fails(&["redirect"]);
    assert_eq!(called.requests.len(), 4, "the request and three redirects");
}
