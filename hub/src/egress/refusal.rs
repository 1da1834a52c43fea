//! Why the broker does not do what a server asks of it.
//!
//! Each refusal is a `problem+json` answer with the header
//! `Toolmill-Broker-Error`, which no upstream can send. Its detail is shown to
//! the person or model that made the call, so it names what to do and no secret.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use tokio_rustls::rustls::{self, AlertDescription};
use toolmill_core::{CertificateFault, Error, Problem};

use super::identity::Identity;

pub(super) const BROKER_ERROR: HeaderName = HeaderName::from_static("toolmill-broker-error");

#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("The request carries no valid grant for a call.")]
    GrantInvalid,
    #[error("The call that this request belongs to is over.")]
    GrantExpired,
    #[error("The grant of this request was given to another server.")]
    GrantElsewhere,
    #[error("The tool `{tool}` is not mounted any more.")]
    NotMounted { tool: String },
    #[error("The request's target is not a usable URL: {reason}.")]
    Target { reason: &'static str },
    #[error("`{origin}` is not an origin that is approved for this API. Approved: {approved}.")]
    Origin { origin: String, approved: String },
    #[error(
        "`{tool}` is granted requests of the form `{granted}`, and its server asked for another one."
    )]
    Operation { tool: String, granted: String },
    #[error(
        "The header `{name}` can make another request of this one, so the platform does not send it. Leave it out."
    )]
    Override { name: &'static str },
    #[error("The server asked for another request than the one that the API redirected it to.")]
    Redirect,
    #[error(
        "`{host}` leads to an address that is not on the public internet. To call an API there, register it with `--base-url`."
    )]
    Address { host: String },
    #[error(
        "`{origin}` is not https. To call it all the same, register the API with `--base-url`."
    )]
    Insecure { origin: String },
    #[error("`{tool}` needs a credential that is not stored: {schemes}. Set it with `{command}`.")]
    CredentialMissing {
        tool: String,
        schemes: String,
        command: String,
    },
    #[error(
        "`{tool}` needs a client certificate, which is shown over https only, and `{origin}` is not https. Register the API with an https `--base-url`."
    )]
    CertificateInsecure { tool: String, origin: String },
    #[error(
        "The credential for `{scheme}` cannot be sent: {reason}. Set it again with `toolmill credential set`."
    )]
    CredentialUnusable {
        scheme: String,
        reason: &'static str,
    },
    #[error(
        "The client certificate for `{scheme}` cannot be shown: {fault}. Set it again with `toolmill credential set`."
    )]
    CertificateUnusable {
        scheme: String,
        fault: CertificateFault,
    },
    #[error(
        "`{host}` refused the client certificate for `{scheme}` (TLS alert {alert:?}). Set another one with `toolmill credential set`."
    )]
    CertificateRefused {
        host: String,
        scheme: String,
        alert: AlertDescription,
    },
    #[error("`{host}` cannot be reached: {source}.")]
    Unreachable { host: String, source: io::Error },
    #[error("No secure connection to `{host}` can be made: {source}.")]
    Tls { host: String, source: io::Error },
    #[error("`{host}` took longer than {} s to {step}.", within.as_secs_f32())]
    Late {
        host: String,
        step: &'static str,
        within: Duration,
    },
    #[error("`{host}` did not answer in proper HTTP, or broke off.")]
    BrokenOff { host: String, source: hyper::Error },
    #[error("The answer of `{host}` is larger than {limit} bytes.")]
    TooLarge { host: String, limit: u64 },
    #[error(
        "The answer of `{host}` has a content coding other than gzip, though none was asked for, so it cannot be looked through for the credential."
    )]
    Coding { host: String },
    #[error("The request cannot be sent now. Try again later.")]
    Platform(#[source] Error),
}

impl Refusal {
    /// The API hung up with this alert (RFC 8446, section 6.2).
    pub(super) fn alerted(
        host: String,
        identity: Option<&Identity<'_>>,
        alert: AlertDescription,
    ) -> Self {
        match identity {
            Some(identity) if is_about_a_certificate(alert) => Self::CertificateRefused {
                host,
                scheme: identity.scheme.to_owned(),
                alert,
            },
            _ => Self::Tls {
                host,
                source: io::Error::other(rustls::Error::AlertReceived(alert)),
            },
        }
    }

    /// The value of `Toolmill-Broker-Error`.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::GrantInvalid => "grant-invalid",
            Self::GrantExpired => "grant-expired",
            Self::GrantElsewhere => "grant-elsewhere",
            Self::NotMounted { .. } => "not-mounted",
            Self::Target { .. } => "target-invalid",
            Self::Origin { .. } => "origin-refused",
            Self::Operation { .. } => "operation-refused",
            Self::Override { .. } => "override-refused",
            Self::Redirect => "redirect-refused",
            Self::Address { .. } => "address-refused",
            Self::Insecure { .. } => "insecure",
            Self::CredentialMissing { .. } => "credential-missing",
            Self::CertificateInsecure { .. } => "certificate-insecure",
            Self::CredentialUnusable { .. } | Self::CertificateUnusable { .. } => {
                "credential-unusable"
            }
            Self::CertificateRefused { .. } => "certificate-refused",
            Self::Unreachable { .. } => "unreachable",
            Self::Tls { .. } => "tls",
            Self::Late { .. } => "timeout",
            Self::BrokenOff { .. } => "broken-off",
            Self::TooLarge { .. } => "too-large",
            Self::Coding { .. } => "coding",
            Self::Platform(_) => "platform",
        }
    }

    /// Whether the server asked for what it must not have, as opposed to
    /// something being missing or broken.
    pub(super) fn is_transgression(&self) -> bool {
        matches!(
            self,
            Self::GrantInvalid
                | Self::GrantElsewhere
                | Self::Target { .. }
                | Self::Origin { .. }
                | Self::Operation { .. }
                | Self::Override { .. }
                | Self::Redirect
                | Self::Address { .. }
                | Self::Insecure { .. }
        )
    }

    pub(super) fn response(&self) -> Response<Full<Bytes>> {
        let (status, title) = self.kind();
        let problem = Problem {
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.to_string(),
            hint: None,
            diagnostics: Vec::new(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(BROKER_ERROR, HeaderValue::from_static(self.code()));
        response
    }

    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::GrantInvalid
            | Self::GrantExpired
            | Self::GrantElsewhere
            | Self::NotMounted { .. }
            | Self::Origin { .. }
            | Self::Operation { .. }
            | Self::Override { .. }
            | Self::Redirect
            | Self::Address { .. }
            | Self::Insecure { .. } => (StatusCode::FORBIDDEN, "Not allowed"),
            Self::Target { .. } => (StatusCode::BAD_REQUEST, "Unusable request"),
            Self::CredentialMissing { .. }
            | Self::CertificateInsecure { .. }
            | Self::CredentialUnusable { .. }
            | Self::CertificateUnusable { .. }
            | Self::CertificateRefused { .. } => {
                (StatusCode::FAILED_DEPENDENCY, "Credential needed")
            }
            Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::BrokenOff { .. }
            | Self::TooLarge { .. }
            | Self::Coding { .. } => (StatusCode::BAD_GATEWAY, "No usable answer"),
            Self::Late { .. } => (StatusCode::GATEWAY_TIMEOUT, "Too late"),
            Self::Platform(_) => (StatusCode::SERVICE_UNAVAILABLE, "Unavailable"),
        }
    }
}

fn is_about_a_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::CertificateRequired
    )
}
