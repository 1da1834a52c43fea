//! Clients of the hub that want to be someone else.

use serde_json::{Value, json};

use super::file;
use super::world::{TOOL, World};
use crate::support::clients;
use crate::support::served::{calling, post};

#[tokio::test]
async fn r23_a_session_is_its_users() {
    let world = World::new().await;
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" },
    } });
    let owner = world.instance.token();
    let (_, session) = legacy(&world, owner, None, &initialize).await;
    let session = session.expect("a session");
    assert!(session.len() >= 22, "128 bits at least: {session}");
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    assert_eq!(
        legacy(&world, owner, Some(&session), &list).await.0,
        200,
        "control"
    );
    for (token, session, status) in [
        (world.guest.as_str(), session.as_str(), 404),
        (owner, &session[1..], 404),
        ("no-such-token", &session, 401),
    ] {
        assert_eq!(legacy(&world, token, Some(session), &list).await.0, status);
    }
}

/// Posts a message as an older client; the status and the session that is given.
async fn legacy(
    world: &World,
    token: &str,
    session: Option<&str>,
    body: &Value,
) -> (u16, Option<String>) {
    let mut request = clients::http().post(world.instance.mcp_url());
    if let Some(session) = session {
        request = request
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-06-18")
            .header("last-event-id", "1");
    }
    let request = request
        .bearer_auth(token)
        .header("accept", "application/json, text/event-stream");
    let answer = request.json(body).send().await.expect("an answer");
    let session = answer.headers().get("mcp-session-id");
    let session = session.map(|session| session.to_str().expect("text").to_owned());
    (answer.status().as_u16(), session)
}

#[tokio::test]
async fn r24_an_api_of_others_is_as_if_it_were_not() {
    let world = World::new().await;
    let ask = |path: &str, token: &str, more: &str| {
        let authority = world.authority();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\n{more}"
        );
        world.raw(&head, "")
    };
    let owner = world.instance.token();
    assert_eq!(ask("/api/v1/apis/hostile", owner, "").0, 200, "control");
    let absent = ask("/api/v1/apis/nothing", &world.guest, "");
    assert_eq!(absent.0, 404);
    let theirs = ask("/api/v1/apis/hostile", &world.guest, "");
    assert_eq!((theirs.0, theirs.1.replace("hostile", "nothing")), absent);
    for path in [
        "/api/v1/apis/hostile/tools",
        "//api/v1/apis/hostile",
        "/api/v1/apis//hostile",
        "/api/v1/apis/%68ostile",
        "/api/v1/apis%2fhostile",
        "/api/v1/apis/hostile;x",
        "/api/v1/apis/HOSTILE",
        "/api/v1/apis/x/../hostile",
        "/api/v1/apis/x/%2e%2e/hostile",
        "/mcp/hostile",
    ] {
        let (status, body) = ask(path, &world.guest, "");
        assert!(matches!(status, 400 | 404 | 405), "{path}: {status} {body}");
        assert!(!body.contains("getFile"), "{path}: {body}");
    }
    for more in [
        "X-Original-URL: /api/v1/apis/hostile\r\n",
        "X-Forwarded-Host: hostile\r\n",
        "X-Forwarded-User: local\r\n",
    ] {
        assert_eq!(
            ask("/api/v1/apis/hostile", &world.guest, more),
            theirs,
            "{more}"
        );
    }
    let call = async |tool: &str| {
        let headers = [("mcp-method", "tools/call"), ("mcp-name", tool)];
        let body = calling(tool, &file("q", "x"));
        let (status, text) = post(world.instance.mcp_url(), &world.guest, &headers, body).await;
        (status, text.replace("hostile", "nothing"))
    };
    assert_eq!(call(TOOL).await, call("nothing__getFile").await);
    assert!(world.upstream.take().is_empty());
}

#[tokio::test]
async fn r25_strange_hosts_and_pages_are_refused_before_anything_else() {
    let world = World::new().await;
    let own = world.authority().to_owned();
    let body = calling(TOOL, &file("q", "x"));
    let ask = |target: &str, headers: &str| {
        let head = format!(
            "POST {target} HTTP/1.1\r\n{headers}Content-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
             Mcp-Method: tools/call\r\nMcp-Name: {TOOL}\r\n"
        );
        let token = format!("Authorization: Bearer {}\r\n", world.instance.token());
        [
            world.raw(&head, &body).0,
            world.raw(&format!("{head}{token}"), &body).0,
        ]
    };
    let host = format!("Host: {own}\r\n");
    // Without a token, and with one.
    assert_eq!(ask("/mcp", &host), [401, 200], "control");
    world.upstream.take();
    for headers in [
        "Host: evil.test\r\n".to_owned(),
        "Host: 127.0.0.1.evil.test\r\n".to_owned(),
        format!("{host}Origin: https://evil.test\r\n"),
        format!("{host}Origin: null\r\n"),
    ] {
        assert_eq!(ask("/mcp", &headers), [403, 403], "{headers}");
    }
    assert!(
        ask("/mcp", "")
            .iter()
            .all(|status| matches!(status, 400 | 403))
    );
    let absolute = ask("http://evil.test/mcp", &host);
    assert!(
        absolute.iter().all(|status| matches!(status, 400 | 403)),
        "{absolute:?}"
    );
    assert!(world.upstream.take().is_empty());
}
