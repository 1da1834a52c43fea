//! How containers live, end and are swept.

use bollard::models::ContainerUpdateBody;
use toolmill_core::{Deployment, Engine, ServerState};
use toolmill_deployer::ServerLimits;

use super::World;
use crate::support::{PATIENCE, deployment, echo, eventually};

#[tokio::test]
async fn other_limits_make_another_container() {
    let Some(mut world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    let key = &deployment.key;
    world.wake(&deployment).await;
    let first = world.inspect(key).await;
    world.engine = world.engine.within(ServerLimits {
        memory: 32 << 20,
        pids: 16,
        cpu_percent: 50,
        own: vec!["upstream.redirects=1".to_owned()],
    });
    world.wake(&deployment).await;
    let second = world.inspect(key).await;
    assert_ne!(first.id, second.id);
    let host = second.host_config.unwrap();
    assert_eq!(host.memory, Some(32 << 20));
    assert_eq!(host.memory_swap, Some(32 << 20));
    assert_eq!(host.pids_limit, Some(16));
    assert_eq!(host.nano_cpus, Some(500_000_000));
    let arguments = second.config.unwrap().cmd.unwrap();
    assert!(
        arguments.ends_with(&["--limit".to_owned(), "upstream.redirects=1".to_owned()]),
        "{arguments:?}"
    );
    world.wake(&deployment).await;
    assert_eq!(world.inspect(key).await.id, second.id);
    world.close().await;
}

#[tokio::test]
async fn a_server_lives_and_ends() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    let key = &deployment.key;
    assert_eq!(world.state(key).await, None);
    world.engine.idle(key).await.unwrap();
    world.engine.wake(key, PATIENCE).await.unwrap_err();

    // Applied, twice.
    world.engine.apply(&deployment).await.unwrap();
    let first = world.inspect(key).await.id;
    world.engine.apply(&deployment).await.unwrap();
    assert_eq!(world.inspect(key).await.id, first);
    assert_eq!(world.state(key).await, Some(ServerState::Stopped));

    // Woken, paused and woken, each twice.
    let mut probe = world.wake(&deployment).await;
    world.wake(&deployment).await;
    assert_eq!(world.state(key).await, Some(ServerState::Running));
    world.engine.idle(key).await.unwrap();
    world.engine.idle(key).await.unwrap();
    assert_eq!(world.state(key).await, Some(ServerState::Paused));
    world.wake(&deployment).await;
    assert_eq!(probe.ask("ping").await, "ok pong");
    assert_eq!(world.inspect(key).await.id, first);

    // What it wrote.
    probe.ask("say \u{1b}[31mred").await;
    let read = async || world.engine.logs(key, 1).await.unwrap();
    while read()
        .await
        .last()
        .is_none_or(|line| line.text != "\u{fffd}[31mred")
    {
        tokio::task::yield_now().await;
    }

    // Ended by itself, and started by the next call.
    probe.ask("exit 3").await;
    world.ended(key).await;
    world.wake(&deployment).await;

    // Removed, twice.
    world.engine.remove(key).await.unwrap();
    world.engine.remove(key).await.unwrap();
    assert_eq!(world.state(key).await, None);
    assert!(!world.dirs.inward(key).exists());
    assert!(world.engine.logs(key, 1).await.unwrap().is_empty());
    world.close().await;
}

#[tokio::test]
async fn a_container_that_was_changed_is_replaced() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    world.wake(&deployment).await;
    let first = world.inspect(&deployment.key).await.id;
    let name = format!("toolmill-{}", deployment.key);
    let more = ContainerUpdateBody {
        pids_limit: Some(4000),
        ..ContainerUpdateBody::default()
    };
    world.docker.update_container(&name, more).await.unwrap();

    world.wake(&deployment).await;
    let second = world.inspect(&deployment.key).await;
    assert_ne!(second.id, first);
    assert_eq!(second.host_config.unwrap().pids_limit, Some(32));

    let elsewhere = Deployment {
        base_url: None,
        ..deployment.clone()
    };
    world.wake(&elsewhere).await;
    assert_ne!(world.inspect(&deployment.key).await.id, second.id);
    world.close().await;
}

#[tokio::test]
async fn what_nobody_wants_is_swept() {
    let Some(world) = World::new().await else {
        return;
    };
    let Some(other) = World::new().await else {
        return;
    };
    let (kept, gone) = (deployment(), deployment());
    for deployment in [&kept, &gone] {
        world.wake(deployment).await;
    }
    other.wake(&deployment()).await;
    assert_eq!((world.containers().await, world.images().await), (2, 1));

    world
        .engine
        .sweep(std::slice::from_ref(&kept))
        .await
        .unwrap();
    assert_eq!((world.containers().await, world.images().await), (1, 1));
    assert_eq!(world.state(&gone.key).await, None);
    assert!(!world.dirs.inward(&gone.key).exists());

    world.engine.sweep(&[]).await.unwrap();
    assert_eq!((world.containers().await, world.images().await), (0, 0));

    // What belongs to another instance stays.
    assert_eq!((other.containers().await, other.images().await), (1, 1));
    // An image that was removed behind the engine's back is loaded again.
    world.wake(&kept).await;
    world.close().await;
    other.close().await;
}

#[tokio::test]
async fn the_broker_is_met_again_after_a_restart() {
    let Some(world) = World::new().await else {
        return;
    };
    let deployment = deployment();
    let socket = world.dirs.outward(&deployment.key).join("egress.sock");
    world.engine.apply(&deployment).await.unwrap();
    let first = echo(&socket);
    let mut probe = world.wake(&deployment).await;
    assert_eq!(probe.ask("egress").await, "ok hello");

    first.abort();
    let _ = first.await;
    assert!(
        probe
            .ask("egress")
            .await
            .starts_with("no ConnectionRefused")
    );
    std::fs::remove_file(&socket).unwrap();
    echo(&socket);
    assert_eq!(probe.ask("egress").await, "ok hello");
    eventually("the server still listens", || {
        world
            .dirs
            .inward(&deployment.key)
            .join("server.sock")
            .exists()
    })
    .await;
    world.close().await;
}
