//! The audit log.

use futures_util::future::try_join_all;
use toolmill_core::{AuditEntry, Outcome};

use super::{World, assert_not_found};

fn entry(at: i64, outcome: Outcome) -> AuditEntry {
    AuditEntry {
        at,
        action: "call".to_owned(),
        subject: "pets__list".to_owned(),
        outcome,
        detail: "status 200\nsecond line".to_owned(),
    }
}

pub async fn entries_come_back_newest_first(world: &World) {
    let store = &world.store;
    store.audit(&world.ann, &[]).await.expect("nothing is fine");
    let first = [entry(1, Outcome::Ok), entry(2, Outcome::Error)];
    store.audit(&world.ann, &first).await.expect("written");
    store
        .audit(&world.ann, &[entry(3, Outcome::Refused)])
        .await
        .expect("written");
    let log = store.audit_log(&world.ann, 2).await.expect("read");
    assert_eq!(log, [entry(3, Outcome::Refused), entry(2, Outcome::Error)]);
    let log = store.audit_log(&world.ann, 100).await.expect("read");
    assert_eq!(log.len(), 3);
}

pub async fn a_user_sees_only_the_own_entries(world: &World) {
    let store = &world.store;
    for (at, ctx) in (1..).zip([world.ann, world.bob, world.eve]) {
        store
            .audit(&ctx, &[entry(at, Outcome::Ok)])
            .await
            .expect("written");
    }
    for (at, ctx) in (1..).zip([world.ann, world.bob, world.eve]) {
        let log = store.audit_log(&ctx, 100).await.expect("read");
        assert_eq!(log, [entry(at, Outcome::Ok)]);
    }
    let forged = world.mixed(&world.eve, &world.ann);
    assert_eq!(store.audit_log(&forged, 100).await.expect("read"), []);
    assert_not_found(store.audit(&forged, &[entry(9, Outcome::Ok)]).await);
}

pub async fn writers_at_once_lose_nothing(world: &World) {
    let writers = (0..20).map(|at| async move {
        let ctx = if at % 2 == 0 { world.ann } else { world.bob };
        let entries = [entry(at, Outcome::Ok), entry(at, Outcome::Error)];
        world.store.audit(&ctx, &entries).await
    });
    try_join_all(writers).await.expect("all are written");
    for ctx in [world.ann, world.bob] {
        let log = world.store.audit_log(&ctx, 100).await.expect("read");
        assert_eq!(log.len(), 20);
    }
}
