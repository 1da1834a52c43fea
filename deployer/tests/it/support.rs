//! What the tests share: a probe to run as a server, and a way to talk to it.

use std::fs::Permissions;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, fstat, openat};
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use toolmill_core::{
    ApiId, Artifact, Deployment, Endpoint, ServerKey, TenantId, UserId, VersionId,
};

/// Long enough for a busy machine; nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The compiled probe (`programs/probe.rs`), static like a server.
pub fn probe_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("TOOLMILL_TEST_PROBE") {
        Some(path) => path.into(),
        None => compile_probe(),
    })
}

/// Runs one test of this program as a user without rights, who may not enter
/// the folder that the program was built in.
pub fn as_plain_user(test: &str, group: u32) -> Output {
    let folder = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in("/tmp")
        .expect("a folder");
    let copy = |from: &Path, name: &str| {
        let to = folder.path().join(name);
        std::fs::copy(from, &to).expect("copied");
        std::fs::set_permissions(&to, Permissions::from_mode(0o755)).expect("permitted");
        to
    };
    let tests = copy(&std::env::current_exe().expect("a path"), "tests");
    Command::new(tests)
        .args(["--exact", test])
        .env("TOOLMILL_TEST_PROBE", copy(probe_binary(), "probe"))
        .env("TMPDIR", "/tmp")
        .current_dir("/")
        .uid(1234)
        .gid(group)
        .output()
        .expect("it starts")
}

fn compile_probe() -> PathBuf {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/programs/probe.rs");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("probe");
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let status = Command::new("rustc")
        .args([
            "--edition=2024",
            "-Ctarget-feature=+crt-static",
            "-Cstrip=symbols",
        ])
        .args(["--target", &target, "-o"])
        .arg(&binary)
        .arg(source)
        .status()
        .expect("rustc");
    assert!(status.success(), "the probe does not compile");
    binary
}

/// A server of the probe that shall exist.
pub fn deployment() -> Deployment {
    let binary = probe_binary();
    let content = std::fs::read(binary).expect("the probe");
    let sha256 = hex::encode(Sha256::digest(&content));
    let (tenant, user, version) = (
        TenantId::generate(),
        UserId::generate(),
        VersionId::generate(),
    );
    Deployment {
        key: ServerKey::derive("test", tenant, version, Some(user), None),
        tenant,
        user: Some(user),
        api: ApiId::generate(),
        version,
        artifact: Artifact {
            key: sha256[..32].to_owned(),
            sha256,
            size: content.len() as u64,
            binary: binary.to_owned(),
        },
        base_url: Some("http://api.example:8080/v1".parse().expect("a URL")),
    }
}

/// A connection to a probe.
pub struct Probe {
    stream: BufReader<UnixStream>,
}

impl Probe {
    /// Connects as soon as the server listens, and as the hub does: a link in
    /// the place of its socket is not followed.
    pub async fn meet(endpoint: &Endpoint) -> Self {
        let attempt = async {
            loop {
                match connect(endpoint).await {
                    Ok(stream) => return Self::on(stream),
                    Err(_) => tokio::time::sleep(Duration::from_millis(2)).await,
                }
            }
        };
        let met = tokio::time::timeout(PATIENCE, attempt).await;
        met.unwrap_or_else(|_| panic!("nobody listens at {endpoint:?}"))
    }

    pub fn on(stream: UnixStream) -> Self {
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// One line, and the answer to it.
    pub async fn ask(&mut self, command: &str) -> String {
        let asked = tokio::time::timeout(PATIENCE, self.try_ask(command)).await;
        match asked.expect("an answer in time") {
            Ok(answer) => answer,
            Err(error) => format!("gone {error}"),
        }
    }

    async fn try_ask(&mut self, command: &str) -> std::io::Result<String> {
        let mut answer = String::new();
        self.stream
            .write_all(format!("{command}\n").as_bytes())
            .await?;
        self.stream.read_line(&mut answer).await?;
        Ok(answer.trim_end().to_owned())
    }

    /// The process at the other end.
    pub fn pid(&self) -> i32 {
        let peer = self.stream.get_ref().peer_cred().expect("credentials");
        peer.pid().expect("a process")
    }
}

/// The same program without confinement: what it is asked works there.
pub struct Control {
    pub probe: Probe,
    child: std::process::Child,
    _folder: TempDir,
}

impl Control {
    pub async fn new(egress: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.sock");
        let child = Command::new(probe_binary())
            .arg("--socket")
            .arg(&path)
            .arg("--egress")
            .arg(egress)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let endpoint = Endpoint::Unix {
            folder: folder.path().to_owned(),
            name: "server.sock",
            owner: geteuid().as_raw(),
        };
        Self {
            probe: Probe::meet(&endpoint).await,
            child,
            _folder: folder,
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connects without following links, and only to a socket of the right owner.
pub async fn connect(endpoint: &Endpoint) -> std::io::Result<UnixStream> {
    let Endpoint::Unix {
        folder,
        name,
        owner,
    } = endpoint
    else {
        return Err(std::io::Error::other("not a unix socket"));
    };
    let folder = std::fs::File::open(folder)?;
    let socket = openat(
        &folder,
        *name,
        OFlags::PATH | OFlags::NOFOLLOW,
        Mode::empty(),
    )?;
    let path = format!("/proc/self/fd/{}", socket.as_raw_fd());
    if !std::fs::metadata(&path)?.file_type().is_socket() || fstat(&socket)?.st_uid != *owner {
        return Err(std::io::Error::other("not the server's socket"));
    }
    UnixStream::connect(path).await
}

/// A field of `/proc/<pid>/status`.
pub fn status_field(pid: i32, name: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process");
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value
        .unwrap_or_else(|| panic!("no {name}"))
        .trim()
        .to_owned()
}

/// The processes' network interfaces.
pub fn interfaces(pid: i32) -> Vec<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/net/dev")).expect("the process");
    let names = text
        .lines()
        .skip(2)
        .filter_map(|line| line.split(':').next());
    names.map(|name| name.trim().to_owned()).collect()
}

/// Waits until `done` says yes.
pub async fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    waited.unwrap_or_else(|_| panic!("not so: {what}"));
}

/// Answers each connection's line by the line itself.
pub fn echo(path: &Path) -> tokio::task::JoinHandle<()> {
    let listener = UnixListener::bind(path).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(path, mode).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            if stream.read_line(&mut line).await.is_ok() {
                let _ = stream.write_all(line.as_bytes()).await;
            }
        }
    })
}

/// A listener in the abstract namespace, and its name.
pub fn abstract_listener() -> (std::os::unix::net::UnixListener, String) {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;
    let name = format!("toolmill-test-{}", UserId::generate());
    let address = SocketAddr::from_abstract_name(&name).expect("an address");
    let listener = std::os::unix::net::UnixListener::bind_addr(&address);
    (listener.expect("a listener"), name)
}

/// Whether `answer` is what an unconfined program gets. A machine may lack
/// IPv6 or VSOCK, and only root makes namespaces; inside, all are refused alike.
pub fn is_control(command: &str, answer: &str) -> bool {
    let absent = match command {
        "family 10" | "family 40" => true,
        "unshare" | "userns" | "mount-own" | "write /toolmill-probe" => !geteuid().is_root(),
        // Only clouds have one; and containers have no keys.
        METADATA | "keyctl" => true,
        "unix /var/run/docker.sock" => std::os::unix::net::UnixStream::connect(DOCKER).is_err(),
        other if other.starts_with("ptrace ") => !geteuid().is_root(),
        _ => false,
    };
    answer.starts_with("ok") || absent
}

const DOCKER: &str = "/var/run/docker.sock";
const METADATA: &str = "tcp 169.254.169.254:80";

/// The attempts of R26 that both engines refuse in the same way, on a neighbour with this
/// socket and process.
pub fn attempts(socket: &Path, pid: i32) -> Vec<String> {
    vec![
        METADATA.to_owned(),
        format!("unix {DOCKER}"),
        format!("unix {}", socket.display()),
        "write /toolmill-probe".to_owned(),
        "fork 1000".to_owned(),
        "userns".to_owned(),
        "mount-own".to_owned(),
        format!("ptrace {pid}"),
        "keyctl".to_owned(),
    ]
}

/// Removes what the control of [`attempts`] wrote.
pub fn clean_up() {
    // A plain user could not write it, and another test may have removed it.
    let _ = std::fs::remove_file("/toolmill-probe");
}

/// Has a server write more than 100 MB of lines; the last begins with the text that is returned.
pub async fn chatter(probe: &mut Probe) -> String {
    for _ in 0..10 {
        assert_eq!(probe.ask("chatter 100000").await, "ok");
    }
    probe.ask("say the-last-one").await;
    "the-last-one".to_owned()
}
