//! Request bodies beyond JSON, byte by byte.

use serde_json::{Value, json};

use crate::support::{Recorded, Recorder, Server, error};

fn sent(tool: &str, arguments: Value) -> Recorded {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let result = server.call(tool, arguments);
    assert_ne!(result["isError"], true, "{result}");
    api.take_one()
}

fn refused(tool: &str, arguments: Value) -> String {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let text = error(&server.call(tool, arguments)).to_owned();
    assert!(api.take().is_empty(), "{text}");
    text
}

fn text(request: &Recorded) -> String {
    String::from_utf8_lossy(&request.body).into_owned()
}

#[test]
fn a_list_a_scalar_and_null_are_json_bodies_of_the_declared_media_type() {
    for body in [
        "[1,2]",
        "5",
        "\"text\"",
        "null",
        r#"{"extra":{"a":null},"b":[]}"#,
    ] {
        let value: Value = serde_json::from_str(body).expect("JSON");
        let request = sent("sendJson", json!({ "body": value }));
        let media_type = request.header("content-type");
        assert_eq!(media_type, Some("application/vnd.x+json; v=1"));
        assert_eq!(text(&request), body);
    }
}

#[test]
fn a_form_is_urlencoded_as_its_encoding_says() {
    let body = json!({
        "name": "a b&c=d+é", "count": 1.5, "yes": true, "none": null, "tags": ["x,y", "z"],
        "empty": [], "nested": {"k": ["v"]}, "deep": {"a": {"b": 1}, "c": ["x", "y"]},
        "joined": ["p|q", "r"], "json": "s", "a[b]": 2,
    });
    let request = sent("sendForm", json!({ "body": body }));
    assert_eq!(request.line, "POST /form HTTP/1.1");
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let pairs = [
        "name=a%20b%26c%3Dd%2B%C3%A9",
        "count=1.5",
        "yes=true",
        "tags=x%2Cy",
        "tags=z",
        "nested=%7B%22k%22%3A%5B%22v%22%5D%7D",
        "deep%5Ba%5D%5Bb%5D=1",
        "deep%5Bc%5D%5B%5D=x",
        "deep%5Bc%5D%5B%5D=y",
        "joined=p%7Cq|r",
        "json=%22s%22",
        "a%5Bb%5D=2",
    ];
    assert_eq!(text(&request), pairs.join("&"));
}

#[test]
fn a_form_may_be_empty_or_encoded_already() {
    let request = sent("sendForm", json!({"body": {}}));
    assert_eq!(
        (text(&request).as_str(), request.header("content-length")),
        ("", Some("0"))
    );
    assert!(request.header("content-type").is_some());
    assert_eq!(
        text(&sent("sendForm", json!({"body": "a=1&b=2"}))),
        "a=1&b=2"
    );
    assert_eq!(sent("sendForm", json!({})).header("content-type"), None);
    assert!(refused("sendForm", json!({"body": [1]})).contains("given as an object"));
}

#[test]
fn a_file_part_has_decoded_bytes_a_filename_and_a_content_type() {
    let request = sent(
        "sendParts",
        json!({"body": {"file": "data:image/png;name=cat%22.png;base64,iVBORwD/", "count": 2}}),
    );
    let boundary = "toolmill-boundary-00000001";
    assert_eq!(
        request.header("content-type"),
        Some(format!("multipart/form-data; boundary={boundary}").as_str())
    );
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cat%22.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(b"\x89PNG\x00\xff");
    body.extend_from_slice(
        format!(
            "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"count\"\r\n\r\n2\r\n--{boundary}--\r\n"
        )
        .as_bytes(),
    );
    assert_eq!(request.body, body);
}

/// The parts of a body: head and content each.
fn parts(request: &Recorded) -> Vec<(String, String)> {
    let text = text(request);
    let boundary = request.header("content-type").expect("a type");
    let boundary = boundary.split_once("boundary=").expect("a boundary").1;
    let mut pieces: Vec<_> = text.split(&format!("--{boundary}")).collect();
    assert_eq!((pieces.remove(0), pieces.pop()), ("", Some("--\r\n")));
    let part = |piece: &str| {
        let (head, content) = piece.split_once("\r\n\r\n").expect("a head");
        let content = content.strip_suffix("\r\n").expect("an end");
        (head.trim_start().to_owned(), content.to_owned())
    };
    pieces.into_iter().map(part).collect()
}

#[test]
fn parts_follow_their_values_and_their_encoding() {
    let request = sent(
        "sendParts",
        json!({"rotation": 90, "body": {
            "meta": {"a": "A", "n": null}, "tags": ["x", {"y": 1}, null], "none": null, "yes": true,
            "photos": ["aGVsbG8=", "data:image/jpeg,x"], "deep": {"k": {"l": "ü&"}},
            "typed": ["t"], "note": "# N", "a\"b\r\n": "c",
        }}),
    );
    let disposition = |rest: &str| format!("Content-Disposition: form-data; name={rest}");
    let json = "\r\nContent-Type: application/json";
    let expected = [
        (disposition("\"meta\"") + json, r#"{"a":"A","n":null}"#),
        (disposition("\"tags\""), "x"),
        (disposition("\"tags\"") + json, r#"{"y":1}"#),
        (disposition("\"yes\""), "true"),
        (
            disposition("\"photos\"; filename=\"photos.png\"")
                + "\r\nContent-Type: image/png\r\nx-rotation: 90",
            "hello",
        ),
        (
            disposition("\"photos\"; filename=\"photos.jpg\"")
                + "\r\nContent-Type: image/jpeg\r\nx-rotation: 90",
            "x",
        ),
        (disposition("\"deep[k][l]\""), "ü&"),
        (
            disposition("\"typed\"") + "\r\nContent-Type: application/vnd.x+json; v=1",
            r#"["t"]"#,
        ),
        (
            disposition("\"note\"") + "\r\nContent-Type: text/markdown",
            "# N",
        ),
        (disposition("\"a%22b%0D%0A\""), "c"),
    ];
    let found = parts(&request);
    for (found, (head, content)) in found.iter().zip(&expected) {
        assert_eq!((&found.0, found.1.as_str()), (head, *content));
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn a_boundary_is_in_no_part() {
    let inside = "--toolmill-boundary-00000001\r\n\r\n--toolmill-boundary-00000002--";
    let request = sent(
        "sendParts",
        json!({"body": {"note": inside, "file": "data:,x"}}),
    );
    let found = parts(&request);
    assert_eq!((found.len(), found[0].1.as_str()), (2, inside));
}

#[test]
fn no_value_leaves_its_header_line() {
    let file = "data:text/plain;name=a%0D%0AX:%20y;base64,aGVsbG8=";
    let request = sent("sendParts", json!({"body": {"file": file}}));
    assert!(!text(&request).contains("X: y"), "{}", text(&request));
    let file = "data:text/plain\r\nX: y;base64,aGVsbG8=";
    refused("sendParts", json!({"body": {"file": file}}));
    refused(
        "sendParts",
        json!({"rotation": "1\r\nX: y", "body": {"photos": ["data:,x"]}}),
    );
}

#[test]
fn text_is_sent_as_it_is_in_the_chosen_media_type() {
    let request = sent("sendText", json!({"body": "hello\r\n\"ü\""}));
    assert_eq!(text(&request), "hello\r\n\"ü\"");
    assert_eq!(request.header("content-type"), Some("text/plain"));
    let request = sent(
        "sendText",
        json!({"body": 17, "contentType": "text/markdown"}),
    );
    assert_eq!(text(&request), "17");
    assert_eq!(request.header("content-type"), Some("text/markdown"));
    refused(
        "sendText",
        json!({"body": "x", "contentType": "a/b\r\nX: y"}),
    );
}

#[test]
fn bytes_are_decoded_from_base64_or_a_data_uri() {
    for (given, bytes) in [
        ("iVBORwD/", b"\x89PNG\x00\xff".as_slice()),
        ("data:;base64,iVBORwD/", b"\x89PNG\x00\xff"),
        ("data:text/plain,a%20b", b"a b"),
        ("not base64!", b"not base64!"),
        ("", b""),
    ] {
        let request = sent("sendBytes", json!({ "body": given }));
        assert_eq!(request.body, bytes, "{given}");
        let media_type = request.header("content-type");
        assert_eq!(media_type, Some("application/octet-stream"), "{given}");
    }
    for (given, media_type) in [
        ("data:image/gif;base64,aGVsbG8=", "image/gif"),
        ("data:text/html,x", "application/octet-stream"),
        ("aGVsbG8=", "application/octet-stream"),
    ] {
        let request = sent("sendImage", json!({ "body": given }));
        assert_eq!(request.header("content-type"), Some(media_type), "{given}");
    }
    assert!(refused("sendBytes", json!({"body": "iVBORwD"})).contains("data:,TEXT"));
    refused("sendBytes", json!({"body": {"a": 1}}));
}

#[test]
fn files_come_from_one_folder_only_and_only_where_it_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let (open, outside) = (folder.path().join("open"), folder.path().join("secret"));
    std::fs::create_dir_all(open.join("sub")).expect("a folder");
    std::fs::write(open.join("sub/a b.bin"), b"\x00inside").expect("a file");
    std::fs::write(&outside, "outside").expect("a file");
    std::os::unix::fs::symlink(&outside, open.join("link")).expect("a link");
    let (api, base) = Recorder::tcp();
    let open_text = open.to_str().expect("a path");
    let server = Server::start(&base, &["--files-from", open_text], &[]);
    server.call("sendBytes", json!({"body": "file:sub/a b.bin"}));
    assert_eq!(api.take_one().body, b"\x00inside");
    let absolute = format!("file://{open_text}/sub/a%20b.bin");
    server.call("sendParts", json!({"body": {"file": absolute}}));
    let request = api.take_one();
    assert!(
        text(&request).contains("filename=\"a b.bin\"\r\nContent-Type: application/octet-stream")
    );
    let secret = format!("file:{}", outside.display());
    for path in [
        "file:../secret",
        "file:link",
        "file:sub",
        "file:none",
        &secret,
        "file:%2e%2e/secret",
    ] {
        let result = server.call("sendBytes", json!({ "body": path }));
        assert!(!error(&result).contains("outside\""), "{path}");
        assert!(api.take().is_empty(), "{path}");
    }
    let refusal = refused("sendBytes", json!({"body": "file:sub/a b.bin"}));
    assert!(refusal.contains("--files-from"), "{refusal}");
}

#[test]
fn xml_has_the_names_that_its_description_gives() {
    let request = sent(
        "sendXml",
        json!({"body": {
            "name": "a<b>&\"c\"", "id": 9007199254740993_i64, "photos": ["x", "y"], "none": null,
            "tags": [{"n": 1, "text": "t"}, {"n": 2}], "aliens": ["z"], "plain": [1, 2],
            "friend": {"id": 2, "friend": {"id": 3}}, "yes": true,
        }}),
    );
    assert_eq!(request.header("content-type"), Some("application/xml"));
    let body = [
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<p:Pet xmlns:p="urn:x&amp;y" id="9007199254740993">"#,
        "<name>a&lt;b&gt;&amp;&quot;c&quot;</name><photos><photo>x</photo><photo>y</photo></photos>",
        r#"<tag no="1"><text>t</text></tag><tag no="2"></tag>"#,
        "<strangers><strangers>z</strangers></strangers><plain>1</plain><plain>2</plain>",
        r#"<friend id="2"><friend id="3"></friend></friend><yes>true</yes></p:Pet>"#,
    ];
    assert_eq!(text(&request), body.concat());
}

#[test]
fn what_xml_can_not_hold_is_refused() {
    for body in [
        json!({"a b": 1}),
        json!({"<x>": 1}),
        json!({"": 1}),
        json!({"x": "\u{1}"}),
        json!({"x:y": 1}),
    ] {
        refused("sendXml", json!({ "body": body }));
    }
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!({ "a": deep });
    }
    refused("sendXml", json!({ "body": deep }));
}
