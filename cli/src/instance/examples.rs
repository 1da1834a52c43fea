//! The upstreams of the bundled examples, run within the instance.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use async_trait::async_trait;
use petstore_upstream::{DEMO, Options, SPECIFICATION};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use toolmill_core::{Error, Result};
use toolmill_registry::{Examples, RunningExample};
use url::Url;

const PETSTORE: &str = "petstore";

pub struct BundledExamples {
    /// Where the upstreams keep their databases.
    folder: PathBuf,
    stop: CancellationToken,
    running: Mutex<HashMap<String, Url>>,
}

impl BundledExamples {
    pub fn new(folder: PathBuf, stop: CancellationToken) -> Self {
        Self {
            folder,
            stop,
            running: Mutex::default(),
        }
    }

    async fn start_petstore(&self, previous: Option<&Url>) -> Result<Url> {
        let failed = |error: std::io::Error| {
            Error::unavailable(
                "The example's upstream cannot be started.",
                "See whether the data directory is writable and its disk has space.",
            )
            .caused_by(error)
        };
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        let listener = listen(previous).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let options = Options::demo(self.folder.join("petstore.db"));
        let stop = self.stop.clone().cancelled_owned();
        tokio::spawn(async move {
            if let Err(error) = petstore_upstream::serve(listener, options, stop).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the example's upstream ended"
                );
            }
        });
        Url::parse(&format!("http://{address}"))
            .map_err(|error| Error::internal("The example's address is no URL.", error))
    }
}

#[async_trait]
impl Examples for BundledExamples {
    fn recognise(&self, spec: &[u8]) -> Option<&'static str> {
        (spec == SPECIFICATION.as_bytes()).then_some(PETSTORE)
    }

    async fn start(&self, name: &str, previous: Option<&Url>) -> Result<RunningExample> {
        if name != PETSTORE {
            return Err(Error::not_found("example", name));
        }
        let mut running = self.running.lock().await;
        let base_url = match running.get(name) {
            Some(url) => url.clone(),
            None => {
                let url = self.start_petstore(previous).await?;
                running.insert(name.to_owned(), url.clone());
                url
            }
        };
        let credentials = vec![
            ("api_key", DEMO.api_key.into()),
            ("store_token", DEMO.token.into()),
        ];
        Ok(RunningExample {
            base_url,
            credentials,
        })
    }
}

/// At the previous address where that is free, so that what was deployed
/// stays true; else at any.
async fn listen(previous: Option<&Url>) -> std::io::Result<TcpListener> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    if let Some(port) = previous.and_then(Url::port)
        && let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
    {
        return Ok(listener);
    }
    TcpListener::bind(any).await
}
