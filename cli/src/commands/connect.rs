//! `toolmill connect`: MCP on stdin and stdout, passed on to the running hub.
//!
//! For clients that start a program instead of dialing a URL. Every line from
//! stdin is posted as it stands; every JSON answer becomes a line on stdout.

use std::sync::Arc;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{Mutex, mpsc};

use super::Context;
use crate::client::Instance;
use crate::failure::{Failure, Result};

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";

pub async fn connect(context: &Context) -> Result<()> {
    let bridge = Arc::new(Bridge::new(context.instance().await?));
    let (answers, mut to_print) = mpsc::unbounded_channel::<String>();
    let printer = tokio::spawn(async move {
        let mut stdout = tokio::io::stdout();
        while let Some(line) = to_print.recv().await {
            let line = format!("{line}\n");
            if stdout.write_all(line.as_bytes()).await.is_err() || stdout.flush().await.is_err() {
                break;
            }
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let failed =
        |error: std::io::Error| Failure::new("Standard input cannot be read.").because(&error);
    while let Some(line) = lines.next_line().await.map_err(failed)? {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            let error = json!({ "code": -32700, "message": "The line is not JSON." });
            let _ =
                answers.send(json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string());
            continue;
        };
        let (bridge, answers) = (Arc::clone(&bridge), answers.clone());
        // The session of an `initialize` must be known before what follows it.
        let first = message["method"] == "initialize";
        let sending = tokio::spawn(async move { bridge.pass(message, line, &answers).await });
        if first {
            let _ = sending.await;
        }
    }
    drop(answers);
    let _ = printer.await;
    Ok(())
}

struct Bridge {
    http: reqwest::Client,
    instance: Instance,
    /// Session and protocol version, once a legacy client has initialized.
    session: Mutex<Option<(String, String)>>,
}

impl Bridge {
    fn new(instance: Instance) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap_or_default();
        Self {
            http,
            instance,
            session: Mutex::default(),
        }
    }

    async fn pass(&self, message: Value, line: String, answers: &mpsc::UnboundedSender<String>) {
        let id = message.get("id").cloned();
        if let Err(error) = self.post(&message, line, answers).await
            && let Some(id) = id
        {
            let error =
                json!({ "code": -32603, "message": format!("The hub does not answer: {error}.") });
            let _ = answers.send(json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string());
        }
    }

    async fn post(
        &self,
        message: &Value,
        line: String,
        answers: &mpsc::UnboundedSender<String>,
    ) -> Result<(), reqwest::Error> {
        let mut request = self
            .http
            .post(self.instance.mcp_url())
            .bearer_auth(self.instance.token().expose_secret())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream");
        for (name, value) in self.headers(message).await {
            request = request.header(name, value);
        }
        let response = request.body(line).send().await?;
        if let Some(session) = response
            .headers()
            .get(SESSION)
            .and_then(|value| value.to_str().ok())
        {
            let session = session.to_owned();
            let text = response.text().await?;
            let answer: Value = serde_json::from_str(&text).unwrap_or_default();
            let version = answer["result"]["protocolVersion"]
                .as_str()
                .unwrap_or_default();
            *self.session.lock().await = Some((session, version.to_owned()));
            let _ = answers.send(text);
            return Ok(());
        }
        print_body(response, answers).await
    }

    /// What the transport wants repeated outside the body.
    async fn headers(&self, message: &Value) -> Vec<(&'static str, String)> {
        let params = &message["params"];
        if let Some(version) = params["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str() {
            let mut headers = vec![(VERSION, version.to_owned())];
            let text = |value: &Value| value.as_str().map(str::to_owned);
            headers.extend(text(&message["method"]).map(|method| ("mcp-method", method)));
            let name = text(&params["name"]).or_else(|| text(&params["uri"]));
            headers.extend(name.map(|name| ("mcp-name", name)));
            return headers;
        }
        match &*self.session.lock().await {
            Some((session, version)) => {
                vec![(SESSION, session.clone()), (VERSION, version.clone())]
            }
            None => Vec::new(),
        }
    }
}

/// A JSON body is one answer; an event stream is one a `data:` line.
async fn print_body(
    mut response: reqwest::Response,
    answers: &mpsc::UnboundedSender<String>,
) -> Result<(), reqwest::Error> {
    let events = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    if !events {
        let text = response.text().await?;
        if !text.trim().is_empty() {
            let _ = answers.send(text);
        }
        return Ok(());
    }
    let mut buffer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        buffer.extend_from_slice(&chunk);
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            if let Some(data) = line.strip_prefix(b"data:") {
                let _ = answers.send(String::from_utf8_lossy(data).trim().to_owned());
            }
        }
    }
    Ok(())
}
