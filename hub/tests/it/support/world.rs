//! A hub with its store, vault, users and servers, in one process.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::serve::ListenerExt;
use secrecy::SecretBox;
use tempfile::TempDir;
use tokio::net::TcpListener;
use toolmill_core::{
    Apis, Artifact, Audit, AuditEntry, CredentialKey, Credentials, Deployment, EgressDoors,
    Endpoint, Error, Grants, Lease, LogLine, MountChanges, Mounts, NewVersion, Result, Role,
    ServerKey, ServerStatus, Servers, SpecFormat, SystemCtx, TenantCtx, TokenHash, Users,
};
use toolmill_hub::{Hub, HubConfig};
use toolmill_store::SqliteStore;
use toolmill_vault::{StoredCredentials, Vault};

use super::api::Api;
use super::client::Client;
use super::puppet::Puppet;

pub struct World {
    pub hub: Hub,
    pub store: Arc<SqliteStore>,
    pub vault: Arc<Vault>,
    pub grants: Arc<dyn Grants>,
    pub servers: Arc<Puppets>,
    pub changes: Arc<dyn MountChanges>,
    pub url: String,
    _folder: TempDir,
}

/// A signed-in user.
#[derive(Clone)]
pub struct Person {
    pub ctx: TenantCtx,
    pub token: String,
    pub client: Client,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut HubConfig)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let system = SystemCtx::for_the_platform();
        let store = SqliteStore::open(&folder.path().join("db"))
            .await
            .expect("a store");
        let store = Arc::new(store);
        let vault = Arc::new(Vault::open(&folder.path().join("key")).expect("a key"));
        let grants: Arc<dyn Grants> =
            Arc::new(vault.unlock(system, &*store).await.expect("the right key"));
        let credentials = Arc::new(StoredCredentials::new(vault.clone(), store.clone()));
        let mut config = HubConfig::local(system, SecretBox::new(Box::new([7; 32])));
        change(&mut config);
        let hub = Hub::new(config, store.clone(), grants.clone(), credentials).expect("a hub");
        let servers = Arc::new(Puppets {
            folder: folder.path().to_owned(),
            doors: hub.doors(),
            running: Mutex::default(),
            prepared: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/mcp", listener.local_addr().expect("an address"));
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("TCP"));
        let router = hub.router(servers.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            changes: hub.mount_changes(),
            hub,
            store,
            vault,
            grants,
            servers,
            url,
            _folder: folder,
        }
    }

    pub async fn user(&self, name: &str) -> Person {
        let system = SystemCtx::for_the_platform();
        let principal = self
            .store
            .ensure_user(system, name, Role::Member)
            .await
            .expect("a user");
        let token = format!("token-of-{name}");
        let hash = TokenHash::of(&token);
        self.store
            .put_token(&principal.ctx, &hash, "test")
            .await
            .expect("a token");
        Person {
            ctx: principal.ctx,
            client: Client::new(&self.url, Some(&token)),
            token,
        }
    }

    /// A user who has `api` mounted as `pets`.
    pub async fn user_with(&self, name: &str, api: &Api) -> Person {
        let person = self.user(name).await;
        self.mount(&person, "pets", api).await;
        person
    }

    pub async fn mount(&self, person: &Person, slug: &str, api: &Api) {
        let manifest = api.manifest();
        let new = NewVersion {
            slug: slug.parse().expect("a slug"),
            spec: serde_json::to_vec(&manifest).expect("JSON"),
            format: SpecFormat::Json,
            base_url: api.base_url.as_ref().map(|url| url.parse().expect("a URL")),
            isolation: None,
            example: None,
            created_at: 0,
        };
        let ctx = &person.ctx;
        let version = self
            .store
            .register(ctx, new)
            .await
            .expect("a version")
            .version
            .id;
        let rendered = self.store.rendered(ctx, version, &manifest, "", &[]).await;
        rendered.expect("a rendering");
        let artifact = Artifact {
            key: "key".to_owned(),
            sha256: "00".repeat(32),
            size: 0,
            binary: PathBuf::from("none"),
        };
        self.store
            .built(ctx, version, &artifact)
            .await
            .expect("a build");
        self.store.mount(ctx, version).await.expect("a mount");
        self.changes.changed(ctx);
    }

    pub async fn unmount(&self, person: &Person, slug: &str) {
        let slug = slug.parse().expect("a slug");
        self.store
            .unmount(&person.ctx, &slug)
            .await
            .expect("it is mounted");
        self.changes.changed(&person.ctx);
    }

    pub async fn credential(&self, person: &Person, scheme: &str, secret: &str) {
        let key = self.key(person, scheme).await;
        let sealed = self.vault.seal(&key, &secret.into()).expect("randomness");
        self.store
            .put_credential(&key, &sealed, 0)
            .await
            .expect("a credential");
    }

    pub async fn no_credential(&self, person: &Person, scheme: &str) {
        let key = self.key(person, scheme).await;
        let deleted = self.store.delete_credential(&key).await;
        deleted.expect("it was stored");
    }

    async fn key(&self, person: &Person, scheme: &str) -> CredentialKey {
        let slug = "pets".parse().expect("a slug");
        let api = self.store.api(&person.ctx, &slug).await.expect("an API");
        CredentialKey {
            ctx: person.ctx,
            api: api.id,
            scheme: scheme.to_owned(),
        }
    }

    /// What the user's audit log says, the newest first.
    pub async fn audit(&self, person: &Person) -> Vec<AuditEntry> {
        self.hub.shutdown().await;
        self.store
            .audit_log(&person.ctx, 1000)
            .await
            .expect("a log")
    }
}

/// Servers that are started when leased, each with its two sockets.
pub struct Puppets {
    folder: PathBuf,
    doors: Arc<dyn EgressDoors>,
    running: Mutex<HashMap<ServerKey, Puppet>>,
    /// Those that a test has put in the place of a puppet.
    prepared: Mutex<HashMap<ServerKey, Endpoint>>,
}

impl Puppets {
    /// The puppet of the only deployment there is.
    pub fn only(&self) -> Puppet {
        let running = self.running.lock().expect("no panic");
        assert_eq!(running.len(), 1, "there is one server");
        running.values().next().expect("a server").clone()
    }

    pub fn of(&self, key: &ServerKey) -> Puppet {
        self.running.lock().expect("no panic")[key].clone()
    }

    pub fn prepare(&self, key: &ServerKey, endpoint: Endpoint) {
        self.prepared
            .lock()
            .expect("no panic")
            .insert(key.clone(), endpoint);
    }

    pub fn is_running(&self) -> bool {
        !self.running.lock().expect("no panic").is_empty()
    }

    /// Where the sockets of a server are.
    pub fn place(&self, key: &ServerKey) -> PathBuf {
        self.folder.join(key.as_str())
    }
}

#[async_trait]
impl Servers for Puppets {
    async fn lease(&self, deployment: &Deployment, _: Duration) -> Result<Lease> {
        let key = &deployment.key;
        if let Some(endpoint) = self.prepared.lock().expect("no panic").get(key) {
            return Ok(Lease::new(endpoint.clone(), ()));
        }
        let place = self.place(key);
        std::fs::create_dir_all(&place).expect("a folder");
        self.doors.open(key, &place).await?;
        let owner = std::fs::metadata(&place).expect("a folder").uid();
        let mut running = self.running.lock().expect("no panic");
        running
            .entry(key.clone())
            .or_insert_with(|| Puppet::start(&place.join("mcp.sock"), place.join("egress.sock")));
        let endpoint = Endpoint::Unix {
            folder: place,
            name: "mcp.sock",
            owner,
        };
        Ok(Lease::new(endpoint, ()))
    }

    /// What was put in its place is given up for a puppet.
    fn lost(&self, key: &ServerKey) {
        self.prepared.lock().expect("no panic").remove(key);
    }

    async fn reconcile(&self) -> Result<()> {
        Ok(())
    }

    async fn status(&self) -> Result<std::collections::BTreeMap<ServerKey, ServerStatus>> {
        Ok(Default::default())
    }

    async fn restart(&self, key: &ServerKey) -> Result<()> {
        Err(Error::not_found("server", key))
    }

    async fn logs(&self, key: &ServerKey, _: usize) -> Result<Vec<LogLine>> {
        Err(Error::not_found("server", key))
    }
}
