//! Which engine is used, and what is said where one cannot be. The environment
//! belongs to a process, so each case is a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use toolmill_deployer::{EngineChoice, ServerLimits, SocketDirs, connect};

/// Not a test of its own: connects as its environment says, and prints what
/// comes of it.
#[tokio::test]
#[ignore = "run by the tests below"]
async fn connect_and_tell() {
    let choice = match std::env::var("TOOLMILL_TEST_ENGINE").as_deref() {
        Ok("docker") => EngineChoice::Docker,
        Ok("process") => EngineChoice::Process,
        _ => EngineChoice::Auto,
    };
    let folder = tempfile::tempdir().unwrap();
    let dirs = SocketDirs::new(&folder.path().join("run"), "test").unwrap();
    match connect(
        choice,
        "choice-test",
        dirs,
        folder.path(),
        ServerLimits::default(),
    )
    .await
    {
        Ok(connected) => println!("told: {} {:?}", connected.engine.kind(), connected.notes),
        Err(error) => println!("told: {error} {}", error.hint().unwrap_or_default()),
    }
}

fn told(choice: &str, docker_host: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "choice::connect_and_tell"])
        .args(["--ignored", "--nocapture"])
        .env("TOOLMILL_TEST_ENGINE", choice)
        .env("DOCKER_HOST", docker_host)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = said.split_once("told: ");
    let (_, told) = told.unwrap_or_else(|| panic!("nothing told: {said}"));
    told.lines().next().unwrap_or_default().to_owned()
}

/// A daemon that answers every request with these bodies, in their order.
fn daemon(socket: &Path, bodies: Vec<&'static str>) {
    let listener = UnixListener::bind(socket).unwrap();
    std::thread::spawn(move || {
        let mut bodies = bodies.into_iter();
        for stream in listener.incoming().flatten() {
            let mut requests = BufReader::new(&stream);
            let mut line = String::new();
            while requests.read_line(&mut line).is_ok_and(|read| read > 0) {
                if line == "\r\n" {
                    let Some(body) = bodies.next() else { return };
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
                    let length = body.len();
                    write!(&stream, "{head}Content-Length: {length}\r\n\r\n{body}").unwrap();
                }
                line.clear();
            }
        }
    });
}

#[test]
fn without_docker_servers_run_as_processes() {
    let nowhere = "unix:///nonexistent/docker.sock";
    assert!(told("auto", nowhere).starts_with("process "));
    assert!(told("process", nowhere).starts_with("process "));
    let error = told("docker", nowhere);
    assert!(error.starts_with("Docker does not answer"), "{error}");
    assert!(error.contains("/nonexistent/docker.sock"), "{error}");
    assert!(error.contains("`--engine process`"), "{error}");
}

#[test]
fn a_remote_docker_cannot_share_sockets() {
    let error = told("docker", "tcp://127.0.0.1:1");
    assert!(error.contains("only a daemon on this machine"), "{error}");
    assert!(told("auto", "tcp://127.0.0.1:1").starts_with("process "));
}

#[test]
fn an_old_docker_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, choice) in [("a", "docker"), ("b", "auto")] {
        let socket = folder.path().join(name);
        daemon(&socket, vec![r#"{"ApiVersion":"1.40"}"#]);
        let said = told(choice, &format!("unix://{}", socket.display()));
        assert!(
            said.contains("Docker speaks API 1.40, and 1.41 is needed."),
            "{said}"
        );
        assert_eq!(said.starts_with("process "), choice == "auto");
    }
}

#[test]
fn a_docker_with_other_users_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let info = r#"{"SecurityOptions":["name=seccomp","name=rootless"]}"#;
    daemon(&socket, vec![r#"{"ApiVersion":"1.50"}"#, info]);
    let error = told("docker", &format!("unix://{}", socket.display()));
    assert!(error.starts_with("Docker runs without root"), "{error}");
}
