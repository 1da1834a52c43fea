//! The contract, kept by SQLite.

mod contract;

use std::path::PathBuf;
use std::sync::Arc;

use contract::{World, contract};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use toolmill_core::{Role, SystemCtx, TenantCtx, TenantId, UserId, Users};
use toolmill_store::SqliteStore;
use uuid::Uuid;

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = folder.path().join("toolmill.db");
    let store = SqliteStore::open(&path).await.expect("the store opens");
    let ann = store
        .ensure_user(SystemCtx::for_the_platform(), "ann", Role::Admin)
        .await
        .expect("the user is made")
        .ctx;
    let bob = store.add_user(&ann, "bob", Role::Member).await;
    let bob = TenantCtx {
        tenant: ann.tenant,
        user: bob.expect("the user is made").id,
    };
    let options = SqliteConnectOptions::new().filename(&path);
    let mut connection = options.connect().await.expect("the file opens");
    let eve = another_tenant(&mut connection).await;
    connection.close().await.expect("it closes");
    let store = Arc::new(store);
    World {
        instance: store.instance().to_owned(),
        secrets: store.clone(),
        store,
        ann,
        bob,
        eve,
        twin: Box::new(move |ctx| Box::pin(twin(path.clone(), ctx))),
        _held: Box::new(folder),
    }
}

/// The ports make users of the local tenant only; this makes one of another.
async fn another_tenant(connection: &mut SqliteConnection) -> TenantCtx {
    let ctx = TenantCtx {
        tenant: TenantId::generate(),
        user: UserId::generate(),
    };
    sqlx::query("INSERT INTO tenants (id, name) VALUES ($1, 'elsewhere')")
        .bind(Uuid::from(ctx.tenant))
        .execute(&mut *connection)
        .await
        .expect("the tenant is made");
    sqlx::query("INSERT INTO users (tenant_id, id, name, role) VALUES ($1, $2, 'eve', 'admin')")
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .execute(connection)
        .await
        .expect("the user is made");
    ctx
}

async fn twin(path: PathBuf, ctx: TenantCtx) -> TenantCtx {
    let twin = TenantCtx {
        tenant: TenantId::generate(),
        user: ctx.user,
    };
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = options.connect().await.expect("the file opens");
    for statement in TWIN {
        sqlx::query(statement)
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(twin.tenant))
            .execute(&mut connection)
            .await
            .expect("the rows are copied");
    }
    connection.close().await.expect("it closes");
    twin
}

/// From the tenant `$1` to the tenant `$2`, all but the specifications' bytes,
/// which no port could change later.
const TWIN: [&str; 12] = [
    "INSERT INTO tenants SELECT $2, 'twin' FROM tenants WHERE id = $1",
    "INSERT INTO users SELECT $2, id, name, role FROM users WHERE tenant_id = $1",
    "INSERT INTO apis
     SELECT $2, id, owner_id, slug, isolation, base_url, example, NULL
     FROM apis WHERE tenant_id = $1",
    "INSERT INTO versions
     SELECT $2, id, api_id, number, format, spec_sha256, reached, failure, diagnostics, artifact,
            takes_credentials, tools, created_at
     FROM versions WHERE tenant_id = $1",
    "UPDATE apis SET current_version = (
         SELECT current_version FROM apis AS ours WHERE ours.tenant_id = $1 AND ours.id = apis.id
     )
     WHERE tenant_id = $2",
    "INSERT INTO specs
     SELECT $2, version_id, CAST('twin' AS BLOB) FROM specs WHERE tenant_id = $1",
    "INSERT INTO renderings
     SELECT $2, version_id, manifest, lock_file FROM renderings WHERE tenant_id = $1",
    "INSERT INTO tools
     SELECT $2, version_id, position, name, method, path, server, own_server, security, schemes,
            origins, listing
     FROM tools WHERE tenant_id = $1",
    "INSERT INTO credentials
     SELECT $2, user_id, api_id, scheme, key_id, wrapped_key, ciphertext, updated_at
     FROM credentials WHERE tenant_id = $1",
    "INSERT INTO mounts SELECT $2, user_id, slug, api_id FROM mounts WHERE tenant_id = $1",
    "INSERT INTO deployments
     SELECT $2, server_key, api_id, version_id, user_id FROM deployments WHERE tenant_id = $1",
    "INSERT INTO audit
     SELECT $2, number, user_id, at, action, subject, outcome, detail, hash
     FROM audit WHERE tenant_id = $1",
];

contract! { crate::world:
    users {
        a_user_is_ensured_once,
        a_token_signs_its_user_in,
        a_token_is_never_taken_over,
        nobody_signs_in_as_who_is_not_there,
        names_are_unique_within_a_tenant,
        a_new_user_has_an_empty_world,
        names_that_would_not_show_are_refused,
    }
    versions {
        unchanged_bytes_make_no_new_version,
        a_failed_version_can_be_tried_again,
        a_version_goes_its_way,
        bringing_along_again_changes_nothing,
        progress_ends_a_failure,
        versions_come_newest_first,
        the_lock_file_is_of_the_newest_rendering,
        a_restart_finds_what_is_unfinished,
        what_is_not_given_stays,
        examples_are_found_and_can_be_replaced,
        registering_at_once_makes_one_api,
        unknown_ids_are_not_found,
        a_name_given_twice_is_refused_whole,
    }
    mounts {
        only_what_is_built_is_mounted,
        what_is_planned_is_what_is_mounted,
        mounting_switches_the_version,
        isolation_follows_the_version_unless_chosen,
        a_key_names_what_a_server_serves,
        what_is_unmounted_can_be_mounted_again,
        the_same_slug_is_free_to_everybody,
        tools_are_listed_by_slug_and_then_as_specified,
    }
    sharing {
        each_user_has_a_server,
        others_give_credentials_again_when_an_api_moves,
        a_shared_server_serves_all_until_the_last_leaves,
        a_new_version_reaches_everybody_at_once,
        what_is_shared_before_it_is_mounted_appears_later,
        who_it_is_shared_with_may_look_but_not_change,
        names_do_not_collide,
        nothing_is_shared_across_tenants,
        who_leaves_takes_the_credentials_along,
    }
    routes {
        a_route_says_where_and_with_what,
        a_base_url_is_the_only_origin,
        a_grant_opens_the_route_it_was_given_for,
        a_grant_opens_nothing_else,
        a_call_under_way_outlives_a_switch_but_not_its_mount,
        a_grant_of_a_shared_server_is_of_its_user,
        a_server_is_its_users_or_its_owners,
    }
    credentials {
        a_credential_is_kept_replaced_and_forgotten,
        each_user_and_scheme_has_its_own,
        there_is_none_for_what_is_not_there,
    }
    secrets { the_first_one_is_kept }
    audit {
        entries_come_back_newest_first,
        a_user_sees_only_the_own_entries,
        writers_at_once_lose_nothing,
    }
    deletion { an_api_goes_with_all_that_hangs_on_it }
    isolation { strangers_reach_nothing }
    twins {
        the_first_does_not_reach_the_second,
        the_second_does_not_reach_the_first,
    }
}
