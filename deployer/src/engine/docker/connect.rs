//! Finds a daemon that can run servers.

use std::time::Duration;

use bollard::Docker;
use bollard::models::SystemVersion;

use crate::error::{Error, Result};

/// The oldest API spoken here: that of Docker 20.10.
const OLDEST: (u32, u32) = (1, 41);
/// Docker may take long to load an image on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a daemon may take to say what it is.
const FIRST_ANSWER: Duration = Duration::from_secs(5);

/// A daemon that can run servers.
pub(super) struct Daemon {
    pub docker: Docker,
    /// What should be known about it, in sentences.
    pub warnings: Vec<String>,
    /// Whether it filters system calls.
    pub seccomp: bool,
}

/// The daemon at `DOCKER_HOST`, or at the usual place.
///
/// # Errors
/// Where none answers, it is too old, or it cannot share sockets.
pub(super) async fn connect() -> Result<Daemon> {
    if let Ok(host) = std::env::var("DOCKER_HOST")
        && !host.starts_with("unix://")
    {
        return Err(Error::NoDocker(format!(
            "`DOCKER_HOST` is `{host}`, and only a daemon on this machine (`unix://…`) can share sockets."
        )));
    }
    let unreachable = |error: bollard::errors::Error| Error::NoDocker(format!("{error}."));
    let docker = Docker::connect_with_unix_defaults()
        .map_err(unreachable)?
        .with_timeout(TIMEOUT);
    let version = tokio::time::timeout(FIRST_ANSWER, docker.version())
        .await
        .map_err(|_| Error::NoDocker("it took more than 5 s.".to_owned()))?
        .map_err(unreachable)?;
    let spoken = version.api_version.clone().unwrap_or_default();
    if numbers::<2>(&spoken) < [OLDEST.0, OLDEST.1] {
        return Err(Error::OldDocker { found: spoken });
    }
    let seccomp = check_kind(&docker).await?;
    let mut warnings = warnings(&version);
    if !seccomp {
        warnings.push(
            "Docker cannot filter system calls: sockets of unusual families stay open to servers."
                .to_owned(),
        );
    }
    Ok(Daemon {
        docker,
        warnings,
        seccomp,
    })
}

/// Sockets in shared folders need the daemon to see this machine's files and
/// users as they are. Tells whether it has seccomp.
async fn check_kind(docker: &Docker) -> Result<bool> {
    let info = docker.info().await.map_err(|source| Error::Docker {
        action: "say what it is",
        source: Box::new(source),
    })?;
    let options = info.security_options.unwrap_or_default();
    let has = |name: &str| options.iter().any(|option| option.contains(name));
    let kind = if has("name=rootless") {
        "without root"
    } else if has("name=userns") {
        "with remapped users"
    } else if info.operating_system.as_deref() == Some("Docker Desktop") {
        "in a virtual machine"
    } else {
        return Ok(has("name=seccomp"));
    };
    Err(Error::RemappedDocker(kind))
}

/// CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881 let a container out; they
/// are fixed in runc 1.2.8, 1.3.3 and 1.4.0.
fn warnings(version: &SystemVersion) -> Vec<String> {
    let components = version.components.iter().flatten();
    let mut runc = components.filter(|component| component.name == "runc");
    let Some(runc) = runc.next().map(|component| component.version.as_str()) else {
        return Vec::new();
    };
    let found = numbers::<3>(runc);
    let fixed = found >= [1, 3, 3] || ([1, 2, 8]..[1, 3, 0]).contains(&found);
    if fixed {
        return Vec::new();
    }
    vec![format!(
        "Docker uses runc {runc}, which upstream no longer mends (CVE-2025-31133 and others); update it unless your distribution has."
    )]
}

/// `1.41` → `[1, 41]`, `1.1.5+ds1` → `[1, 1, 5]`; what is missing is 0.
fn numbers<const N: usize>(text: &str) -> [u32; N] {
    let mut parts = text
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|part| part.parse().ok());
    [0; N].map(|_: u32| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(numbers::<2>("1.41"), [1, 41]);
        assert_eq!(numbers::<3>("1.1.5+ds1"), [1, 1, 5]);
        assert!(numbers::<2>("1.9") < numbers::<2>("1.41"));
        assert_eq!(numbers::<2>("nonsense"), [0, 0]);
    }
}
