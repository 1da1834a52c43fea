//! Sealing what users bring.

use secrecy::{ExposeSecret, SecretString};
use toolmill_core::{
    Api, CertificateFault, CredentialKey, Error, Manifest, Result, SecurityScheme, TenantCtx,
};
use toolmill_vault::check_client_certificate;

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
        let manifest = self.current_manifest(ctx, api).await?;
        let kind = manifest
            .as_ref()
            .map(|manifest| known_scheme(manifest, scheme));
        check(scheme, kind.transpose()?, value)?;
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

fn known_scheme<'a>(manifest: &'a Manifest, scheme: &str) -> Result<&'a SecurityScheme> {
    if let Some(kind) = manifest.security_schemes.get(scheme) {
        return Ok(kind);
    }
    let declared = manifest.security_schemes.keys();
    let known: Vec<_> = declared.map(|name| format!("`{name}`")).collect();
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

/// Whether the value can be a credential of this kind; of one that is not known yet,
/// whether it can be any.
fn check(scheme: &str, kind: Option<&SecurityScheme>, value: &SecretString) -> Result<()> {
    let is_certificate = match kind {
        Some(kind) => matches!(kind, SecurityScheme::MutualTls),
        None => value.expose_secret().contains("-----BEGIN "),
    };
    if is_certificate {
        return check_client_certificate(value).map_err(|fault| {
            Error::invalid(
                format!(
                    "The client certificate for `{}` cannot be used: {fault}.",
                    scheme.escape_debug()
                ),
                hint(fault),
            )
        });
    }
    // All others travel in a header, so they must fit one (RFC 9110, section 5.5).
    if value.expose_secret().chars().any(char::is_control) {
        return Err(Error::invalid(
            "The credential contains a control character, such as a line end.",
            "Send the value alone, as the body of the request.",
        ));
    }
    Ok(())
}

fn hint(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Encrypted => {
            "`openssl pkey -in KEY` writes it without a passphrase; it is sealed when it is stored."
        }
        CertificateFault::Mismatch => {
            "Put the certificate of the key first, and those between it and its authority after it."
        }
        _ => {
            "Give one text that holds the certificate and its key: `cat client.crt client.key > client.pem`."
        }
    }
}
