//! A running store, and an HTTP client for it.

use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, Method, Request, StatusCode, header::CONTENT_TYPE, request::Builder};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use petstore_upstream::{DEMO, DemoCaller, Error, GUEST, Options, serve};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub const BOTH: [DemoCaller; 2] = [DEMO, GUEST];

/// A store on a port of its own.
pub struct Store {
    origin: String,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), Error>>,
    folder: Option<TempDir>,
}

/// A request that is being put together.
pub struct Call {
    request: Builder,
    path: String,
    body: Bytes,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Store {
    /// A new store with the two demo callers.
    pub async fn demo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Self::open(Options::demo(database(folder.path()))).await;
        store.folder = Some(folder);
        store
    }

    pub async fn open(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, options, async {
            let _ = stopped.await;
        }));
        Self {
            origin,
            client: Client::builder(TokioExecutor::new()).build_http(),
            stop,
            task,
            folder: None,
        }
    }

    pub async fn send(&self, call: Call) -> Answer {
        let uri = format!("{}{}", self.origin, call.path);
        let request = call.request.uri(uri).body(Full::new(call.body)).unwrap();
        let response = self.client.request(request).await.unwrap();
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// Stops the store and waits until it has ended. The client's idle connections stay open.
    pub async fn close(self) -> Result<(), Error> {
        let _ = self.stop.send(());
        self.task.await.unwrap()
    }
}

/// Where a test keeps its database.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("petstore.sqlite3")
}

/// What `serve` says when it can't start.
pub async fn refusal(options: Options) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    serve(listener, options, std::future::pending())
        .await
        .unwrap_err()
}

impl Call {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            request: Request::builder().method(method),
            path: path.into(),
            body: Bytes::new(),
        }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("x-api-key", key)
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", &body.to_string())
    }

    pub fn body(mut self, media_type: &str, body: &str) -> Self {
        self.request = self.request.header(CONTENT_TYPE, media_type);
        self.body = Bytes::copy_from_slice(body.as_bytes());
        self
    }
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks that the answer is problem details of this status; returns the detail.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["title"], self.status.canonical_reason().unwrap());
        problem["detail"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// All challenges, one for each header.
    pub fn challenges(&self) -> Vec<&str> {
        let values = self.headers.get_all("www-authenticate").iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }
}
