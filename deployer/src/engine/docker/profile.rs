//! The container of a server: what it may do and use.

use std::collections::HashMap;

use bollard::models::{
    ContainerConfig, ContainerCreateBody, ContainerInspectResponse, HostConfig,
    HostConfigLogConfig, Mount, MountType, ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};
use serde_json::Value;
use toolmill_core::Deployment;

use super::image::{INWARD, OUTWARD, USER};
use super::{labels, seccomp};
use crate::engine::sockets::{EGRESS_SOCKET, SERVER_SOCKET};
use crate::engine::{ServerLimits, SocketDirs};

/// Billionths of a processor in a hundredth of it.
const NANO_CPUS: u64 = 10_000_000;
/// Two descriptors for each of some 500 calls at once.
const FILES: i64 = 1024;

/// How one engine makes containers.
pub(super) struct Profile<'a> {
    pub instance: &'a str,
    pub dirs: &'a SocketDirs,
    /// Whether system calls can be filtered.
    pub seccomp: bool,
    pub limits: &'a ServerLimits,
}

impl Profile<'_> {
    /// What Docker is told to make.
    pub(super) fn body(&self, deployment: &Deployment, image: String) -> ContainerCreateBody {
        ContainerCreateBody {
            image: Some(image),
            cmd: Some(self.arguments(deployment)),
            user: Some(format!("{USER}:{USER}")),
            labels: Some(labels::of_container(self.instance, deployment)),
            stop_signal: Some("SIGTERM".to_owned()),
            host_config: Some(self.host_config(deployment)),
            ..ContainerCreateBody::default()
        }
    }

    fn arguments(&self, deployment: &Deployment) -> Vec<String> {
        let mut arguments = vec![
            "--socket".to_owned(),
            format!("{INWARD}/{SERVER_SOCKET}"),
            "--egress".to_owned(),
            format!("{OUTWARD}/{EGRESS_SOCKET}"),
        ];
        if let Some(url) = &deployment.base_url {
            arguments.extend(["--base-url".to_owned(), url.to_string()]);
        }
        if let Some(limits) = self.limits.option() {
            arguments.extend(["--limit".to_owned(), limits]);
        }
        arguments
    }

    fn host_config(&self, deployment: &Deployment) -> HostConfig {
        let mut security = vec!["no-new-privileges:true".to_owned()];
        if self.seccomp {
            security.push(format!("seccomp={}", seccomp::profile()));
        }
        let memory = signed(self.limits.memory);
        HostConfig {
            network_mode: Some("none".to_owned()),
            readonly_rootfs: Some(true),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(security),
            privileged: Some(false),
            memory: Some(memory),
            memory_swap: Some(memory),
            pids_limit: Some(signed(self.limits.pids)),
            nano_cpus: Some(signed(self.limits.cpu_percent.saturating_mul(NANO_CPUS))),
            oom_score_adj: Some(500),
            ipc_mode: Some("none".to_owned()),
            // Files cannot grow, so the host's disk cannot be filled through `in`.
            ulimits: Some(vec![
                ulimit("core", 0),
                ulimit("fsize", 0),
                ulimit("nofile", FILES),
            ]),
            mounts: Some(vec![
                bind(self.dirs.inward(&deployment.key).display(), INWARD, None),
                bind(
                    self.dirs.outward(&deployment.key).display(),
                    OUTWARD,
                    Some(true),
                ),
            ]),
            log_config: Some(HostConfigLogConfig {
                typ: Some("json-file".to_owned()),
                config: Some(HashMap::from([
                    ("max-size".to_owned(), "512k".to_owned()),
                    ("max-file".to_owned(), "2".to_owned()),
                ])),
            }),
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::NO),
                maximum_retry_count: Some(0),
            }),
            ..HostConfig::default()
        }
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn ulimit(name: &str, most: i64) -> ResourcesUlimits {
    ResourcesUlimits {
        name: Some(name.to_owned()),
        soft: Some(most),
        hard: Some(most),
    }
}

/// A mount, since that, unlike a bind, refuses a folder that is not there
/// instead of making one that belongs to root.
fn bind(source: impl ToString, target: &str, read_only: Option<bool>) -> Mount {
    Mount {
        typ: Some(MountType::BIND),
        source: Some(source.to_string()),
        target: Some(target.to_owned()),
        read_only,
        ..Mount::default()
    }
}

/// Settings that would give a container more than [`Profile::body`] says, and that
/// nobody sets here.
const ADDITIONS: &[&str] = &[
    "Binds",
    "CapAdd",
    "CgroupParent",
    "DeviceCgroupRules",
    "DeviceRequests",
    "Devices",
    "GroupAdd",
    "Links",
    "PidMode",
    "PortBindings",
    "PublishAllPorts",
    "Sysctls",
    "Tmpfs",
    "UTSMode",
    "UsernsMode",
    "VolumesFrom",
];

/// Whether a container is not, or is no longer, what `body` asks for.
pub(super) fn drifted(found: &ContainerInspectResponse, body: &ContainerCreateBody) -> bool {
    let none = ContainerConfig::default();
    let config = found.config.as_ref().unwrap_or(&none);
    let desired_labels = body.labels.iter().flatten();
    let labels = config.labels.as_ref();
    let same = found.image == body.image
        && config.cmd == body.cmd
        && config.user == body.user
        && config.env.as_ref().is_none_or(Vec::is_empty)
        && desired_labels
            .into_iter()
            .all(|(name, value)| labels.and_then(|labels| labels.get(name)) == Some(value));
    !same || host_config_drifted(found.host_config.as_ref(), body.host_config.as_ref())
}

fn host_config_drifted(found: Option<&HostConfig>, desired: Option<&HostConfig>) -> bool {
    let found = serde_json::to_value(found).unwrap_or_default();
    let desired = serde_json::to_value(desired).unwrap_or_default();
    let differs = desired.as_object().is_none_or(|desired| {
        desired
            .iter()
            .any(|(name, value)| found.get(name) != Some(value))
    });
    let more = ADDITIONS
        .iter()
        .any(|name| found.get(name).is_some_and(|value| !is_empty(value)));
    differs || more
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}
