//! The fleet: servers that are there when they are called. On the process
//! engine, with a store and a broker made for the tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tokio::sync::RwLock;
use toolmill_core::{
    ApiId, Deployment, Deployments, EgressDoors, Endpoint, Engine, EngineKind, Error, LogLine,
    Result, ServerKey, ServerState, ServerStatus, Servers, SystemCtx, TenantCtx, VersionId,
};
use toolmill_deployer::{Fleet, ProcessEngine, Rest, SocketDirs};

use crate::support::{PATIENCE, Probe, deployment};

/// What shall exist, as the tests say.
#[derive(Default)]
struct Desired(Mutex<Vec<Deployment>>);

#[async_trait]
impl Deployments for Desired {
    async fn desired(&self, _: SystemCtx) -> Result<Vec<Deployment>> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn planned(&self, _: &TenantCtx, version: VersionId) -> Result<Deployment> {
        Err(Error::not_found("version", version))
    }

    async fn deployments(&self, _: &TenantCtx, _: ApiId) -> Result<Vec<Deployment>> {
        self.desired(SystemCtx::for_the_platform()).await
    }

    async fn owner_of_server(&self, _: SystemCtx, _: &ServerKey) -> Result<Option<TenantCtx>> {
        Ok(None)
    }
}

/// Remembers which doors are open.
#[derive(Default)]
struct Doors(Mutex<BTreeMap<ServerKey, PathBuf>>);

#[async_trait]
impl EgressDoors for Doors {
    async fn open(&self, key: &ServerKey, folder: &Path) -> Result<()> {
        assert!(folder.is_dir(), "the folder is there before the door");
        self.0
            .lock()
            .unwrap()
            .insert(key.clone(), folder.to_owned());
        Ok(())
    }

    async fn close(&self, key: &ServerKey) {
        self.0.lock().unwrap().remove(key);
    }
}

/// The process engine, with its verbs counted and, on demand, failing.
struct Counting {
    inner: ProcessEngine,
    doors: Arc<Doors>,
    wakes: AtomicUsize,
    removals: AtomicUsize,
    broken: Mutex<bool>,
    /// Who holds it for writing keeps servers from starting.
    gate: RwLock<()>,
}

#[async_trait]
impl Engine for Counting {
    fn kind(&self) -> EngineKind {
        self.inner.kind()
    }

    async fn apply(&self, deployment: &Deployment) -> Result<()> {
        self.inner.apply(deployment).await
    }

    async fn wake(&self, key: &ServerKey, deadline: Duration) -> Result<Endpoint> {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        let open = self.doors.0.lock().unwrap().contains_key(key);
        assert!(open, "the door is open before the server starts");
        // Others come to wait for this attempt.
        tokio::task::yield_now().await;
        if *self.broken.lock().unwrap() {
            return Err(Error::unavailable("It is broken.", "Mend it."));
        }
        let _open = self.gate.read().await;
        self.inner.wake(key, deadline).await
    }

    async fn idle(&self, key: &ServerKey) -> Result<()> {
        self.inner.idle(key).await
    }

    async fn remove(&self, key: &ServerKey) -> Result<()> {
        self.removals.fetch_add(1, Ordering::SeqCst);
        self.inner.remove(key).await
    }

    async fn list(&self) -> Result<Vec<ServerStatus>> {
        self.inner.list().await
    }

    async fn logs(&self, key: &ServerKey, tail: usize) -> Result<Vec<LogLine>> {
        self.inner.logs(key, tail).await
    }

    async fn sweep(&self, keep: &[Deployment]) -> Result<()> {
        self.inner.sweep(keep).await
    }
}

struct World {
    desired: Arc<Desired>,
    doors: Arc<Doors>,
    engine: Arc<Counting>,
    dirs: SocketDirs,
    fleet: Fleet,
    _folder: TempDir,
}

const NEVER: Duration = Duration::from_secs(3600);

impl World {
    async fn new(idle_after: Duration, remove_after: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dirs = SocketDirs::new(&folder.path().join("run"), "test").unwrap();
        let logs = folder.path().join("logs");
        let doors = Arc::new(Doors::default());
        let engine = Arc::new(Counting {
            inner: ProcessEngine::new(dirs.clone(), &logs).await.unwrap(),
            doors: doors.clone(),
            wakes: AtomicUsize::new(0),
            removals: AtomicUsize::new(0),
            broken: Mutex::new(false),
            gate: RwLock::new(()),
        });
        let desired = Arc::new(Desired::default());
        let rest = Rest {
            idle_after,
            remove_after,
        };
        Self {
            fleet: fleet(&engine, &desired, &doors, &dirs, rest),
            desired,
            doors,
            engine,
            dirs,
            _folder: folder,
        }
    }

    /// The fleet of a hub that was started anew.
    fn restarted(&self, rest: Rest) -> Fleet {
        self.doors.0.lock().unwrap().clear();
        fleet(&self.engine, &self.desired, &self.doors, &self.dirs, rest)
    }

    fn desire(&self, deployments: &[&Deployment]) {
        *self.desired.0.lock().unwrap() = deployments.iter().map(|&d| d.clone()).collect();
    }

    async fn state(&self, key: &ServerKey) -> Option<ServerState> {
        let status = self.fleet.status().await.unwrap();
        status.get(key).map(|status| status.state)
    }

    fn wakes(&self) -> usize {
        self.engine.wakes.load(Ordering::SeqCst)
    }

    fn has_door(&self, key: &ServerKey) -> bool {
        self.doors.0.lock().unwrap().contains_key(key)
    }
}

fn fleet(
    engine: &Arc<Counting>,
    desired: &Arc<Desired>,
    doors: &Arc<Doors>,
    dirs: &SocketDirs,
    rest: Rest,
) -> Fleet {
    let system = SystemCtx::for_the_platform();
    let (engine, desired, doors) = (engine.clone(), desired.clone(), doors.clone());
    Fleet::new(engine, desired, doors, dirs.clone(), system, rest)
}

#[tokio::test]
async fn many_calls_wake_a_server_once() {
    let world = World::new(NEVER, NEVER).await;
    let deployment = deployment();
    let calls = (0..50).map(|_| world.fleet.lease(&deployment, PATIENCE));
    let leases = futures_util::future::join_all(calls).await;
    let leases: Vec<_> = leases.into_iter().map(Result::unwrap).collect();
    assert_eq!(world.wakes(), 1);
    let mut probe = Probe::meet(&leases[0].endpoint).await;
    assert_eq!(probe.ask("ping").await, "ok pong");

    // Another server is another wake.
    let other = crate::support::deployment();
    world.fleet.lease(&other, PATIENCE).await.unwrap();
    assert_eq!(world.wakes(), 2);
}

#[tokio::test]
async fn who_waits_for_a_vain_attempt_shares_its_fault() {
    let world = World::new(NEVER, NEVER).await;
    let deployment = deployment();
    *world.engine.broken.lock().unwrap() = true;
    let calls = (0..50).map(|_| world.fleet.lease(&deployment, PATIENCE));
    for outcome in futures_util::future::join_all(calls).await {
        let error = outcome.err().unwrap();
        assert_eq!(error.to_string(), "It is broken.");
        assert_eq!(error.hint(), Some("Mend it."));
    }
    assert_eq!(world.wakes(), 1);

    *world.engine.broken.lock().unwrap() = false;
    world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    assert_eq!(world.wakes(), 2);
}

#[tokio::test]
async fn only_unused_servers_are_put_to_rest() {
    let world = World::new(Duration::ZERO, NEVER).await;
    let deployment = deployment();
    let key = &deployment.key;
    let first = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    let second = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    world.fleet.rest().await;
    drop(first);
    world.fleet.rest().await;
    assert_eq!(world.state(key).await, Some(ServerState::Running));

    drop(second);
    world.fleet.rest().await;
    assert_eq!(world.state(key).await, Some(ServerState::Stopped));
    assert_eq!(world.wakes(), 1);

    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    assert_eq!(world.wakes(), 2);
    assert_eq!(
        Probe::meet(&lease.endpoint).await.ask("ping").await,
        "ok pong"
    );
}

#[tokio::test]
async fn servers_unused_for_long_are_removed_and_made_anew() {
    let world = World::new(Duration::ZERO, Duration::ZERO).await;
    let deployment = deployment();
    let key = &deployment.key;
    drop(world.fleet.lease(&deployment, PATIENCE).await.unwrap());
    assert!(world.has_door(key));
    world.fleet.rest().await;
    assert_eq!(world.state(key).await, None);
    assert!(!world.has_door(key));
    assert!(!world.dirs.inward(key).exists());

    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    assert_eq!(
        Probe::meet(&lease.endpoint).await.ask("ping").await,
        "ok pong"
    );
    assert!(world.has_door(key));
}

#[tokio::test]
async fn a_server_that_died_is_started_again() {
    let world = World::new(NEVER, NEVER).await;
    let deployment = deployment();
    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    let mut probe = Probe::meet(&lease.endpoint).await;
    let first = probe.pid();
    probe.ask("exit 1").await;
    while world.state(&deployment.key).await == Some(ServerState::Running) {
        tokio::task::yield_now().await;
    }
    world.fleet.lost(&deployment.key);
    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    assert_ne!(Probe::meet(&lease.endpoint).await.pid(), first);
}

#[tokio::test]
async fn what_is_not_desired_goes_unless_it_is_leased() {
    let world = World::new(NEVER, NEVER).await;
    let (wanted, leased, unwanted) = (deployment(), deployment(), deployment());
    world.desire(&[&wanted]);
    for deployment in [&wanted, &unwanted] {
        world.fleet.lease(deployment, PATIENCE).await.unwrap();
    }
    let lease = world.fleet.lease(&leased, PATIENCE).await.unwrap();

    // Twice: the second time there is nothing to do.
    for _ in 0..2 {
        world.fleet.reconcile().await.unwrap();
        assert_eq!(world.state(&wanted.key).await, Some(ServerState::Running));
        assert_eq!(world.state(&leased.key).await, Some(ServerState::Running));
        assert_eq!(world.state(&unwanted.key).await, None);
        assert_eq!(world.engine.removals.load(Ordering::SeqCst), 1);
    }
    assert!(!world.has_door(&unwanted.key));
    assert_eq!(
        Probe::meet(&lease.endpoint).await.ask("ping").await,
        "ok pong"
    );

    drop(lease);
    world.fleet.reconcile().await.unwrap();
    assert_eq!(world.state(&leased.key).await, None);
}

#[tokio::test]
async fn a_restarted_hub_takes_over_what_runs() {
    let world = World::new(NEVER, NEVER).await;
    let deployment = deployment();
    world.desire(&[&deployment]);
    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    let pid = Probe::meet(&lease.endpoint).await.pid();

    let restarted = world.restarted(Rest {
        idle_after: Duration::ZERO,
        remove_after: NEVER,
    });
    restarted.reconcile().await.unwrap();
    assert!(world.has_door(&deployment.key));
    let lease = restarted.lease(&deployment, PATIENCE).await.unwrap();
    assert_eq!(Probe::meet(&lease.endpoint).await.pid(), pid);
    drop(lease);

    // It is put to rest like one of its own.
    restarted.rest().await;
    assert_eq!(
        world.state(&deployment.key).await,
        Some(ServerState::Stopped)
    );
}

#[tokio::test]
async fn restarting_makes_another_process() {
    let world = World::new(NEVER, NEVER).await;
    let deployment = deployment();
    let key = &deployment.key;
    let error = world.fleet.restart(key).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");

    world.desire(&[&deployment]);
    assert_eq!(world.state(key).await, Some(ServerState::Stopped));
    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    let pid = Probe::meet(&lease.endpoint).await.pid();
    world.fleet.restart(key).await.unwrap();
    let lease = world.fleet.lease(&deployment, PATIENCE).await.unwrap();
    assert_ne!(Probe::meet(&lease.endpoint).await.pid(), pid);

    world.fleet.shut_down().await;
    assert_eq!(world.engine.list().await.unwrap(), []);
    assert!(!world.has_door(key));
}

#[tokio::test]
async fn a_deadline_is_kept() {
    let world = World::new(NEVER, NEVER).await;
    let deployment = deployment();
    let closed = world.engine.gate.write().await;
    let outcome = world.fleet.lease(&deployment, Duration::ZERO).await;
    let error = outcome.err().unwrap().to_string();
    assert!(error.contains("did not start within 0 s"), "{error}");
    drop(closed);
    world.fleet.lease(&deployment, PATIENCE).await.unwrap();
}
