//! Messages to the hub that say two things, and users who share an API.

use serde_json::json;

use super::world::{TOOL, World};
use super::{TWICE, file, says, sends};
use crate::support::clients::{Client, Era};
use crate::support::recorder::{Answer, Recorded, Upstream, message};
use crate::support::served::{calling, calling_as_before, post_plainly, specification};
use crate::support::{Home, Instance};

const HEADERS: [(&str, &str); 2] = [("mcp-method", "tools/call"), ("mcp-name", TOOL)];

#[tokio::test]
async fn r07_a_message_that_says_two_things_is_refused() {
    let world = World::new().await;
    let good = calling(TOOL, &file("q", "x"));
    let (status, answer) = world.post(&HEADERS, &good).await;
    assert_eq!(
        (status, &answer["result"]["isError"]),
        (200, &json!(false)),
        "control"
    );
    world.upstream.take();
    let name = format!("\"name\":\"{TOOL}\"");
    let twice = |more: &str| good.replace(&name, &format!("{name},{more}"));
    for bad in [
        twice("\"Name\":\"hostile__putFile\""),
        twice("\"name\":\"hostile__putFile\""),
        twice("\"arguments\":{}"),
        good.replace("\"method\"", "\"METHOD\""),
        good.replace("\"method\":", "\"method\":\"tools/list\",\"method\":"),
        format!("[{good}]"),
        good.replace("\"id\":1", "\"id\":{}"),
        good.replace("\"id\":1", "\"id\":1.5"),
        good.replace("\"2.0\"", "\"1.0\""),
    ] {
        assert_ne!(bad, good);
        let (status, answer) = world.post(&HEADERS, &bad).await;
        let shown: String = bad.chars().take(300).collect();
        assert!((400..500).contains(&status), "{status} {answer}: {shown}");
        assert!(answer["error"]["code"].is_i64(), "{answer}: {shown}");
    }
    assert!(world.upstream.take().is_empty());
}

/// The hub hands arguments on as they were written, and their server refuses them.
#[tokio::test]
async fn r06_arguments_that_say_something_twice_are_never_sent() {
    let world = World::new().await;
    let tool = "hostile__putFile";
    let token = world.instance.token();
    for (arguments, twice) in TWICE {
        let written = |message: String| message.replace("\"HERE\"", arguments);
        let modern = written(calling(tool, &json!("HERE")));
        let headers = [("mcp-method", "tools/call"), ("mcp-name", tool)];
        let (_, answer) = world.post(&headers, &modern).await;
        says(&answer, twice);
        let before = written(calling_as_before(tool, &json!("HERE")));
        let (_, answer) = post_plainly(world.instance.mcp_url(), token, &[], before).await;
        says(&serde_json::from_str(&answer).expect("JSON"), twice);
        sends(&world.upstream, twice, 2);
    }
}

#[tokio::test]
async fn r08_headers_and_message_must_agree() {
    let world = World::new().await;
    let body = calling(TOOL, &file("q", "x"));
    for headers in [
        [("mcp-method", "tools/list"), ("mcp-name", TOOL)],
        [
            ("mcp-method", "tools/call"),
            ("mcp-name", "hostile__putFile"),
        ],
    ] {
        let (status, answer) = world.post(&headers, &body).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(-32020)),
            "{answer}"
        );
    }
    assert!(world.upstream.take().is_empty());
    let (status, _) = world.post(&HEADERS, &body).await;
    assert_eq!(status, 200, "control");
    assert_eq!(world.upstream.take().len(), 1);
}

/// A specification alone approves no address in the hub's own network, however it is written.
#[tokio::test]
async fn r12_a_server_of_the_specification_in_the_own_network_is_not_dialled() {
    let canary = Upstream::start().await;
    let port = canary.origin.rsplit(':').next().expect("a port");
    let home = Home::new();
    let text = std::fs::read_to_string(specification("hostile")).expect("readable");
    for host in [
        "localhost",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "169.254.169.254",
    ] {
        let spec = home.path().join("spec.yaml");
        let own = text.replace("api.example.com", &format!("{host}:{port}"));
        std::fs::write(&spec, own.replace("security: [{ token: [] }]", "")).expect("written");
        let spec = spec.to_string_lossy();
        let args = [&*spec, "--name", "hostile", "--engine", "process"];
        let instance = Instance::up(&home, &args);
        let client = Client::connect(instance.mcp_url(), instance.token(), Era::Modern).await;
        let refused = client.error(TOOL, file("q", "x")).await;
        assert!(refused.contains("--base-url"), "{host}: {refused}");
        instance.stop();
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn r13_users_share_no_connection_cookie_or_credential() {
    let world = World::new().await;
    world.share().await;
    let cookie = ["Content-Type: application/json", "Set-Cookie: who=me"];
    world.upstream.answers("200 OK", &cookie, "{}");
    let (owner, guest) = tokio::join!(
        world.client(world.instance.token()),
        world.client(&world.guest)
    );
    for _ in 0..5 {
        tokio::join!(
            owner.value(TOOL, file("q", "owner")),
            guest.value(TOOL, file("q", "guest"))
        );
    }
    let requests = world.upstream.take();
    assert_eq!(requests.len(), 10);
    let of = |name: &str| -> Vec<&Recorded> {
        let end = format!("?q={name}");
        requests
            .iter()
            .filter(|one| one.asked().ends_with(&end))
            .collect()
    };
    let (owners, guests) = (of("owner"), of("guest"));
    for (theirs, key) in [
        (&owners, "Bearer owners-key"),
        (&guests, "Bearer guests-key"),
    ] {
        assert_eq!(theirs.len(), 5);
        for request in theirs {
            assert_eq!(request.header("authorization"), Some(key));
            assert_eq!(request.header("cookie"), None);
        }
    }
    let both = |request: &&Recorded| {
        guests
            .iter()
            .any(|one| one.connection == request.connection)
    };
    assert!(!owners.iter().any(both), "one connection served two users");
    let kept = owners
        .iter()
        .any(|one| one.connection == owners[0].connection);
    assert!(kept, "control: connections are kept at all");
}

#[tokio::test]
async fn r22_a_clients_token_goes_no_further() {
    let world = World::new().await;
    let token = world.instance.token();
    let client = world.client(token).await;
    client.value(TOOL, file("q", "x")).await;
    world
        .upstream
        .answers_once(Answer::Bytes(message("401 Unauthorized", &[], "")));
    client.error(TOOL, file("q", "x")).await;
    let requests = world.upstream.take();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let all = format!("{request:?}");
        assert!(
            all.contains("owners-key"),
            "control: the credential is there"
        );
        for part in [
            token,
            &token[..16],
            "Toolmill-Grant",
            "toolmill-grant",
            "mcp-",
        ] {
            assert!(!all.contains(part), "`{part}` in {all}");
        }
    }
    assert!(!world.instance.log().contains(token));
}

/// The broker lets a call make its tool's requests alone, and where the API redirects one of
/// these, the one that follows.
#[tokio::test]
async fn r09_the_broker_lets_a_redirect_within_the_api_be_followed() {
    let world = World::new().await;
    let client = world.client(world.instance.token()).await;
    let redirect = |location: &str| {
        let location = format!("Location: {location}");
        Answer::Bytes(message("302 Found", &[&location], ""))
    };
    world
        .upstream
        .answers_once(redirect("/v1/moved/far?page=2"));
    world.upstream.answers_once(redirect("further/../on"));
    client.value(TOOL, file("q", "x")).await;
    let requests = world.upstream.take();
    let asked: Vec<_> = requests.iter().map(Recorded::asked).collect();
    assert_eq!(
        asked,
        [
            "GET /v1/users/7/files/a.txt?q=x",
            "GET /v1/moved/far?page=2",
            "GET /v1/moved/on",
        ]
    );
    for location in ["/admin", "/v1/../admin", "https://example.com/v1/x"] {
        world.upstream.answers_once(redirect(location));
        client.error(TOOL, file("q", "x")).await;
        assert_eq!(world.upstream.take().len(), 1, "{location}");
    }
}
