//! The docker engine, on a real daemon.

mod life;

use std::collections::HashMap;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener as Listener;
use std::path::Path;
use std::time::Duration;

use bollard::Docker;
use bollard::models::ContainerInspectResponse;
use bollard::query_parameters::{ListContainersOptionsBuilder, ListImagesOptionsBuilder};
use rustix::process::geteuid;
use tempfile::TempDir;
use toolmill_core::{Deployment, Engine, ServerKey, ServerState};
use toolmill_deployer::{DockerEngine, Error, SocketDirs};

use crate::support::{
    Control, PATIENCE, Probe, abstract_listener, as_plain_user, attempts, chatter, clean_up,
    connect, deployment, echo, interfaces, is_control, status_field,
};

struct World {
    instance: String,
    docker: Docker,
    dirs: SocketDirs,
    engine: DockerEngine,
    _folder: TempDir,
}

/// Said loudly; a failure where Docker is required.
pub fn missing(error: &Error) {
    let required = std::env::var("TOOLMILL_REQUIRE_DOCKER").is_ok_and(|value| value == "1");
    assert!(!required, "Docker is required: {error}");
    eprintln!("SKIPPED, since Docker is not here: {error}");
}

impl World {
    /// `None`, said loudly, where no Docker answers and none is required.
    async fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let instance = folder.path().file_name().unwrap().to_str().unwrap();
        let instance = instance.trim_start_matches('.').to_lowercase();
        let dirs = SocketDirs::new(&folder.path().join("run"), &instance).unwrap();
        match DockerEngine::connect(&instance, dirs.clone()).await {
            Ok(engine) => Some(Self {
                instance,
                docker: Docker::connect_with_unix_defaults().unwrap(),
                dirs,
                engine,
                _folder: folder,
            }),
            Err(error) => {
                missing(&error);
                None
            }
        }
    }

    async fn wake(&self, deployment: &Deployment) -> Probe {
        self.engine.apply(deployment).await.unwrap();
        let endpoint = self.engine.wake(&deployment.key, PATIENCE).await.unwrap();
        Probe::meet(&endpoint).await
    }

    async fn state(&self, key: &ServerKey) -> Option<ServerState> {
        let listed = self.engine.list().await.unwrap();
        let found = listed.into_iter().find(|found| found.key == *key);
        found.map(|found| found.state)
    }

    async fn inspect(&self, key: &ServerKey) -> ContainerInspectResponse {
        let name = format!("toolmill-{key}");
        self.docker.inspect_container(&name, None).await.unwrap()
    }

    /// Waits until Docker has noticed that the server is gone.
    async fn ended(&self, key: &ServerKey) {
        while self.state(key).await != Some(ServerState::Stopped) {
            tokio::task::yield_now().await;
        }
    }

    fn own(&self) -> HashMap<String, Vec<String>> {
        let label = format!("dev.toolmill.instance={}", self.instance);
        HashMap::from([("label".to_owned(), vec![label])])
    }

    async fn containers(&self) -> usize {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&self.own());
        self.docker
            .list_containers(Some(options.build()))
            .await
            .unwrap()
            .len()
    }

    async fn images(&self) -> usize {
        let options = ListImagesOptionsBuilder::new()
            .all(true)
            .filters(&self.own());
        self.docker
            .list_images(Some(options.build()))
            .await
            .unwrap()
            .len()
    }

    /// Leaves nothing on the daemon.
    async fn close(self) {
        self.engine.sweep(&[]).await.unwrap();
        assert_eq!((self.containers().await, self.images().await), (0, 0));
    }
}

/// R26: each attempt fails inside, and not for the same program outside.
#[tokio::test]
async fn what_a_server_may_not_do() {
    let Some(world) = World::new().await else {
        return;
    };
    let (deployment, other) = (deployment(), deployment());
    world.engine.apply(&deployment).await.unwrap();
    let egress = world.dirs.outward(&deployment.key).join("egress.sock");
    echo(&egress);
    let mut probe = world.wake(&deployment).await;

    // A neighbour, of whom nothing is to be had.
    let mut neighbour = world.wake(&other).await;
    let their_socket = world.dirs.inward(&other.key).join("server.sock");
    // Each of these works for the same program outside.
    let folder = tempfile::tempdir().unwrap();
    let mut control = Control::new(&folder.path().join("egress.sock")).await;
    echo(&folder.path().join("egress.sock"));
    let upstream = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = upstream.local_addr().unwrap().port();
    let here = folder.path().display();
    let _other = Listener::bind(folder.path().join("other.sock")).unwrap();
    let (_abstract, name) = abstract_listener();
    let mut commands = attempts(&their_socket, neighbour.pid());
    commands.extend([
        format!("tcp 127.0.0.1:{port}"),
        format!("tcp 172.17.0.1:{port}"),
        "tcp-listen".to_owned(),
        "udp 127.0.0.1:9".to_owned(),
        "family 2".to_owned(),
        "family 10".to_owned(),
        "family 16".to_owned(),
        "family 40".to_owned(),
        format!("unix {here}/other.sock"),
        format!("abstract {name}"),
        format!("write {here}/file"),
        "write /tmp/toolmill-probe".to_owned(),
        "write-own".to_owned(),
        "mkdir-own".to_owned(),
        "fifo-own".to_owned(),
        "write-out".to_owned(),
        "unlink-out".to_owned(),
        "run /bin/true".to_owned(),
        "unshare".to_owned(),
        "list /dev/shm".to_owned(),
        "shared 1".to_owned(),
        format!("kill {}", std::process::id()),
    ]);
    for command in commands {
        let refused = probe.ask(&command).await;
        let allowed = control.probe.ask(&command).await;
        assert!(refused.starts_with("no "), "inside, `{command}`: {refused}");
        assert!(
            is_control(&command, &allowed),
            "outside, `{command}`: {allowed}"
        );
    }
    std::fs::remove_file("/tmp/toolmill-probe").unwrap();
    clean_up();

    // What it is there for.
    assert_eq!(probe.ask("egress").await, "ok hello");
    assert_eq!(probe.ask("user").await, "ok 65532");
    let arguments = probe.ask("arguments").await;
    assert_eq!(
        arguments,
        "ok --socket /run/toolmill/in/server.sock --egress /run/toolmill/out/egress.sock --base-url http://api.example:8080/v1"
    );

    // Limits: each with what is allowed below it.
    assert_ne!(probe.ask("threads 100").await, "ok 100");
    assert_eq!(probe.ask("threads 10").await, "ok 10");
    let files = probe.ask("files 5000").await;
    assert!(files[3..].parse::<u32>().unwrap() < 1024, "{files}");
    assert_eq!(probe.ask("memory 16").await, format!("ok {}", 16 << 20));
    let answer = probe.ask("memory 1024").await;
    assert!(!answer.starts_with("ok"), "{answer}");
    assert_eq!(neighbour.ask("ping").await, "ok pong", "neighbours go on");
    world.ended(&deployment.key).await;
    let state = world.inspect(&deployment.key).await.state.unwrap();
    assert_eq!(state.oom_killed, Some(true));
    world.close().await;
}

#[tokio::test]
async fn what_a_server_looks_like_from_outside() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    let probe = world.wake(&deployment).await;
    let found = world.inspect(&deployment.key).await;
    let pid = i32::try_from(found.state.unwrap().pid.unwrap()).unwrap();
    drop(probe);

    assert_eq!(interfaces(pid), ["lo"]);
    for capabilities in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(status_field(pid, capabilities), "0000000000000000");
    }
    assert_eq!(status_field(pid, "NoNewPrivs"), "1");
    assert_eq!(status_field(pid, "Seccomp"), "2");
    assert_eq!(status_field(pid, "Uid"), ["65532"; 4].join("\t"));

    let host = found.host_config.unwrap();
    assert_eq!(host.network_mode.as_deref(), Some("none"));
    assert_eq!(host.readonly_rootfs, Some(true));
    assert_eq!(host.memory, Some(64 << 20));
    assert_eq!(host.memory_swap, Some(64 << 20));
    assert_eq!(host.pids_limit, Some(32));
    assert_eq!(host.nano_cpus, Some(1_000_000_000));

    let labels = found.config.unwrap().labels.unwrap();
    let mut names: Vec<_> = labels.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "dev.toolmill.artifact",
            "dev.toolmill.instance",
            "dev.toolmill.server",
            "dev.toolmill.version"
        ]
    );
    world.close().await;
}

#[tokio::test]
async fn a_link_in_the_place_of_the_socket_is_not_followed() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    world.engine.apply(&deployment).await.unwrap();
    let endpoint = world.engine.wake(&deployment.key, PATIENCE).await.unwrap();
    let mut probe = Probe::meet(&endpoint).await;
    let target = world.dirs.outward(&deployment.key).join("egress.sock");
    echo(&target);

    // The server itself cannot put a link in the place of its socket …
    let answer = probe.ask(&format!("link-own {}", target.display())).await;
    assert!(answer.starts_with("no PermissionDenied"), "{answer}");
    // … and one that got there by other means leads to a socket of the host …
    let link = world.dirs.inward(&deployment.key).join("server.sock");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let mut followed = Probe::on(tokio::net::UnixStream::connect(&link).await.unwrap());
    assert_eq!(
        followed.ask("I am at the host's").await,
        "I am at the host's"
    );
    // … but whoever connects with care does not follow it.
    connect(&endpoint).await.unwrap_err();
    world.close().await;
}

#[tokio::test]
async fn the_disk_cannot_be_filled() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    let mut probe = world.wake(&deployment).await;
    // No file can be made in the one writable folder …
    let file = world.dirs.inward(&deployment.key).join("file");
    let answer = probe.ask("grow /run/toolmill/in/file 1").await;
    assert!(answer.starts_with("no PermissionDenied"), "{answer}");
    assert!(!file.exists());
    // … and one that is there does not grow.
    std::fs::write(&file, "x").unwrap();
    std::os::unix::fs::chown(&file, Some(65532), Some(65532)).unwrap();
    let answer = probe.ask("append /run/toolmill/in/file 1").await;
    assert!(answer.starts_with("no FileTooLarge"), "{answer}");
    let outside = std::fs::OpenOptions::new().append(true).open(&file);
    std::io::Write::write_all(&mut outside.unwrap(), b"x").unwrap();
    assert_eq!(file.metadata().unwrap().len(), 2);
    assert_eq!(probe.ask("ping").await, "ok pong");
    world.close().await;
}

/// R27: the daemon keeps what a server writes, but no more of it than two small files.
#[tokio::test]
async fn r27_logs_are_kept_and_bounded() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    let mut probe = world.wake(&deployment).await;
    let last = chatter(&mut probe).await;
    let wait = async {
        loop {
            let tail = world.engine.logs(&deployment.key, 1).await.unwrap();
            if tail.last().is_some_and(|line| line.text == last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE * 3, wait).await.unwrap();
    let found = world.inspect(&deployment.key).await;
    let config = found.host_config.unwrap().log_config.unwrap();
    let set = config.config.unwrap();
    assert_eq!(config.typ.as_deref(), Some("json-file"));
    assert_eq!((&*set["max-size"], &*set["max-file"]), ("512k", "2"));
    // Root of the daemon's machine can see what became of it.
    match sizes(Path::new(&found.log_path.unwrap())) {
        Ok(sizes) => {
            assert_eq!(sizes.len(), 2, "{sizes:?}");
            // A file ends with the line that fills it.
            assert!(sizes.iter().sum::<u64>() <= (1 << 20) + 4096, "{sizes:?}");
        }
        Err(error) => eprintln!("*** NOT SEEN: the size of the daemon's log files: {error}"),
    }
    assert_eq!(probe.ask("ping").await, "ok pong");
    world.close().await;
}

/// Of a log file, and of its older parts beside it.
fn sizes(log: &Path) -> std::io::Result<Vec<u64>> {
    let name = log.file_name().unwrap().to_string_lossy().into_owned();
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(log.parent().unwrap())? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&name) {
            sizes.push(entry.metadata()?.len());
        }
    }
    Ok(sizes)
}

/// The same as a user without rights but those on Docker's socket.
#[tokio::test]
async fn a_plain_user_can_do_it_too() {
    let Some(world) = World::new().await else {
        return;
    };
    world.close().await;
    if !geteuid().is_root() {
        return;
    }
    let group = std::fs::metadata("/var/run/docker.sock").unwrap().gid();
    for test in [
        "what_a_server_may_not_do",
        "a_link_in_the_place_of_the_socket_is_not_followed",
        "life::a_server_lives_and_ends",
    ] {
        let output = as_plain_user(&format!("docker::{test}"), group);
        let said = String::from_utf8_lossy(&output.stdout);
        let passed = output.status.success() && said.contains("1 passed");
        assert!(passed, "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
}
