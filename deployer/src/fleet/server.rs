//! What the fleet remembers of one server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use toolmill_core::{Deployment, Endpoint, Error, Lease};

/// One server: its state, and whose turn it is to change it.
#[derive(Default)]
pub(super) struct Server {
    state: Mutex<State>,
    turn: tokio::sync::Mutex<()>,
}

struct State {
    /// Where it listens, as long as it is thought to.
    awake: Option<Endpoint>,
    leases: usize,
    /// When the last lease ended.
    used: Instant,
    deployment: Option<Deployment>,
    /// How often it was woken in vain, and what came of it last.
    failures: u64,
    fault: Option<(String, String)>,
    /// No longer the fleet's: whoever holds it looks again.
    retired: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            awake: None,
            leases: 0,
            used: Instant::now(),
            deployment: None,
            failures: 0,
            fault: None,
            retired: false,
        }
    }
}

pub(super) enum Found {
    Awake(Lease),
    /// With the number of failures so far.
    Asleep(u64),
    Retired,
}

impl Server {
    /// Whoever starts, stops or removes the server has its turn meanwhile.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    pub(super) fn lease(self: &Arc<Self>) -> Found {
        let mut state = self.state();
        if state.retired {
            return Found::Retired;
        }
        let Some(endpoint) = state.awake.clone() else {
            return Found::Asleep(state.failures);
        };
        state.leases += 1;
        Found::Awake(Lease::new(endpoint, Held(self.clone())))
    }

    /// It was woken, by somebody who uses it now.
    pub(super) fn woke(self: &Arc<Self>, deployment: &Deployment, endpoint: Endpoint) -> Lease {
        let mut state = self.state();
        state.awake = Some(endpoint.clone());
        state.deployment = Some(deployment.clone());
        state.leases += 1;
        Lease::new(endpoint, Held(self.clone()))
    }

    /// It runs, though nobody uses it.
    pub(super) fn found_awake(&self, deployment: &Deployment, endpoint: Endpoint) {
        let mut state = self.state();
        if state.awake.replace(endpoint).is_none() {
            state.used = Instant::now();
        }
        state.deployment = Some(deployment.clone());
    }

    pub(super) fn failed(&self, error: &Error) {
        let mut state = self.state();
        state.failures += 1;
        state.fault = Some((
            error.to_string(),
            error.hint().unwrap_or_default().to_owned(),
        ));
    }

    /// The fault of an attempt that ended after `seen` failures were counted:
    /// who waited for that attempt shares what came of it.
    pub(super) fn failed_since(&self, seen: u64) -> Option<Error> {
        let state = self.state();
        let (message, hint) = state.fault.clone().filter(|_| state.failures > seen)?;
        Some(Error::unavailable(message, hint))
    }

    pub(super) fn is_awake(&self) -> bool {
        self.state().awake.is_some()
    }

    pub(super) fn is_leased(&self) -> bool {
        self.state().leases > 0
    }

    pub(super) fn deployment(&self) -> Option<Deployment> {
        self.state().deployment.clone()
    }

    /// It does not answer: the next lease wakes it.
    pub(super) fn lost(&self) {
        self.state().awake = None;
    }

    pub(super) fn unused_for(&self, time: Duration) -> bool {
        self.state().unused_for(time)
    }

    /// From here on leases wait for a turn, if it really is unused.
    pub(super) fn fall_asleep(&self, after: Duration) -> bool {
        let mut state = self.state();
        let unused = state.unused_for(after);
        if unused {
            state.awake = None;
        }
        unused
    }

    /// Ends its use, unless it is leased.
    pub(super) fn retire(&self) -> bool {
        let mut state = self.state();
        state.retired |= state.leases == 0;
        state.retired
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn unused_for(&self, time: Duration) -> bool {
        self.leases == 0 && self.used.elapsed() >= time
    }
}

/// Counts as one lease while it lives.
struct Held(Arc<Server>);

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.leases -= 1;
        state.used = Instant::now();
    }
}
