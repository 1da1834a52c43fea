//! Who may be asked for a document.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use super::Specs;

/// Answers each request for a known path, until the test ends.
fn serve(files: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(&stream);
            let mut line = String::new();
            let _ = reader.read_line(&mut line);
            let mut header = String::new();
            while reader.read_line(&mut header).is_ok_and(|read| read > 2) {
                header.clear();
            }
            let path = line.split(' ').nth(1).unwrap_or_default();
            let found = files.iter().find(|(name, _)| *name == path);
            let (status, body) = found.map_or(("404 Not Found", ""), |(_, body)| ("200 OK", *body));
            let length = body.len();
            let _ = write!(
                &stream,
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    format!("http://{address}")
}

#[test]
fn the_network_needs_a_word_and_private_hosts_another() {
    let origin = serve(&[
        (
            "/api/openapi.yaml",
            "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: {}\ncomponents: { schemas: { A: { $ref: more/b.yaml } } }\n",
        ),
        ("/api/more/b.yaml", "{ type: boolean }\n"),
    ]);
    let specs = Specs::new();
    specs.write(
        "api/openapi.yaml",
        &format!("openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {{ A: {{ $ref: '{origin}/api/more/b.yaml' }} }} }}\n"),
    );
    for (arguments, said) in [
        (vec![], "--allow-remote"),
        (vec!["--allow-remote"], "not on the public internet"),
        (vec!["--allow-remote=other.example"], "--allow-remote"),
    ] {
        let output = specs.bundle(&arguments);
        assert_eq!(output.code, Some(3), "{arguments:?}: {}", output.stdout);
        assert!(
            output.stderr.contains(said),
            "{arguments:?}: {}",
            output.stderr
        );
    }
    let bundled = specs.bundled(&["--allow-remote=127.0.0.1"]);
    assert_eq!(bundled["components"]["schemas"]["A"]["type"], "boolean");

    let url = format!("{origin}/api/openapi.yaml");
    let output = specs.home.run(&["bundle", &url]);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    let output = specs.home.run(&["bundle", &url, "--allow-remote"]);
    assert_eq!(
        output.code,
        Some(0),
        "its own host is no other: {}",
        output.stderr
    );
    assert!(output.stdout.contains("boolean"));
}

/// Who serves one port of a host need not be who serves another.
#[test]
fn another_port_of_its_host_is_another_place() {
    let other = serve(&[("/b.yaml", "{ type: boolean }\n")]);
    let root: &'static str = format!("openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {{ A: {{ $ref: '{other}/b.yaml' }} }} }}\n").leak();
    let files: &'static [(&str, &str)] = vec![("/openapi.yaml", root)].leak();
    let url = format!("{}/openapi.yaml", serve(files));
    let specs = Specs::new();
    let output = specs.home.run(&["bundle", &url, "--allow-remote"]);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(
        output.stderr.contains("not on the public internet"),
        "{}",
        output.stderr
    );
    let output = specs
        .home
        .run(&["bundle", &url, "--allow-remote=127.0.0.1"]);
    assert_eq!(output.code, Some(0), "control: {}", output.stderr);
    assert!(output.stdout.contains("boolean"));
}

#[test]
fn a_document_of_the_network_names_no_file_of_this_machine() {
    let specs = Specs::new();
    let secret = specs.path("api/common.yaml");
    let body: &'static str = format!("$ref: 'file://{}'\n", secret.display()).leak();
    let files: &'static [(&str, &str)] = vec![("/x.yaml", body)].leak();
    let origin = serve(files);
    specs.write(
        "api/openapi.yaml",
        &format!("openapi: 3.0.3\ninfo: {{ $ref: '{origin}/x.yaml' }}\npaths: {{}}\n"),
    );
    let output = specs.bundle(&["--allow-remote=127.0.0.1"]);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(
        output.stderr.contains("names a file of this machine"),
        "{}",
        output.stderr
    );
}
