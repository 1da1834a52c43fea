//! The process engine: what a server can and cannot do, and how it lives.

use std::net::TcpListener;
use std::os::unix::net::UnixListener as Listener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::geteuid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use toolmill_core::{Deployment, Engine, ServerKey, ServerState};
use toolmill_deployer::{ProcessEngine, ServerLimits, SocketDirs};

use crate::support::{
    Control, PATIENCE, Probe, abstract_listener, as_plain_user, attempts, chatter, clean_up,
    connect, deployment, echo, eventually, interfaces, is_control, probe_binary, status_field,
};

struct World {
    folder: TempDir,
    dirs: SocketDirs,
    engine: ProcessEngine,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dirs = SocketDirs::new(&folder.path().join("run"), "test").unwrap();
        let logs = folder.path().join("logs");
        Self {
            engine: ProcessEngine::new(dirs.clone(), &logs).await.unwrap(),
            dirs,
            folder,
        }
    }

    async fn wake(&self, deployment: &Deployment) -> Probe {
        self.engine.apply(deployment).await.unwrap();
        let endpoint = self.engine.wake(&deployment.key, PATIENCE).await.unwrap();
        Probe::meet(&endpoint).await
    }

    async fn state(&self, key: &ServerKey) -> Option<ServerState> {
        let listed = self.engine.list().await.unwrap();
        listed
            .into_iter()
            .find(|found| found.key == *key)
            .map(|found| found.state)
    }
}

/// R26: each attempt fails inside, and not for the same program outside.
#[tokio::test]
async fn what_a_server_may_not_do() {
    let world = World::new().await;
    let (deployment, other) = (deployment(), deployment());
    world.engine.apply(&deployment).await.unwrap();
    let egress = world.dirs.outward(&deployment.key).join("egress.sock");
    echo(&egress);
    let mut inside = world.wake(&deployment).await;
    // A neighbour, of whom nothing is to be had.
    let mut neighbour = world.wake(&other).await;
    let their_socket = world.dirs.inward(&other.key).join("server.sock");
    let mut control = Control::new(&egress).await;
    let outside = Listener::bind(world.folder.path().join("other.sock")).unwrap();
    let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
    let tcp = upstream.local_addr().unwrap();
    let here = world.folder.path().display();
    let own = std::process::id();

    let (_abstract, name) = abstract_listener();
    let mut commands = attempts(&their_socket, neighbour.pid());
    commands.extend([
        format!("tcp {tcp}"),
        "tcp-listen".to_owned(),
        "udp 127.0.0.1:9".to_owned(),
        "family 2".to_owned(),
        "family 10".to_owned(),
        "family 16".to_owned(),
        "family 40".to_owned(),
        format!("unix {here}/other.sock"),
        format!("abstract {name}"),
        "unshare".to_owned(),
        "read /etc/hostname".to_owned(),
        "list /".to_owned(),
        "list /proc".to_owned(),
        "list-own".to_owned(),
        "write-own".to_owned(),
        "mkdir-own".to_owned(),
        "fifo-own".to_owned(),
        format!("grow {here}/file 1000"),
        "write-out".to_owned(),
        "run /bin/true".to_owned(),
        format!("kill {own}"),
        "shared 1".to_owned(),
        "memory 160".to_owned(),
    ]);
    for command in commands {
        let refused = inside.ask(&command).await;
        let allowed = control.probe.ask(&command).await;
        assert!(refused.starts_with("no "), "inside, `{command}`: {refused}");
        assert!(
            is_control(&command, &allowed),
            "outside, `{command}`: {allowed}"
        );
    }
    drop((outside, upstream));
    clean_up();
    assert_eq!(neighbour.ask("ping").await, "ok pong", "neighbours go on");

    // What it is there for.
    assert_eq!(inside.ask("ping").await, "ok pong");
    assert_eq!(inside.ask("egress").await, "ok hello");
    assert!(inside.ask("memory 1024").await.starts_with("no "));
    assert_eq!(inside.ask("memory 32").await, format!("ok {}", 32 << 20));
    assert_eq!(inside.ask("environment").await, "ok");
    let arguments = inside.ask("arguments").await;
    assert!(
        arguments.ends_with("--base-url http://api.example:8080/v1"),
        "{arguments}"
    );

    // Limits.
    let threads = inside.ask("threads 100").await;
    assert_ne!(threads, "ok 100");
    assert_eq!(control.probe.ask("threads 100").await, "ok 100");
    let files = inside.ask("files 5000").await;
    assert!(files[3..].parse::<u32>().unwrap() < 1024, "{files}");
}

#[tokio::test]
async fn an_operator_sets_what_a_server_may_use() {
    let usual = World::new().await;
    let mut world = World::new().await;
    world.engine = world.engine.within(ServerLimits {
        memory: 16 << 20,
        pids: 8,
        own: vec![
            "upstream.redirects=1".to_owned(),
            "tools.page_tools=2".to_owned(),
        ],
        ..ServerLimits::default()
    });
    let deployment = deployment();
    let mut probe = usual.wake(&deployment).await;
    assert_eq!(probe.ask("memory 64").await, format!("ok {}", 64 << 20));
    assert!(!probe.ask("arguments").await.contains("--limit"));
    assert_eq!(probe.ask("threads 20").await, "ok 20");

    let mut probe = world.wake(&deployment).await;
    assert_eq!(probe.ask("memory 8").await, format!("ok {}", 8 << 20));
    assert_eq!(probe.ask("threads 4").await, "ok 4");
    assert_ne!(probe.ask("threads 20").await, "ok 20");
    let arguments = probe.ask("arguments").await;
    assert!(
        arguments.ends_with(" --limit upstream.redirects=1,tools.page_tools=2"),
        "{arguments}"
    );
    let beyond = probe.ask("memory 64").await;
    assert!(!beyond.starts_with("ok"), "{beyond}");
}

#[tokio::test]
async fn what_a_server_looks_like_from_outside() {
    let world = World::new().await;
    let deployment = deployment();
    let mut probe = world.wake(&deployment).await;
    let pid = probe.pid();

    assert_eq!(interfaces(pid), ["lo"]);
    assert!(interfaces(std::process::id().cast_signed()).len() > 1);
    assert_eq!(status_field(pid, "CapEff"), "0000000000000000");
    assert_eq!(status_field(pid, "CapPrm"), "0000000000000000");
    assert_eq!(status_field(pid, "NoNewPrivs"), "1");
    assert_eq!(status_field(pid, "Seccomp"), "2");
    if geteuid().is_root() {
        let user = probe.ask("user").await[3..].to_owned();
        assert!(user.parse::<u32>().unwrap() >= 1_879_048_192, "{user}");
        assert_eq!(status_field(pid, "Uid"), [&*user; 4].join("\t"));
        assert_eq!(status_field(pid, "Gid"), [&*user; 4].join("\t"));
        assert_eq!(status_field(pid, "Groups"), "");
        let root = std::fs::read_link(format!("/proc/{pid}/root")).unwrap();
        let home = world.dirs.inward(&deployment.key);
        assert_eq!(root, home.parent().unwrap());
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let limit = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            line[name.len()..]
                .split_whitespace()
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!(limit("Max file size"), "0");
        assert_eq!(limit("Max core file size"), "0");
        assert_eq!(limit("Max processes"), "32");
        assert_eq!(limit("Max open files"), "1024");
        assert_eq!(limit("Max data size"), (128 << 20).to_string());
        let open = std::fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .count();
        assert!(open <= 5, "{open} descriptors came along");
    }
}

#[tokio::test]
async fn a_server_lives_and_ends() {
    let world = World::new().await;
    let deployment = deployment();
    let key = &deployment.key;
    assert_eq!(world.state(key).await, None);

    world.engine.apply(&deployment).await.unwrap();
    assert_eq!(world.state(key).await, Some(ServerState::Stopped));
    let first = world.wake(&deployment).await.pid();
    assert_eq!(world.wake(&deployment).await.pid(), first);
    assert_eq!(world.state(key).await, Some(ServerState::Running));

    // Idle, twice, and woken again.
    world.engine.idle(key).await.unwrap();
    world.engine.idle(key).await.unwrap();
    assert!(!Path::new(&format!("/proc/{first}")).exists());
    assert_eq!(world.state(key).await, Some(ServerState::Stopped));
    let mut again = world.wake(&deployment).await;
    assert_ne!(again.pid(), first);

    // One that ends by itself is started by the next call.
    again.ask("exit 3").await;
    let log = world.folder.path().join(format!("logs/{key}.log"));
    eventually("the end is in the log", || {
        let text = std::fs::read_to_string(&log).unwrap();
        text.contains("the server ended: exit status: 3")
    })
    .await;
    assert_eq!(world.state(key).await, Some(ServerState::Stopped));
    let last = world.wake(&deployment).await.pid();

    // A changed deployment replaces it.
    let changed = Deployment {
        base_url: None,
        ..deployment.clone()
    };
    let mut other = world.wake(&changed).await;
    assert_ne!(other.pid(), last);
    assert!(!other.ask("arguments").await.contains("--base-url"));

    // Removed, twice, with all its traces.
    world.engine.remove(key).await.unwrap();
    world.engine.remove(key).await.unwrap();
    assert_eq!(world.state(key).await, None);
    assert!(!log.exists());
    assert!(world.engine.wake(key, PATIENCE).await.is_err());
}

/// R27: what a server writes is kept, but no more of it than a megabyte.
#[tokio::test]
async fn r27_logs_are_kept_and_bounded() {
    let world = World::new().await;
    let deployment = deployment();
    let mut probe = world.wake(&deployment).await;
    probe.ask("say \u{1b}[31mred").await;
    let tail = async |count| world.engine.logs(&deployment.key, count).await.unwrap();
    let wait = async {
        while tail(1).await[0].text != "\u{fffd}[31mred" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();

    let last = chatter(&mut probe).await;
    let wait = async {
        while tail(1).await[0].text != last {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();
    let sizes = world.folder.path().join("logs").read_dir().unwrap();
    let sizes: Vec<u64> = sizes
        .map(|file| file.unwrap().metadata().unwrap().len())
        .collect();
    assert_eq!(sizes.len(), 2);
    assert!(sizes.iter().sum::<u64>() <= 1 << 20, "{sizes:?}");
    assert_eq!(tail(3).await.len(), 3);
    assert_eq!(tail(0).await.len(), 0);
}

#[tokio::test]
async fn what_nobody_wants_is_swept() {
    let world = World::new().await;
    let (kept, gone) = (deployment(), deployment());
    for deployment in [&kept, &gone] {
        world.wake(deployment).await;
    }
    // As after a restart: the folders are there, and nobody remembers.
    let logs = world.folder.path().join("logs");
    let restarted = ProcessEngine::new(world.dirs.clone(), &logs).await.unwrap();
    assert_eq!(restarted.list().await.unwrap().len(), 2);
    restarted.sweep(std::slice::from_ref(&kept)).await.unwrap();
    let left = restarted.list().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].key, kept.key);
}

#[tokio::test]
async fn a_link_in_the_place_of_the_socket_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let _target = Listener::bind(folder.path().join("target.sock")).unwrap();
    let endpoint = |name| toolmill_core::Endpoint::Unix {
        folder: folder.path().to_owned(),
        name,
        owner: geteuid().as_raw(),
    };
    connect(&endpoint("target.sock")).await.unwrap();
    std::os::unix::fs::symlink(
        folder.path().join("target.sock"),
        folder.path().join("link"),
    )
    .unwrap();
    connect(&endpoint("link")).await.unwrap_err();
}

/// The same as a user without rights, where the tests run as root.
#[test]
fn a_plain_user_can_do_it_too() {
    if !geteuid().is_root() {
        return;
    }
    for test in [
        "what_a_server_may_not_do",
        "what_a_server_looks_like_from_outside",
    ] {
        let output = as_plain_user(&format!("process::{test}"), 1234);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
}

/// Not a test of its own: the hub that is killed in the next one.
#[tokio::test]
#[ignore = "run by the test below"]
async fn hub_to_be_killed() {
    let world = World::new().await;
    let probe = world.wake(&deployment()).await;
    println!("server {}", probe.pid());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn servers_end_with_a_killed_hub() {
    let mut hub = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "process::hub_to_be_killed",
            "--ignored",
            "--nocapture",
        ])
        .env("TOOLMILL_TEST_PROBE", probe_binary())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(hub.stdout.take().unwrap()).lines();
    let server = loop {
        let line = lines.next_line().await.unwrap().expect("the hub says it");
        if let Some((_, pid)) = line.split_once("server ") {
            break pid.to_owned();
        }
    };
    assert!(Path::new(&format!("/proc/{server}")).exists());
    hub.kill().await.unwrap();
    eventually("the server ended", || {
        !Path::new(&format!("/proc/{server}")).exists()
    })
    .await;
}
