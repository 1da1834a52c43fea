//! One specification's server, a recorder as its API, and an MCP client.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::clients::{self, Client, Era};
use super::recorder::{Answer, Recorded, Upstream, message};
use super::toolmill;

/// A specification of `traps/specs`.
pub fn specification(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/traps/specs");
    folder.join(format!("{name}.yaml"))
}

/// How a server is started: `toolmill run SPEC`, and what follows.
pub struct Start {
    spec: PathBuf,
    /// Appended to the upstream's origin; `None` leaves the choice to the specification.
    base_path: Option<String>,
    credentials: Option<Value>,
    /// A file of root certificates, in place of the usual ones.
    roots: Option<PathBuf>,
    /// A file of limits.
    limits: Option<PathBuf>,
}

impl Start {
    pub fn of(spec: impl Into<PathBuf>) -> Self {
        Self {
            spec: spec.into(),
            base_path: Some("/v1".to_owned()),
            credentials: None,
            roots: None,
            limits: None,
        }
    }

    pub fn base_path(mut self, path: Option<&str>) -> Self {
        self.base_path = path.map(str::to_owned);
        self
    }

    pub fn credentials(mut self, values: Value) -> Self {
        self.credentials = Some(values);
        self
    }

    pub fn roots(mut self, file: &Path) -> Self {
        self.roots = Some(file.to_owned());
        self
    }

    pub fn limits(mut self, file: &Path) -> Self {
        self.limits = Some(file.to_owned());
        self
    }

    pub async fn start(self) -> Api {
        self.start_for(Upstream::start().await).await
    }

    /// The answer to a message that a server gets on its standard input.
    pub fn over_stdio(&self, origin: &str, message: &str) -> Value {
        let mut child = self.command(origin).arg("--stdio").spawn();
        let child = child.as_mut().expect("toolmill starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        writeln!(stdin, "{message}").expect("written");
        let stdout = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        drop(stdin);
        assert!(child.wait().expect("an end").success());
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// `toolmill run` of the specification, for the API at an origin.
    fn command(&self, origin: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolmill"));
        command
            .arg("run")
            .arg(&self.spec)
            .args(["--name", "traps"])
            .env("TOOLMILL_CACHE_DIR", toolmill::cache())
            // Binaries are found by the hash of what they are made from.
            .env("TOOLMILL_DATA_DIR", toolmill::cache().join("traps"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(path) = &self.base_path {
            command.args(["--base-url", &format!("{origin}{path}")]);
        }
        if let Some(file) = &self.roots {
            command.env("SSL_CERT_FILE", file);
        }
        if let Some(file) = &self.limits {
            command.env("TOOLMILL_LIMITS", file);
        }
        command
    }

    pub async fn start_for(self, upstream: Upstream) -> Api {
        let server = Server::once_built(&self, &upstream.origin);
        let client = Client::connect(&server.url, "unused", Era::Modern).await;
        let tools = client.tools().await;
        Api {
            upstream,
            client,
            tools,
            server,
        }
    }
}

/// A server that runs for one test.
pub struct Api {
    pub upstream: Upstream,
    pub server: Server,
    pub tools: Vec<Value>,
    client: Client,
}

impl Api {
    /// The server of a specification of `traps/specs`, for an API at `/v1`.
    pub async fn of(name: &str) -> Self {
        Start::of(specification(name)).start().await
    }

    /// The tool as it is listed.
    pub fn tool(&self, name: &str) -> &Value {
        let found = self.tools.iter().find(|tool| tool["name"] == name);
        found.unwrap_or_else(|| panic!("no tool `{name}` among {:?}", self.names()))
    }

    /// The arguments' schemas.
    pub fn properties(&self, tool: &str) -> &Value {
        &self.tool(tool)["inputSchema"]["properties"]
    }

    pub fn names(&self) -> Vec<&str> {
        let names = self.tools.iter().map(|tool| tool["name"].as_str());
        names.map(|name| name.expect("a name")).collect()
    }

    /// Sends a JSON-RPC message of 2026-07-28 that calls a tool, byte by byte as it is given;
    /// the status and the text of the answer.
    pub async fn post(&self, tool: &str, message: String) -> (u16, String) {
        let headers = [("mcp-method", "tools/call"), ("mcp-name", tool)];
        post(&self.server.url, "unused", &headers, message).await
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Called {
        let result = self.client.call(tool, arguments).await;
        let result = serde_json::to_value(result).expect("JSON");
        self.check(tool, &result);
        Called {
            result,
            requests: self.upstream.take(),
        }
    }

    /// Calls a tool whose request is answered so.
    pub async fn answered(
        &self,
        tool: &str,
        status: &str,
        headers: &[&str],
        body: impl AsRef<[u8]>,
    ) -> Called {
        let bytes = message(status, headers, body);
        self.upstream.answers_once(Answer::Bytes(bytes));
        self.call(tool, Value::Object(serde_json::Map::new())).await
    }

    /// As many clients do: what a success says must be what the tool's `outputSchema`
    /// promised (MCP, Tools, Output Schema).
    fn check(&self, tool: &str, result: &Value) {
        let schema = &self.tool(tool)["outputSchema"];
        if schema.is_null() || result["isError"] == true {
            return;
        }
        let content = &result["structuredContent"];
        let validator = jsonschema::validator_for(schema).expect("a schema");
        let fault = validator.validate(content).err();
        assert!(fault.is_none(), "{tool}: {fault:?} in {result}");
    }
}

/// Posts a body as a client of 2026-07-28, with more headers.
pub async fn post(url: &str, token: &str, headers: &[(&str, &str)], body: String) -> (u16, String) {
    let version = [("mcp-protocol-version", "2026-07-28")];
    post_plainly(url, token, &[&version, headers].concat(), body).await
}

/// Posts a body with such headers only as clients of all versions send, and these.
pub async fn post_plainly(
    url: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: String,
) -> (u16, String) {
    let mut request = clients::http().post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .bearer_auth(token)
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json");
    let answer = request.body(body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("text"))
}

/// The JSON-RPC message of 2026-07-28 that calls a tool.
pub fn calling(tool: &str, arguments: &Value) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

/// The same in versions before that.
pub fn calling_as_before(tool: &str, arguments: &Value) -> String {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

/// What came of a call.
#[derive(Debug)]
pub struct Called {
    pub result: Value,
    pub requests: Vec<Recorded>,
}

impl Called {
    /// The only request of a call that succeeded.
    pub fn request(&self) -> &Recorded {
        assert_ne!(self.result["isError"], true, "{}", self.result);
        assert_eq!(self.requests.len(), 1, "one request: {:?}", self.requests);
        &self.requests[0]
    }

    /// The call made exactly the request `METHOD TARGET`.
    pub fn sends(&self, asked: &str) -> &Recorded {
        let request = self.request();
        assert_eq!(request.asked(), asked);
        request
    }

    /// The call sent nothing, and its error says all of `parts`.
    pub fn refused(&self, parts: &[&str]) -> &str {
        assert!(self.requests.is_empty(), "sent: {:?}", self.requests);
        self.fails(parts)
    }

    /// The call is an error that says all of `parts`.
    pub fn fails(&self, parts: &[&str]) -> &str {
        assert_eq!(self.result["isError"], true, "{}", self.result);
        let text = self.text();
        for part in parts {
            assert!(text.contains(part), "`{part}` in: {text}");
        }
        text
    }

    /// The structured content of a success.
    pub fn value(&self) -> &Value {
        assert_ne!(self.result["isError"], true, "{}", self.result);
        &self.result["structuredContent"]
    }

    /// The first text.
    pub fn text(&self) -> &str {
        let text = self.result["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("no text: {}", self.result))
    }
}

/// The process; it ends with the value.
pub struct Server {
    child: Child,
    log: NamedTempFile,
    /// Where its MCP endpoint is.
    pub url: String,
}

impl Server {
    /// Tests of one specification wait for the first of them to build it.
    fn once_built(start: &Start, origin: &str) -> Self {
        static BUILT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if built.contains(&start.spec) {
            drop(built);
            return Self::run(start, origin);
        }
        let server = Self::run(start, origin);
        built.insert(start.spec.clone());
        server
    }

    fn run(start: &Start, origin: &str) -> Self {
        let log = NamedTempFile::new().expect("a file");
        let mut command = start.command(origin);
        command
            .args(["--port", "0"])
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .stderr(log.reopen().expect("a handle"));
        let credentials = start.credentials.as_ref().map(|values| {
            let file = NamedTempFile::new().expect("a file");
            std::fs::write(file.path(), values.to_string()).expect("written");
            file
        });
        if let Some(file) = &credentials {
            command.arg("--credentials").arg(file.path());
        }
        let mut child = command.spawn().expect("toolmill starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut server = Self {
            child,
            log,
            url: String::new(),
        };
        stdout.read_line(&mut server.url).expect("a line");
        let end = server.url.trim_end().len();
        server.url.truncate(end);
        assert!(server.url.starts_with("http://"), "{}", server.log());
        server
    }

    /// The most memory it has had, in KiB.
    pub fn peak(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number
            .and_then(|number| number.parse().ok())
            .expect("a number")
    }

    /// What it wrote to stderr so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("text")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
