//! The bundled examples: APIs whose upstream the instance runs itself.

use async_trait::async_trait;
use secrecy::SecretString;
use toolmill_core::{Api, CredentialKey, NewVersion, Result, SystemCtx, TenantCtx};
use url::Url;

use crate::Registry;

/// Runs the upstreams of the examples. The composition root knows which there are.
#[async_trait]
pub trait Examples: Send + Sync {
    /// The name of the example whose specification has exactly these bytes: no
    /// text within a specification makes it one.
    fn recognise(&self, spec: &[u8]) -> Option<&'static str>;

    /// Starts the example's upstream unless it runs, at `previous` where that
    /// address is still free.
    async fn start(&self, name: &str, previous: Option<&Url>) -> Result<RunningExample>;
}

pub struct RunningExample {
    pub base_url: Url,
    /// A credential for each scheme, good for looking around.
    pub credentials: Vec<(&'static str, SecretString)>,
}

impl Registry {
    /// Where these bytes are an example's and no other upstream was named:
    /// starts its upstream and names that.
    pub(crate) async fn prepare_example(
        &self,
        new: &mut NewVersion,
    ) -> Result<Option<RunningExample>> {
        let Some(name) = self.parts.examples.recognise(&new.spec) else {
            return Ok(None);
        };
        if new.base_url.is_some() {
            return Ok(None);
        }
        let running = self.parts.examples.start(name, None).await?;
        new.example = Some(name.to_owned());
        new.base_url = Some(running.base_url.clone());
        Ok(Some(running))
    }

    /// Gives the user the example's credentials where there are none yet.
    pub(crate) async fn lend_credentials(
        &self,
        ctx: &TenantCtx,
        api: &Api,
        running: &RunningExample,
    ) -> Result<()> {
        let stored = self.parts.store.credentials(ctx, api.id).await?;
        for (scheme, value) in &running.credentials {
            if stored.iter().any(|info| info.scheme == *scheme) {
                continue;
            }
            let key = CredentialKey {
                ctx: *ctx,
                api: api.id,
                scheme: (*scheme).to_owned(),
            };
            let sealed = self.parts.vault.seal(&key, value)?;
            self.parts
                .store
                .put_credential(&key, &sealed, crate::registry::now())
                .await?;
        }
        Ok(())
    }

    /// After a restart: runs the upstreams of the registered examples again.
    pub(crate) async fn revive_examples(&self, system: SystemCtx) -> Result<()> {
        for (ctx, api) in self.parts.store.examples(system).await? {
            let Some(name) = &api.example else { continue };
            let running = self
                .parts
                .examples
                .start(name, api.base_url.as_ref())
                .await?;
            if api.base_url.as_ref() != Some(&running.base_url) {
                self.parts
                    .store
                    .set_base_url(&ctx, api.id, Some(&running.base_url))
                    .await?;
            }
        }
        Ok(())
    }
}
