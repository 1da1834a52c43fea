//! Servers as containers: one static binary each, without network, rights or
//! writable files, joined to the hub by two folders with sockets.

mod connect;
mod image;
mod images;
mod labels;
mod profile;
mod seccomp;

use std::time::Duration;

use async_trait::async_trait;
use bollard::Docker;
use bollard::container::LogOutput;
/// What the Docker API answers instead of doing what it was asked.
pub(crate) use bollard::errors::Error as Refusal;
use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, ContainerStateStatusEnum, ContainerSummary,
    ContainerSummaryStateEnum,
};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ListContainersOptionsBuilder, LogsOptionsBuilder,
    RemoveContainerOptionsBuilder,
};
use futures_util::TryStreamExt;
use rustix::process::geteuid;
use toolmill_core::{
    Deployment, Endpoint, Engine, EngineKind, LogLine, ServerKey, ServerState, ServerStatus,
};

use super::sockets::{Listener, SERVER_SOCKET, SocketDirs};
use super::{ServerLimits, log_line};
use crate::error::{Error, Result};
use image::USER;
use images::Images;
use profile::Profile;

/// How often a state that changes under us is looked at again.
const ATTEMPTS: usize = 5;
const PAUSE: Duration = Duration::from_millis(50);
/// Bytes of log that are read at most.
const LOG: usize = 2 << 20;

/// Runs servers on this machine's Docker daemon.
pub struct DockerEngine {
    docker: Docker,
    instance: String,
    dirs: SocketDirs,
    limits: ServerLimits,
    warnings: Vec<String>,
    /// Whether system calls can be filtered.
    seccomp: bool,
    images: Images,
}

impl DockerEngine {
    /// Connects to the daemon. What is made there is labelled with `instance`.
    ///
    /// # Errors
    /// Where no daemon answers, it is too old, or it cannot share sockets.
    pub async fn connect(instance: &str, dirs: SocketDirs) -> Result<Self> {
        let daemon = connect::connect().await?;
        Ok(Self {
            images: Images::new(daemon.docker.clone(), instance),
            docker: daemon.docker,
            instance: instance.to_owned(),
            dirs,
            limits: ServerLimits::default(),
            warnings: daemon.warnings,
            seccomp: daemon.seccomp,
        })
    }

    /// The same with other limits. Containers with others are replaced.
    #[must_use]
    pub fn within(self, limits: ServerLimits) -> Self {
        Self { limits, ..self }
    }

    /// What an operator should know of the daemon, in sentences.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    /// Everything that carries this instance's label.
    async fn containers(&self) -> Result<Vec<ContainerSummary>> {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&labels::all(&self.instance))
            .build();
        let found = self.docker.list_containers(Some(options)).await;
        found.map_err(failed("list containers"))
    }

    async fn inspect(&self, key: &ServerKey) -> Result<Option<ContainerInspectResponse>> {
        match self.docker.inspect_container(&name(key), None).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) => Err(failed("look at a container")(error)),
        }
    }

    async fn state(&self, key: &ServerKey) -> Result<Option<ContainerStateStatusEnum>> {
        let found = self.inspect(key).await?;
        Ok(found.and_then(|found| found.state?.status))
    }

    /// Makes the container, and replaces one of this name that is not as it
    /// should be.
    async fn create(&self, key: &ServerKey, body: &ContainerCreateBody) -> Result<()> {
        let options = CreateContainerOptionsBuilder::new()
            .name(&name(key))
            .build();
        for _ in 0..ATTEMPTS {
            match self.inspect(key).await? {
                Some(found) if broken(&found) || profile::drifted(&found, body) => {
                    tracing::info!(server = %key, "the container differs from what it should be");
                    self.remove_container(&name(key)).await?;
                }
                Some(_) => return Ok(()),
                None => {}
            }
            let made = self
                .docker
                .create_container(Some(options.clone()), body.clone());
            match made.await {
                Ok(_) => return Ok(()),
                // Somebody else made one of this name just now.
                Err(error) if status(&error) == Some(409) => {}
                Err(error) => return Err(failed("make a container")(error)),
            }
        }
        Err(unsettled("make a container"))
    }

    async fn remove_container(&self, name: &str) -> Result<()> {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        for _ in 0..ATTEMPTS {
            match self
                .docker
                .remove_container(name, Some(options.clone()))
                .await
            {
                Ok(()) => return Ok(()),
                Err(error) if status(&error) == Some(404) => return Ok(()),
                // Its removal is under way.
                Err(error) if status(&error) == Some(409) => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(failed("remove a container")(error)),
            }
        }
        Err(unsettled("remove a container"))
    }

    async fn run(&self, key: &ServerKey) -> toolmill_core::Result<()> {
        for _ in 0..ATTEMPTS {
            let name = name(key);
            let acted = match self.state(key).await? {
                Some(ContainerStateStatusEnum::RUNNING) => return Ok(()),
                Some(ContainerStateStatusEnum::PAUSED) => {
                    self.docker.unpause_container(&name).await
                }
                Some(_) => self.docker.start_container(&name, None).await,
                None => return Err(toolmill_core::Error::not_found("server", key)),
            };
            match acted {
                Ok(()) => return Ok(()),
                // The state was another than it seemed: it is looked at again.
                Err(error) if matches!(status(&error), Some(404 | 409 | 500)) => {
                    tracing::debug!(server = %key, %error, "not started at once");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(failed("start a container")(error).into()),
            }
        }
        Err(unsettled("start a container").into())
    }

    fn profile(&self, deployment: &Deployment, image: String) -> ContainerCreateBody {
        let profile = Profile {
            instance: &self.instance,
            dirs: &self.dirs,
            seccomp: self.seccomp,
            limits: &self.limits,
        };
        profile.body(deployment, image)
    }

    fn listener() -> Listener {
        if geteuid().is_root() {
            Listener::User(USER)
        } else {
            Listener::Anyone
        }
    }
}

#[async_trait]
impl Engine for DockerEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Docker
    }

    async fn apply(&self, deployment: &Deployment) -> toolmill_core::Result<()> {
        self.dirs.prepare(&deployment.key, Self::listener())?;
        let image = self.images.load(&deployment.artifact).await?;
        let body = self.profile(deployment, image);
        match self.create(&deployment.key, &body).await {
            // The image was removed behind our back.
            Err(Error::Docker { source, .. }) if status(&source) == Some(404) => {
                self.images.forget(&deployment.artifact);
                self.images.load(&deployment.artifact).await?;
                Ok(self.create(&deployment.key, &body).await?)
            }
            other => Ok(other?),
        }
    }

    async fn wake(&self, key: &ServerKey, deadline: Duration) -> toolmill_core::Result<Endpoint> {
        match tokio::time::timeout(deadline, self.run(key)).await {
            Ok(ran) => ran?,
            Err(_) => return Err(unsettled("start a container").into()),
        }
        Ok(Endpoint::Unix {
            folder: self.dirs.inward(key),
            name: SERVER_SOCKET,
            owner: USER,
        })
    }

    async fn idle(&self, key: &ServerKey) -> toolmill_core::Result<()> {
        if self.state(key).await? != Some(ContainerStateStatusEnum::RUNNING) {
            return Ok(());
        }
        match self.docker.pause_container(&name(key)).await {
            Ok(()) => Ok(()),
            // It ended or was paused meanwhile: idle enough.
            Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(()),
            Err(error) => Err(failed("pause a container")(error).into()),
        }
    }

    async fn remove(&self, key: &ServerKey) -> toolmill_core::Result<()> {
        self.remove_container(&name(key)).await?;
        Ok(self.dirs.remove(key)?)
    }

    async fn list(&self) -> toolmill_core::Result<Vec<ServerStatus>> {
        let found = self.containers().await?;
        let servers = found.into_iter().filter_map(|container| {
            Some(ServerStatus {
                key: labels::server(container.labels.as_ref())?,
                state: match container.state? {
                    ContainerSummaryStateEnum::RUNNING => ServerState::Running,
                    ContainerSummaryStateEnum::PAUSED => ServerState::Paused,
                    _ => ServerState::Stopped,
                },
            })
        });
        Ok(servers.collect())
    }

    async fn logs(&self, key: &ServerKey, tail: usize) -> toolmill_core::Result<Vec<LogLine>> {
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .tail(&tail.to_string())
            .build();
        let mut text = Vec::new();
        let read = self
            .docker
            .logs(&name(key), Some(options))
            .try_for_each(|output| {
                let bytes = LogOutput::into_bytes(output);
                let room = LOG.saturating_sub(text.len()).min(bytes.len());
                text.extend_from_slice(&bytes[..room]);
                std::future::ready(Ok(()))
            });
        match read.await {
            Ok(()) => {}
            Err(error) if status(&error) == Some(404) => return Ok(Vec::new()),
            Err(error) => return Err(failed("read a log")(error).into()),
        }
        let lines = text.split_inclusive(|&byte| byte == b'\n');
        Ok(lines.map(log_line).collect())
    }

    async fn sweep(&self, keep: &[Deployment]) -> toolmill_core::Result<()> {
        let kept = |key: &ServerKey| keep.iter().any(|kept| kept.key == *key);
        for container in self.containers().await? {
            let expected = labels::server(container.labels.as_ref()).filter(kept);
            let expected = expected.map(|key| format!("/{}", name(&key)));
            let names = container.names.unwrap_or_default();
            if !expected.is_some_and(|expected| names.contains(&expected)) {
                self.remove_container(&container.id.unwrap_or_default())
                    .await?;
            }
        }
        for key in self.dirs.keys()?.iter().filter(|key| !kept(key)) {
            self.dirs.remove(key)?;
        }
        Ok(self.images.sweep(keep).await?)
    }
}

/// Whether a removal did not come to its end.
fn broken(found: &ContainerInspectResponse) -> bool {
    let status = found.state.as_ref().and_then(|state| state.status);
    matches!(
        status,
        Some(ContainerStateStatusEnum::DEAD | ContainerStateStatusEnum::REMOVING)
    )
}

/// The container of a server. Keys are made of the instance too.
fn name(key: &ServerKey) -> String {
    format!("toolmill-{key}")
}

fn status(error: &Refusal) -> Option<u16> {
    match error {
        Refusal::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

fn failed(action: &'static str) -> impl FnOnce(Refusal) -> Error {
    move |source| Error::Docker {
        action,
        source: Box::new(source),
    }
}

/// Something else changes the same container all the time.
fn unsettled(action: &'static str) -> Error {
    failed(action)(Refusal::RequestTimeoutError)
}
