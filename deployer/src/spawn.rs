//! A thread that lives as long as the program and starts all child processes.
//!
//! The signal that ends a child with its parent (`PR_SET_PDEATHSIG`) is sent
//! when the *thread* that forked it ends, and threads of an async runtime end
//! when they are idle.

use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

type Job = (Command, Handle, oneshot::Sender<io::Result<Child>>);

/// Starts `command` from the permanent thread. To be called within a tokio runtime.
pub(crate) async fn spawn(command: Command) -> io::Result<Child> {
    let (answer, started) = oneshot::channel();
    sender()?
        .send((command, Handle::current(), answer))
        .map_err(|_| io::Error::other("the thread that starts processes has ended"))?;
    started
        .await
        .map_err(|_| io::Error::other("the thread that starts processes has ended"))?
}

fn sender() -> io::Result<Sender<Job>> {
    static SENDER: OnceLock<Sender<Job>> = OnceLock::new();
    if let Some(sender) = SENDER.get() {
        return Ok(sender.clone());
    }
    let (sender, jobs) = channel::<Job>();
    thread::Builder::new()
        .name("spawner".to_owned())
        .spawn(move || {
            for (mut command, runtime, answer) in jobs {
                let _entered = runtime.enter();
                // Nobody waits any more: the child, if any, is killed by its own drop.
                let _ = answer.send(command.spawn());
            }
        })?;
    // A racing caller's thread is as permanent as this one: its sender is kept by nobody, so it ends unused.
    Ok(SENDER.get_or_init(|| sender).clone())
}
