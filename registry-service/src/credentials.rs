//! Sealing what users bring.

use secrecy::SecretString;
use toolmill_core::{Api, CredentialKey, Error, Manifest, Result, SecurityScheme, TenantCtx};

use crate::Registry;
use crate::registry::now;

impl Registry {
    /// Seals and stores a credential; the next call uses it.
    ///
    /// # Errors
    /// Where the API has no such scheme, or the value cannot be one.
    pub async fn put_credential(
        &self,
        ctx: &TenantCtx,
        api: &Api,
        scheme: &str,
        value: &SecretString,
    ) -> Result<()> {
        if let Some(manifest) = self.current_manifest(ctx, api).await? {
            known_scheme(&manifest, scheme)?;
        }
        let key = CredentialKey {
            ctx: *ctx,
            api: api.id,
            scheme: scheme.to_owned(),
        };
        let sealed = self.parts.vault.seal(&key, value)?;
        self.parts
            .store
            .put_credential(&key, &sealed, now())
            .await?;
        self.note(ctx, "credential.put", &format!("{}/{scheme}", api.slug))
            .await;
        Ok(())
    }

    /// Forgets a credential of the caller's.
    ///
    /// # Errors
    /// Where nothing is stored for it and the API has no such scheme.
    pub async fn delete_credential(&self, ctx: &TenantCtx, api: &Api, scheme: &str) -> Result<()> {
        let stored = self.parts.store.credentials(ctx, api.id).await?;
        if !stored.iter().any(|info| info.scheme == scheme)
            && let Some(manifest) = self.current_manifest(ctx, api).await?
        {
            known_scheme(&manifest, scheme)?;
        }
        let key = CredentialKey {
            ctx: *ctx,
            api: api.id,
            scheme: scheme.to_owned(),
        };
        self.parts.store.delete_credential(&key).await?;
        self.note(ctx, "credential.delete", &format!("{}/{scheme}", api.slug))
            .await;
        Ok(())
    }

    /// The manifest of the version that is mounted; of the newest where none
    /// is yet; `None` before anything was rendered.
    pub(crate) async fn current_manifest(
        &self,
        ctx: &TenantCtx,
        api: &Api,
    ) -> Result<Option<Manifest>> {
        let version = match api.current {
            Some(version) => version,
            None => match self.parts.store.versions(ctx, api.id).await?.first() {
                Some(newest) if newest.reached >= toolmill_core::Step::Render => newest.id,
                _ => return Ok(None),
            },
        };
        self.parts.store.manifest(ctx, version).await.map(Some)
    }
}

fn known_scheme(manifest: &Manifest, scheme: &str) -> Result<()> {
    match manifest.security_schemes.get(scheme) {
        Some(SecurityScheme::MutualTls) => return Err(certificate(scheme)),
        Some(_) => return Ok(()),
        None => {}
    }
    let declared = manifest.security_schemes.iter();
    let known: Vec<_> = declared
        .filter(|(_, kind)| !matches!(kind, SecurityScheme::MutualTls))
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let hint = if known.is_empty() {
        "This API declares no security scheme.".to_owned()
    } else {
        format!("It declares {}.", known.join(", "))
    };
    Err(Error::invalid(
        format!(
            "The API has no security scheme `{}`.",
            scheme.escape_debug()
        ),
        hint,
    ))
}

fn certificate(scheme: &str) -> Error {
    Error::invalid(
        format!(
            "`{}` is a client certificate, which the platform does not show.",
            scheme.escape_debug()
        ),
        "A server that runs alone does: `toolmill generate` writes one.".to_owned(),
    )
}
