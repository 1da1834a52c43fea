//! Servers as child processes, confined by what the kernel has: a namespace
//! without network, a root of their own, a user of their own, resource limits,
//! Landlock and a system call filter. They end with this program.

mod child;
mod landlock;
mod limits;
mod log;
mod means;
mod running;
mod seccomp;

use std::collections::HashMap;
use std::ffi::CString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use rustix::process::geteuid;
use tokio::sync::Mutex;
use toolmill_core::{
    Deployment, Endpoint, Engine, EngineKind, LogLine, ServerKey, ServerState, ServerStatus,
};

use super::ServerLimits;
use super::sockets::{EGRESS_SOCKET, Listener, SERVER_SOCKET, SocketDirs};
use crate::error::{Error, Result};
use child::Jail;
use limits::Limits;
use log::Log;
use means::{Means, c_path};
use running::Running;

/// Runs servers as children of this process.
pub struct ProcessEngine {
    means: Means,
    dirs: SocketDirs,
    logs: PathBuf,
    limits: ServerLimits,
    servers: Mutex<HashMap<ServerKey, Server>>,
}

/// A server that was applied, and its process where it has one.
struct Server {
    deployment: Deployment,
    running: Option<Running>,
}

impl ProcessEngine {
    /// Finds out what the kernel offers. Servers' logs go to `logs`.
    ///
    /// # Errors
    /// Where nothing keeps a server from the network or from files.
    pub async fn new(dirs: SocketDirs, logs: &Path) -> Result<Self> {
        Ok(Self {
            means: Means::find().await?,
            dirs,
            logs: logs.to_owned(),
            limits: ServerLimits::default(),
            servers: Mutex::default(),
        })
    }

    /// The same with other limits, for servers that start from now on.
    #[must_use]
    pub fn within(self, limits: ServerLimits) -> Self {
        Self { limits, ..self }
    }

    /// What servers are not kept from as well as they could be, in sentences.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.means.missing()
    }

    fn user_of(&self, key: &ServerKey) -> Option<u32> {
        let number = u64::from_str_radix(key.as_str(), 16).unwrap_or_default();
        self.means.root.then(|| Means::user_for(number))
    }

    fn endpoint(&self, key: &ServerKey) -> Endpoint {
        Endpoint::Unix {
            folder: self.dirs.inward(key),
            name: SERVER_SOCKET,
            owner: self.user_of(key).unwrap_or_else(|| geteuid().as_raw()),
        }
    }

    fn prepare(&self, key: &ServerKey) -> Result<()> {
        let listener = self.user_of(key).map_or(Listener::Own, Listener::User);
        self.dirs.prepare(key, listener)
    }

    async fn start(&self, deployment: &Deployment) -> Result<Running> {
        let key = &deployment.key;
        self.prepare(key)?;
        let jail = self.jail(deployment)?;
        let log = Log::open(&self.logs, key).map_err(Error::io("write a log in", &self.logs))?;
        let child = child::start(jail).await.map_err(Error::Spawn)?;
        tracing::info!(server = %key, "started");
        Ok(Running::watch(child, log))
    }

    fn jail(&self, deployment: &Deployment) -> Result<Jail> {
        let key = &deployment.key;
        let binary = &deployment.artifact.binary;
        let program = File::open(binary).map_err(Error::io("open", binary))?;
        let (inward, outward) = (self.dirs.inward(key), self.dirs.outward(key));
        let ruleset = if self.means.landlock > 0 {
            let open = |path: &Path| File::open(path).map_err(Error::io("open", path));
            let rules = landlock::ruleset(&program, open(&inward)?, open(&outward)?);
            Some(rules.map_err(|error| Error::Spawn(std::io::Error::other(error)))?)
        } else {
            None
        };
        let filters = if self.means.seccomp {
            seccomp::filters(std::os::fd::AsRawFd::as_raw_fd(&program))
                .map_err(|error| Error::Spawn(std::io::Error::other(error)))?
        } else {
            Vec::new()
        };
        let home = self.dirs.home(key);
        let root = self.means.chroot.then(|| c_path(&home)).transpose();
        Ok(Jail {
            namespaces: self.means.namespaces,
            root: root.map_err(Error::Spawn)?,
            user: self.user_of(key),
            limits: Limits::new(&self.limits, self.means.threads),
            ruleset,
            filters,
            program: program.into(),
            arguments: self.arguments(deployment).map_err(Error::Spawn)?,
        })
    }

    /// The server's command line, with paths as it sees them.
    fn arguments(&self, deployment: &Deployment) -> std::io::Result<Vec<CString>> {
        let key = &deployment.key;
        let seen = |path: PathBuf| match path.strip_prefix(self.dirs.home(key)) {
            Ok(inside) if self.means.chroot => Path::new("/").join(inside),
            _ => path,
        };
        let mut arguments = vec![
            c"server".to_owned(),
            c"--socket".to_owned(),
            c_path(&seen(self.dirs.inward(key).join(SERVER_SOCKET)))?,
            c"--egress".to_owned(),
            c_path(&seen(self.dirs.outward(key).join(EGRESS_SOCKET)))?,
        ];
        if let Some(url) = &deployment.base_url {
            arguments.push(c"--base-url".to_owned());
            arguments.push(CString::new(url.as_str())?);
        }
        if let Some(limits) = self.limits.option() {
            arguments.push(c"--limit".to_owned());
            arguments.push(CString::new(limits)?);
        }
        Ok(arguments)
    }
}

#[async_trait]
impl Engine for ProcessEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Process
    }

    async fn apply(&self, deployment: &Deployment) -> toolmill_core::Result<()> {
        let mut servers = self.servers.lock().await;
        self.prepare(&deployment.key)?;
        let server = Server {
            deployment: deployment.clone(),
            running: None,
        };
        let known = servers.entry(deployment.key.clone()).or_insert(server);
        if known.deployment != *deployment {
            known.deployment = deployment.clone();
            if let Some(running) = known.running.take() {
                running.stop().await;
            }
        }
        Ok(())
    }

    async fn wake(&self, key: &ServerKey, _deadline: Duration) -> toolmill_core::Result<Endpoint> {
        let mut servers = self.servers.lock().await;
        let server = servers
            .get_mut(key)
            .ok_or_else(|| toolmill_core::Error::not_found("server", key))?;
        if !server.running.as_ref().is_some_and(Running::lives) {
            server.running = Some(self.start(&server.deployment).await?);
        }
        Ok(self.endpoint(key))
    }

    async fn idle(&self, key: &ServerKey) -> toolmill_core::Result<()> {
        let mut servers = self.servers.lock().await;
        let running = servers
            .get_mut(key)
            .and_then(|server| server.running.take());
        drop(servers);
        if let Some(running) = running {
            running.stop().await;
        }
        Ok(())
    }

    async fn remove(&self, key: &ServerKey) -> toolmill_core::Result<()> {
        let server = self.servers.lock().await.remove(key);
        if let Some(running) = server.and_then(|server| server.running) {
            running.stop().await;
        }
        self.dirs.remove(key)?;
        log::remove(&self.logs, key);
        Ok(())
    }

    /// Folders without a process are servers too: stopped ones.
    async fn list(&self) -> toolmill_core::Result<Vec<ServerStatus>> {
        let servers = self.servers.lock().await;
        let lives = |key: &ServerKey| {
            let running = servers.get(key).and_then(|server| server.running.as_ref());
            running.is_some_and(Running::lives)
        };
        let found = self.dirs.keys()?.into_iter().map(|key| ServerStatus {
            state: if lives(&key) {
                ServerState::Running
            } else {
                ServerState::Stopped
            },
            key,
        });
        Ok(found.collect())
    }

    async fn logs(&self, key: &ServerKey, tail: usize) -> toolmill_core::Result<Vec<LogLine>> {
        Ok(log::tail(&self.logs, key, tail).map_err(Error::io("read a log in", &self.logs))?)
    }

    async fn sweep(&self, keep: &[Deployment]) -> toolmill_core::Result<()> {
        let servers = self.servers.lock().await;
        let stays =
            |key: &ServerKey| servers.contains_key(key) || keep.iter().any(|kept| kept.key == *key);
        for key in self.dirs.keys()?.iter().filter(|key| !stays(key)) {
            self.dirs.remove(key)?;
        }
        for key in log::keys(&self.logs).iter().filter(|key| !stays(key)) {
            log::remove(&self.logs, key);
        }
        Ok(())
    }
}
