//! How many specifications are taken at once, so that nobody who sends many keeps
//! others from sending theirs, and so that memory stays bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use toolmill_core::TenantCtx;

use crate::problem::Refusal;

/// Specifications that one user has on the way in: received, or read.
const ARRIVING_OF_ONE: usize = 4;
/// The same of all users. Each has up to 16 MiB, and takes several times as much when read.
const ARRIVING: usize = 16;
/// Versions of one user that are neither mounted nor failed yet.
const PENDING_OF_ONE: usize = 64;
/// How many of those are brought along at once. The others keep no more than their number.
const AT_ONCE_OF_ONE: usize = 2;

pub(crate) struct Admission {
    users: Mutex<HashMap<TenantCtx, Weak<User>>>,
    arriving: Arc<Semaphore>,
}

struct User {
    arriving: Arc<Semaphore>,
    pending: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// A specification that may come in. What it takes of the user's share is given back
/// when it is dropped.
pub(crate) struct Import {
    user: Arc<User>,
    _pending: Option<OwnedSemaphorePermit>,
    arriving: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            users: Mutex::default(),
            arriving: Arc::new(Semaphore::new(ARRIVING)),
        }
    }
}

impl Admission {
    /// # Errors
    /// Where the user has enough on the way already (429), or all together have (503).
    pub fn admit(&self, ctx: &TenantCtx) -> Result<Import, Refusal> {
        let user = self.user(ctx);
        let place = |of: &Arc<Semaphore>| Arc::clone(of).try_acquire_owned();
        let pending = place(&user.pending).map_err(|_| Refusal::TooMany)?;
        let own = place(&user.arriving).map_err(|_| Refusal::TooMany)?;
        let all = place(&self.arriving).map_err(|_| Refusal::Busy)?;
        Ok(Import {
            user,
            _pending: Some(pending),
            arriving: Some((own, all)),
        })
    }

    /// One that an earlier process admitted.
    pub fn resumed(&self, ctx: &TenantCtx) -> Import {
        Import {
            user: self.user(ctx),
            _pending: None,
            arriving: None,
        }
    }

    fn user(&self, ctx: &TenantCtx) -> Arc<User> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(user) = users.get(ctx).and_then(Weak::upgrade) {
            return user;
        }
        users.retain(|_, user| user.strong_count() > 0);
        let user = Arc::new(User {
            arriving: Arc::new(Semaphore::new(ARRIVING_OF_ONE)),
            pending: Arc::new(Semaphore::new(PENDING_OF_ONE)),
            turns: Arc::new(Semaphore::new(AT_ONCE_OF_ONE)),
        });
        users.insert(*ctx, Arc::downgrade(&user));
        user
    }
}

impl Import {
    /// It has been received and read: another may come.
    pub fn arrived(&mut self) {
        self.arriving = None;
    }

    /// Waits until so few of the user's are being brought along that this one may be.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.user.turns).acquire_owned().await.ok()
    }
}
