//! The REST interface of a running instance.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toolmill_core::{EngineKind, LogLine, Problem, Slug, StepEvent};
use toolmill_registry::{ApiView, CredentialView, StatusView, ToolView};
use url::Url;

use crate::failure::{Failure, Result};

/// What an instance says of itself.
#[derive(Debug, Deserialize)]
pub struct About {
    pub engine: EngineKind,
    pub instance: String,
}

/// A running instance, as its local user.
pub struct Instance {
    http: reqwest::Client,
    base: String,
    token: SecretString,
}

impl Instance {
    /// `base` is `http://HOST:PORT`.
    pub fn new(base: String, token: SecretString) -> Self {
        Self {
            http: client(Policy::none()).build().unwrap_or_default(),
            base,
            token,
        }
    }

    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.base)
    }

    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Whether it answers and its store and engine do.
    pub async fn is_ready(&self) -> bool {
        let request = self
            .http
            .get(format!("{}/ready", self.base))
            .timeout(Duration::from_secs(5));
        request
            .send()
            .await
            .is_ok_and(|response| response.status().is_success())
    }

    /// The instance's program, its engine and its id.
    pub async fn about(&self) -> Result<About> {
        json(self.http.get(format!("{}/version", self.base))).await
    }

    pub async fn register(
        &self,
        spec: Vec<u8>,
        name: Option<&Slug>,
        base_url: Option<&Url>,
    ) -> Result<ApiView> {
        let mut query = Vec::new();
        query.extend(name.map(|name| ("name", name.as_str())));
        query.extend(base_url.map(|url| ("base_url", url.as_str())));
        let mut url = self.url(&["apis"])?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        json(self.request(Method::POST, url).body(spec)).await
    }

    /// Hands each event of the API's newest version to `hear`, until it is
    /// mounted or has failed.
    pub async fn follow(
        &self,
        api: &str,
        mut hear: impl AsyncFnMut(StepEvent) -> Result<()>,
    ) -> Result<()> {
        let request = self.request(Method::GET, self.url(&["apis", api, "events"])?);
        let mut body = checked(request).await?.bytes_stream();
        let mut buffer = Vec::new();
        while let Some(chunk) = body.next().await {
            buffer.extend_from_slice(&chunk.map_err(|error| lost(&error))?);
            while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = buffer.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data: ") {
                    let event = serde_json::from_slice(data).map_err(|error| strange(&error))?;
                    hear(event).await?;
                }
            }
        }
        Ok(())
    }

    pub async fn apis(&self) -> Result<Vec<ApiView>> {
        json(self.request(Method::GET, self.url(&["apis"])?)).await
    }

    /// The API named, or the names of all.
    pub async fn slugs(&self, api: Option<&str>) -> Result<Vec<String>> {
        match api {
            Some(api) => Ok(vec![api.to_owned()]),
            None => Ok(self
                .apis()
                .await?
                .iter()
                .map(|api| api.slug.to_string())
                .collect()),
        }
    }

    pub async fn api(&self, api: &str) -> Result<ApiView> {
        json(self.request(Method::GET, self.url(&["apis", api])?)).await
    }

    pub async fn remove(&self, api: &str) -> Result<()> {
        checked(self.request(Method::DELETE, self.url(&["apis", api])?))
            .await
            .map(drop)
    }

    pub async fn tools(&self, api: &str) -> Result<Vec<ToolView>> {
        json(self.request(Method::GET, self.url(&["apis", api, "tools"])?)).await
    }

    pub async fn status(&self, api: &str) -> Result<StatusView> {
        json(self.request(Method::GET, self.url(&["apis", api, "status"])?)).await
    }

    pub async fn restart(&self, api: &str) -> Result<StatusView> {
        json(self.request(Method::POST, self.url(&["apis", api, "restart"])?)).await
    }

    pub async fn logs(&self, api: &str, tail: usize) -> Result<Vec<LogLine>> {
        let mut url = self.url(&["apis", api, "logs"])?;
        url.query_pairs_mut().append_pair("tail", &tail.to_string());
        json(self.request(Method::GET, url)).await
    }

    pub async fn credentials(&self, api: &str) -> Result<Vec<CredentialView>> {
        json(self.request(Method::GET, self.url(&["apis", api, "credentials"])?)).await
    }

    pub async fn put_credential(
        &self,
        api: &str,
        scheme: &str,
        value: &SecretString,
    ) -> Result<()> {
        let url = self.url(&["apis", api, "credentials", scheme])?;
        let request = self
            .request(Method::PUT, url)
            .body(value.expose_secret().to_owned());
        checked(request.header("content-type", "text/plain; charset=utf-8"))
            .await
            .map(drop)
    }

    pub async fn remove_credential(&self, api: &str, scheme: &str) -> Result<()> {
        let url = self.url(&["apis", api, "credentials", scheme])?;
        checked(self.request(Method::DELETE, url)).await.map(drop)
    }

    pub async fn share(&self, api: &str, with: &str) -> Result<()> {
        checked(self.request(Method::PUT, self.url(&["apis", api, "mounts", with])?))
            .await
            .map(drop)
    }

    pub async fn users(&self) -> Result<Vec<serde_json::Value>> {
        json(self.request(Method::GET, self.url(&["users"])?)).await
    }

    pub async fn add_user(&self, name: &str) -> Result<serde_json::Value> {
        let body = serde_json::json!({ "name": name });
        json(
            self.request(Method::POST, self.url(&["users"])?)
                .json(&body),
        )
        .await
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http
            .request(method, url)
            .bearer_auth(self.token.expose_secret())
    }

    /// The segments below `/api/v1`, each encoded as one.
    fn url(&self, segments: &[&str]) -> Result<Url> {
        let mut url = Url::parse(&format!("{}/api/v1", self.base))
            .map_err(|error| Failure::new("The instance's address is no URL.").because(&error))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        Ok(url)
    }
}

/// A client that takes no proxy from the environment.
pub(super) fn client(redirects: Policy) -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().redirect(redirects)
}

async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    checked(request)
        .await?
        .json()
        .await
        .map_err(|error| strange(&error))
}

/// The response where it says success, else its problem as a failure.
async fn checked(request: RequestBuilder) -> Result<Response> {
    let response = request.send().await.map_err(|error| lost(&error))?;
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let text = response.bytes().await.unwrap_or_default();
    match serde_json::from_slice::<Problem>(&text) {
        Ok(problem) => Err(problem.into()),
        Err(_) => {
            let text = String::from_utf8_lossy(&text);
            Err(Failure::new(format!(
                "The instance answered {status}: {}",
                text.trim()
            )))
        }
    }
}

fn lost(error: &reqwest::Error) -> Failure {
    Failure::new("The instance does not answer.")
        .because(error)
        .hint("`toolmill status` says whether it runs; `toolmill up SPEC` starts one.")
}

fn strange(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::new("The instance's answer is not understood.")
        .because(error)
        .hint("Do the instance and this program have the same version?")
}
