//! A real server in each engine's confinement: the crate that the runtime is
//! tested with, built as a generated crate is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use toolmill_core::{BuildJob, Builder, Deployment, Endpoint, Engine, Quiet};
use toolmill_deployer::{CrateBuilder, DockerEngine, ProcessEngine, SocketDirs};

use crate::build::cache;
use crate::support::{PATIENCE, connect, deployment};

const AT_ONCE: usize = 100;

/// The sources of the runtime's test server.
fn job() -> BuildJob {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/tests/src");
    let mut files = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        files.insert(format!("src/{name}"), std::fs::read(&path).unwrap());
    }
    BuildJob {
        package: "fixture-mcp".to_owned(),
        files,
    }
}

/// Answers each request with its own first line and grant.
fn broker(path: PathBuf) {
    let listener = UnixListener::bind(&path).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&path, mode).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_all(stream));
        }
    });
}

async fn answer_all(stream: UnixStream) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            match stream.read_line(&mut line).await {
                Ok(2) => break,
                Ok(1..) => head.push(line.trim_end().to_owned()),
                Ok(0) | Err(_) => return,
            }
        }
        let grant = head.iter().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("toolmill-grant").then_some(value)
        });
        let body = serde_json::json!({ "line": head[0], "grant": grant }).to_string();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn call(endpoint: &Endpoint, grant: &str) -> String {
    let mut stream = loop {
        match connect(endpoint).await {
            Ok(stream) => break stream,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(2)).await,
        }
    };
    let body = serde_json::json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": "unsecured",
            "arguments": {},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    })
    .to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: unsecured\r\n\
         Toolmill-Grant: {grant}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn serve(engine: &dyn Engine, dirs: &SocketDirs) {
    let data = tempfile::tempdir().unwrap();
    let builder = CrateBuilder::new(&cache(), data.path());
    let deployment = Deployment {
        artifact: builder.build(job(), &Quiet).await.unwrap(),
        ..deployment()
    };
    engine.apply(&deployment).await.unwrap();
    broker(dirs.outward(&deployment.key).join("egress.sock"));
    let endpoint = engine.wake(&deployment.key, PATIENCE).await.unwrap();

    let grants: Vec<String> = (0..AT_ONCE)
        .map(|number| format!("grant-{number}-"))
        .collect();
    let calls = grants.iter().map(|grant| call(&endpoint, grant));
    let answers = tokio::time::timeout(PATIENCE, futures_util::future::join_all(calls));
    for (answer, grant) in answers.await.expect("answers in time").iter().zip(&grants) {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(grant), "{answer}");
        assert!(
            answer.contains("GET http://api.example:8080/v1/secured"),
            "{answer}"
        );
    }

    engine.idle(&deployment.key).await.unwrap();
    let endpoint = engine.wake(&deployment.key, PATIENCE).await.unwrap();
    let again = tokio::time::timeout(PATIENCE, call(&endpoint, "again-"));
    assert!(again.await.expect("an answer in time").contains("again-"));
    engine.remove(&deployment.key).await.unwrap();
    engine.sweep(&[]).await.unwrap();
}

#[tokio::test]
async fn a_server_serves_as_a_process() {
    let folder = tempfile::tempdir().unwrap();
    let dirs = SocketDirs::new(&folder.path().join("run"), "test").unwrap();
    let engine = ProcessEngine::new(dirs.clone(), &folder.path().join("logs")).await;
    serve(&engine.unwrap(), &dirs).await;
}

#[tokio::test]
async fn a_server_serves_in_a_container() {
    let folder = tempfile::tempdir().unwrap();
    let dirs = SocketDirs::new(&folder.path().join("run"), "test").unwrap();
    match DockerEngine::connect("server-test", dirs.clone()).await {
        Ok(engine) => serve(&engine, &dirs).await,
        Err(error) => crate::docker::missing(&error),
    }
}
