//! A server's process while it lives.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::log::Log;

/// What a server gets to finish its calls after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// Watched by a task that writes its log and takes note of its end.
pub(super) struct Running {
    stop: CancellationToken,
    ended: watch::Receiver<bool>,
}

impl Running {
    pub(super) fn watch(child: Child, log: Log) -> Self {
        let stop = CancellationToken::new();
        let (tell, ended) = watch::channel(false);
        let told = stop.clone();
        tokio::spawn(async move {
            attend(child, &log, told).await;
            tell.send_replace(true);
        });
        Self { stop, ended }
    }

    pub(super) fn lives(&self) -> bool {
        !*self.ended.borrow()
    }

    /// SIGTERM, and SIGKILL where that is not enough; waits for the end.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        // An error means that the task is gone, and the process with it.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn attend(mut child: Child, log: &Log, stop: CancellationToken) {
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let follow = async {
        tokio::join!(
            async {
                if let Some(pipe) = stdout {
                    log.follow(pipe).await;
                }
            },
            async {
                if let Some(pipe) = stderr {
                    log.follow(pipe).await;
                }
            }
        )
    };
    let end = async {
        tokio::select! {
            status = child.wait() => status,
            () = stop.cancelled() => terminate(&mut child).await,
        }
    };
    let (status, _) = tokio::join!(end, follow);
    match status {
        Ok(status) => log.write(format!("toolmill: the server ended: {status}\n").as_bytes()),
        Err(error) => tracing::warn!(%error, "a server's end is not known"),
    }
}

async fn terminate(child: &mut Child) -> std::io::Result<std::process::ExitStatus> {
    // The number is this child's until it has been waited for.
    if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
        kill_process(pid, Signal::TERM)?;
    }
    if let Ok(status) = tokio::time::timeout(GRACE, child.wait()).await {
        return status;
    }
    child.kill().await?;
    child.wait().await
}
