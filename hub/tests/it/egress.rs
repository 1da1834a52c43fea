//! What the broker refuses, each with its positive control.

use http::Request;
use serde_json::{Value, json};
use toolmill_core::{Grant, Mounts};

use crate::support::api::Api;
use crate::support::puppet::send;
use crate::support::upstream::{Upstream, header};
use crate::support::world::{Person, World};

fn code(answer: &Value) -> &str {
    answer["headers"]["toolmill-broker-error"]
        .as_str()
        .unwrap_or("none")
}

async fn setting() -> (Upstream, World, Person) {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let api = Api::at(&upstream.url(""))
        .with_tool("post", "POST", "/{place}")
        .with_tool("copy", "COPY", "/{place}")
        .with_tool("trace", "TRACE", "/{place}");
    let ann = world.user_with("ann", &api).await;
    (upstream, world, ann)
}

/// A grant of `fetch` as the hub would give it, but for what `change` does.
async fn grant(world: &World, person: &Person, change: impl FnOnce(&mut Grant)) -> String {
    let slug = "pets".parse().expect("a slug");
    let route = world
        .store
        .tool_route(&person.ctx, &slug, "fetch")
        .await
        .expect("a route");
    let mut grant = Grant {
        ctx: person.ctx,
        api: route.deployment.api,
        version: route.deployment.version,
        server: route.deployment.key,
        tool: route.tool,
        deadline: i64::MAX,
        redirect: None,
    };
    change(&mut grant);
    world.grants.seal(&grant).expect("a grant")
}

#[tokio::test]
async fn a_request_needs_the_grant_of_a_call_under_way() {
    let (upstream, world, ann) = setting().await;
    let url = upstream.url("/pets");
    let good = grant(&world, &ann, |_| {}).await;
    let expired = grant(&world, &ann, |grant| grant.deadline = 1).await;
    let other_tool = grant(&world, &ann, |grant| grant.tool = "absent".to_owned()).await;
    let mut altered = good.clone().into_bytes();
    let middle = altered.len() / 2;
    altered[middle] = if altered[middle] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).expect("ASCII");
    for (shown, expected) in [
        (json!(false), "grant-invalid"),
        (json!(""), "grant-invalid"),
        (json!("forged"), "grant-invalid"),
        (json!(altered), "grant-invalid"),
        (json!(expired), "grant-expired"),
        (json!(other_tool), "not-mounted"),
        (json!(good), "none"),
    ] {
        let answer = ann.client.fetch(json!({"url": url, "grant": shown})).await;
        assert_eq!(code(&answer), expected, "{shown}");
        let passed = usize::from(expected == "none");
        assert_eq!(upstream.requests().len(), passed, "{shown}");
    }
    let twice = json!({"url": url, "headers": [["Toolmill-Grant", good]]});
    assert_eq!(code(&ann.client.fetch(twice).await), "grant-invalid");
}

#[tokio::test]
async fn a_grant_opens_only_the_door_of_its_server() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let keyed = || {
        Api::at(&upstream.url("")).with_schemes(
            json!({"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}),
            json!([["key"]]),
        )
    };
    let ann = world.user_with("ann", &keyed()).await;
    let bob = world.user_with("bob", &keyed()).await;
    world.credential(&ann, "key", "k-ann").await;
    world.credential(&bob, "key", "k-bob").await;
    let arguments = json!({"url": upstream.url("/pets")});
    assert_eq!(ann.client.fetch(arguments.clone()).await["status"], 200);
    assert_eq!(bob.client.fetch(arguments.clone()).await["status"], 200);
    let server = async |person: &Person| {
        let slug = "pets".parse().expect("a slug");
        let route = world.store.tool_route(&person.ctx, &slug, "fetch").await;
        world.servers.of(&route.expect("a route").deployment.key)
    };
    let anns_grant = server(&ann).await.last_grant();
    let (anns_door, bobs_door) = (server(&ann).await.egress, server(&bob).await.egress);
    assert_ne!(anns_door, bobs_door);
    let sent = upstream.requests().len();
    let replayed = json!({"url": upstream.url("/pets"), "grant": anns_grant});
    assert_eq!(
        code(&bob.client.fetch(replayed.clone()).await),
        "grant-elsewhere"
    );
    assert_eq!(upstream.requests().len(), sent);
    // The positive control: the same grant, from its own server.
    assert_eq!(ann.client.fetch(replayed).await["status"], 200);
    assert_eq!(header(&upstream.last(), "x-api-key"), ["k-ann"]);
}

#[tokio::test]
async fn a_request_stays_within_the_approved_origins() {
    let (upstream, world, ann) = setting().await;
    let other = Upstream::start().await;
    let (port, authority) = (upstream.port, format!("127.0.0.1:{}", upstream.port));
    for (url, expected) in [
        (other.url("/pets"), "origin-refused"),
        (format!("https://{authority}/pets"), "origin-refused"),
        (format!("http://localhost:{port}/pets"), "origin-refused"),
        (
            format!("http://127.0.0.1.evil.example:{port}/pets"),
            "origin-refused",
        ),
        ("http://169.254.169.254/latest".to_owned(), "origin-refused"),
        (format!("http://user@{authority}/pets"), "target-invalid"),
        (format!("http://user:pw@{authority}/pets"), "target-invalid"),
        (format!("ftp://{authority}/pets"), "origin-refused"),
        ("/relative".to_owned(), "target-invalid"),
    ] {
        let answer = ann.client.fetch(json!({"url": url})).await;
        assert_eq!(code(&answer), expected, "{url}");
    }
    assert!(upstream.requests().is_empty() && other.requests().is_empty());
    for url in [
        upstream.url("/pets"),
        format!("http://2130706433:{port}/pets"),
        format!("http://0x7f.1:{port}/pets"),
        format!("HTTP://127.0.0.1:{port}/pets"),
    ] {
        assert_eq!(
            ann.client.fetch(json!({"url": url})).await["status"],
            200,
            "{url}"
        );
        assert_eq!(header(&upstream.last(), "host"), [&*authority]);
    }
    let log = world.audit(&ann).await;
    let refused = log.iter().filter(|entry| entry.action == "egress");
    let mut details: Vec<_> = refused.map(|entry| &*entry.detail).collect();
    details.sort_unstable();
    assert_eq!(
        details,
        [
            "origin-refused",
            "origin-refused, 5 times more",
            "target-invalid",
            "target-invalid, 2 times more",
        ]
    );
}

#[tokio::test]
async fn origins_of_a_specification_must_be_public_and_secure() {
    let upstream = Upstream::start().await;
    let port = upstream.port;
    for (server, expected) in [
        (upstream.url(""), "insecure"),
        (format!("https://127.0.0.1:{port}"), "address-refused"),
        (format!("https://localhost:{port}"), "address-refused"),
        (format!("https://[::1]:{port}"), "address-refused"),
        (
            format!("https://[::ffff:127.0.0.1]:{port}"),
            "address-refused",
        ),
    ] {
        let world = World::new().await;
        let ann = world
            .user_with("ann", &Api::of_specification(&server))
            .await;
        let answer = ann
            .client
            .fetch(json!({"url": format!("{server}/pets")}))
            .await;
        assert_eq!(code(&answer), expected, "{server}: {answer}");
        // The positive control: the same server, named by the user.
        if server.starts_with("http:") {
            let bob = world.user_with("bob", &Api::at(&server)).await;
            assert_eq!(
                bob.client
                    .fetch(json!({"url": format!("{server}/pets")}))
                    .await["status"],
                200
            );
        }
    }
    assert_eq!(upstream.connections(), 1, "nothing else was dialed");
}

#[tokio::test]
async fn headers_of_servers_are_filtered() {
    let (upstream, _world, ann) = setting().await;
    let headers = json!([
        ["Host", "evil.example"],
        ["Authorization", "Bearer evil"],
        ["Connection", "X-Evil"],
        ["X-Evil", "evil"],
        ["Proxy-Authorization", "evil"],
        ["X-Forwarded-For", "evil"],
        ["Forwarded", "for=evil"],
        ["Mcp-Name", "evil"],
        ["Toolmill-Other", "evil"],
        ["TE", "evil"],
        ["X-Kept", "one"],
        ["X-Kept", "two"],
    ]);
    let arguments = json!({"url": upstream.url("/pets"), "headers": headers, "method": "POST", "body": "{\"a\":1}"});
    let call = async |tool: &str, arguments: Value| {
        let result = ann.client.call(&format!("pets__{tool}"), arguments).await;
        result["structuredContent"].clone()
    };
    assert_eq!(call("post", arguments).await["status"], 200);
    let request = upstream.last();
    assert!(!request.contains("evil"), "{request}");
    assert!(!request.to_lowercase().contains("toolmill"), "{request}");
    assert_eq!(header(&request, "x-kept"), ["one", "two"]);
    assert_eq!(header(&request, "content-length"), ["7"]);
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"));
    let arguments = json!({"url": upstream.url("/pets"), "method": "COPY"});
    assert_eq!(call("copy", arguments).await["status"], 200);
    assert!(upstream.last().starts_with("COPY /pets HTTP/1.1\r\n"));
    let arguments = json!({"url": upstream.url("/pets"), "method": "TRACE"});
    let refused = call("trace", arguments).await;
    assert_eq!(code(&refused), "target-invalid");
}

#[tokio::test]
async fn a_door_can_be_opened_again() {
    let (upstream, world, ann) = setting().await;
    let arguments = json!({"url": upstream.url("/pets")});
    assert_eq!(ann.client.fetch(arguments.clone()).await["status"], 200);
    let slug = "pets".parse().expect("a slug");
    let route = world
        .store
        .tool_route(&ann.ctx, &slug, "fetch")
        .await
        .expect("a route");
    let key = route.deployment.key;
    let doors = world.hub.doors();
    let place = world.servers.place(&key);
    let socket = place.join("egress.sock");
    doors.open(&key, &place).await.expect("it is open already");
    doors.close(&key).await;
    assert!(!socket.exists());
    doors.close(&key).await;
    // What a hub that was killed left behind is replaced.
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    doors.open(&key, &place).await.expect("an open door");
    assert_eq!(ann.client.fetch(arguments).await["status"], 200);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&socket).expect("a socket").permissions(),
    );
    assert_eq!(mode & 0o777, 0o666);
    // What is not a socket is nobody's to remove.
    doors.close(&key).await;
    std::fs::write(&socket, "a file").expect("a file");
    assert!(doors.open(&key, &place).await.is_err());
    assert_eq!(std::fs::read_to_string(&socket).expect("a file"), "a file");
}

#[tokio::test]
async fn connections_to_an_api_are_kept_for_one_user() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &Api::at(&upstream.url(""))).await;
    let bob = world.user_with("bob", &Api::at(&upstream.url(""))).await;
    for _ in 0..5 {
        assert_eq!(
            ann.client
                .fetch(json!({"url": upstream.url("/pets")}))
                .await["status"],
            200
        );
        assert_eq!(
            bob.client
                .fetch(json!({"url": upstream.url("/pets")}))
                .await["status"],
            200
        );
    }
    assert_eq!(upstream.connections(), 2);
    for _ in 0..3 {
        assert_eq!(
            ann.client
                .fetch(json!({"url": upstream.url("/close")}))
                .await["body"],
            "ok"
        );
    }
    assert_eq!(upstream.connections(), 4, "closed ones are replaced");
}

#[tokio::test]
async fn only_requests_in_the_form_for_a_proxy_are_taken() {
    let (upstream, world, ann) = setting().await;
    ann.client
        .fetch(json!({"url": upstream.url("/pets")}))
        .await;
    let door = world.servers.only().egress;
    let good = grant(&world, &ann, |_| {}).await;
    for (target, expected) in [("/", "target-invalid"), (&*upstream.url("/pets"), "none")] {
        let request = Request::get(target)
            .header("host", format!("127.0.0.1:{}", upstream.port))
            .header("toolmill-grant", &good)
            .body(Default::default());
        let answer = send(&door, request.expect("a request")).await;
        assert_eq!(code(&answer), expected, "{target}");
    }
}
