//! The audit log in the file: append-only, and telling where it was changed.

use toolmill_core::{Audit, AuditEntry, Outcome, Role, TenantCtx, Users};
use uuid::Uuid;

use crate::{Folder, ann, connected, opened};

#[tokio::test]
async fn the_audit_log_is_append_only() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ann = ann(&store).await;
    store.audit(&ann.ctx, &[entry(1)]).await.expect("written");
    let mut connection = connected(&folder.database()).await;
    for statement in ["DELETE FROM audit", "UPDATE audit SET detail = 'other'"] {
        let refused = sqlx::raw_sql(statement).execute(&mut connection).await;
        let message = refused.expect_err("it is refused").to_string();
        assert!(message.contains("audit rows are never"), "{message}");
    }
}

#[tokio::test]
async fn each_tenant_has_a_chain_of_its_own() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ours = ann(&store).await.ctx;
    let theirs = TenantCtx {
        tenant: Uuid::from_u128(1).into(),
        user: ours.user,
    };
    let mut connection = connected(&folder.database()).await;
    sqlx::query("INSERT INTO tenants (id, name) VALUES ($1, 'elsewhere')")
        .bind(Uuid::from(theirs.tenant))
        .execute(&mut connection)
        .await
        .expect("the tenant is written");
    sqlx::query("INSERT INTO users SELECT $1, id, name, role FROM users")
        .bind(Uuid::from(theirs.tenant))
        .execute(&mut connection)
        .await
        .expect("the user is written");
    for (at, ctx) in [(1, ours), (2, theirs), (3, ours), (4, theirs), (5, ours)] {
        store.audit(&ctx, &[entry(at)]).await.expect("written");
    }
    assert_eq!(store.verify_audit(&ours).await.expect("untouched"), 3);
    assert_eq!(store.verify_audit(&theirs).await.expect("untouched"), 2);
}

#[tokio::test]
async fn a_changed_audit_log_shows() {
    for tampering in [
        "UPDATE audit SET outcome = 'ok' WHERE number = 2",
        "UPDATE audit SET at = at + 1 WHERE number = 2",
        "UPDATE audit SET action = 'cal', subject = 'lpets__list' WHERE number = 2",
        "UPDATE audit SET user_id = (SELECT id FROM users WHERE name = 'bob') WHERE number = 2",
        "UPDATE audit SET hash = x'00' WHERE number = 3",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number = 2",
        "UPDATE audit SET number = CASE number WHEN 1 THEN -2 ELSE -1 END WHERE number < 3;
         UPDATE audit SET number = -number",
    ] {
        let folder = Folder::new();
        let store = opened(&folder.database()).await;
        let ann = ann(&store).await.ctx;
        store
            .add_user(&ann, "bob", Role::Member)
            .await
            .expect("made");
        let entries = [entry(1), entry(2), entry(3)];
        store.audit(&ann, &entries).await.expect("written");
        let verified = store.verify_audit(&ann).await;
        assert_eq!(verified.expect("it is untouched"), 3);

        let mut connection = connected(&folder.database()).await;
        sqlx::raw_sql("DROP TRIGGER audit_rows_stay; DROP TRIGGER audit_rows_do_not_change")
            .execute(&mut connection)
            .await
            .expect("the triggers are taken away");
        sqlx::raw_sql(tampering)
            .execute(&mut connection)
            .await
            .expect("it is tampered with");
        assert!(store.verify_audit(&ann).await.is_err(), "{tampering}");
    }
}

fn entry(at: i64) -> AuditEntry {
    AuditEntry {
        at,
        action: "call".to_owned(),
        subject: "pets__list".to_owned(),
        outcome: Outcome::Refused,
        detail: String::new(),
    }
}
