//! An API that writes down every byte it is sent.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What came, each with the client certificate (DER) of its connection.
type Requests = Arc<Mutex<Vec<(String, Option<Vec<u8>>)>>>;

/// Answers by path: what [`canned`] has for it, or a JSON document that names
/// the credential it was shown.
pub struct Upstream {
    pub port: u16,
    requests: Requests,
    connections: Arc<Mutex<u32>>,
    /// Told when a connection has ended.
    pub ended: Arc<Notify>,
}

impl Upstream {
    pub async fn start() -> Self {
        Self::listen("127.0.0.1:0", None).await
    }

    /// One that speaks TLS as the configuration says.
    pub async fn speaking(tls: ServerConfig) -> Self {
        Self::listen("127.0.0.1:0", Some(tls)).await
    }

    /// One that speaks TLS as `name`, and its certificate (DER).
    pub async fn secure(name: &str) -> (Self, Vec<u8>) {
        let certified = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a key");
        let certificate = certified.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())
            .expect("a certificate");
        (Self::speaking(config).await, certificate.to_vec())
    }

    /// At an address of this machine, with or without TLS.
    pub async fn listen(address: &str, tls: Option<ServerConfig>) -> Self {
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let listener = TcpListener::bind(address).await.expect("a port");
        let upstream = Self {
            port: listener.local_addr().expect("an address").port(),
            requests: Arc::default(),
            connections: Arc::default(),
            ended: Arc::default(),
        };
        let ended = upstream.ended.clone();
        let (requests, connections) = (upstream.requests.clone(), upstream.connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().expect("no panic") += 1;
                let (requests, ended) = (requests.clone(), ended.clone());
                match tls.clone() {
                    None => tokio::spawn(async move {
                        serve(stream, None, requests).await;
                        ended.notify_one();
                    }),
                    Some(tls) => tokio::spawn(async move {
                        if let Ok(stream) = tls.accept(stream).await {
                            let shown = stream.get_ref().1.peer_certificates();
                            let shown = shown.map(|chain| chain[0].to_vec());
                            serve(stream, shown, requests).await;
                        }
                    }),
                };
            }
        });
        upstream
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// All that came, each request with its head as it was sent.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock().expect("no panic");
        requests
            .iter()
            .map(|(request, _)| request.clone())
            .collect()
    }

    pub fn last(&self) -> String {
        self.requests().pop().expect("a request")
    }

    /// The client certificates that requests came with, each in its turn.
    pub fn certificates(&self) -> Vec<Option<Vec<u8>>> {
        let requests = self.requests.lock().expect("no panic");
        requests.iter().map(|(_, shown)| shown.clone()).collect()
    }

    pub fn connections(&self) -> u32 {
        *self.connections.lock().expect("no panic")
    }
}

/// The values of a header in a raw request.
pub fn header<'a>(request: &'a str, name: &str) -> Vec<&'a str> {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .filter(|(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

async fn serve<S>(mut stream: S, shown: Option<Vec<u8>>, requests: Requests)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut received = Vec::new();
    loop {
        let Some(length) = whole(&received) else {
            let mut part = [0; 8192];
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => return,
                Ok(read) => received.extend_from_slice(&part[..read]),
            }
            continue;
        };
        let request: Vec<u8> = received.drain(..length).collect();
        let request = String::from_utf8_lossy(&request).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let came = (request.clone(), shown.clone());
        requests.lock().expect("no panic").push(came);
        if !answer(&mut stream, &path, &request).await {
            return;
        }
    }
}

/// The length of the first request, once all of it is there.
fn whole(received: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(received);
    let head = text.find("\r\n\r\n")? + 4;
    if header(&text, "transfer-encoding") == ["chunked"] {
        return Some(head + text[head..].find("0\r\n\r\n")? + 5);
    }
    let body: usize = header(&text, "content-length")
        .first()
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    (received.len() >= head + body).then_some(head + body)
}

/// Says whether the connection stays.
async fn answer<S>(stream: &mut S, path: &str, request: &str) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let Some(coded) = coded(path, request) {
        return stream.write_all(&coded).await.is_ok();
    }
    let canned = match path.split('?').next().unwrap_or_default() {
        "/silent" => {
            // Until the other side gives up.
            stream.read_u8().await.ok();
            return false;
        }
        "/stalls" => {
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
            stream.write_all(head.as_bytes()).await.ok();
            stream.read_u8().await.ok();
            return false;
        }
        to if to.starts_with("/to") => redirect(path),
        "/echo" => echo(path, request),
        path => canned(path),
    };
    let text = canned.unwrap_or_else(|| {
        let shown = header(request, "authorization")
            .into_iter()
            .chain(header(request, "x-api-key"))
            .collect::<Vec<_>>();
        json(&format!("{{\"shown\":{shown:?}}}"))
    });
    stream.write_all(text.as_bytes()).await.is_ok() && !text.contains("connection: close")
}

fn json(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// `/to?303=URL`, and what is below it, is redirected there, with a grant that nobody gave.
fn redirect(path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let (status, location) = query.split_once('=')?;
    Some(format!(
        "HTTP/1.1 {status} Redirect\r\nlocation: {location}\r\ntoolmill-grant: forged\r\ncontent-length: 0\r\n\r\n"
    ))
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-');

/// `/echo?TEXT` answers with the text in a header and, in chunks of five bytes,
/// in the body; `/echo?sized=TEXT` with a body of known length. `KEY` in it stands
/// for the credential.
fn echo(path: &str, request: &str) -> Option<String> {
    let (_, text) = path.split_once('?')?;
    let key = header(request, "x-api-key").first()?.to_owned();
    let written = |key: &str| text.replace("KEY", key);
    let texts = [
        written(key),
        written(&BASE64_STANDARD.encode(key)),
        written(&utf8_percent_encode(key, UNRESERVED).to_string()),
    ];
    let body = texts.join(" ");
    let head = format!("HTTP/1.1 401 Unauthorized\r\nx-echo: {body}\r\n");
    if text.starts_with("sized") {
        return Some(format!(
            "{head}content-length: {}\r\n\r\n{body}",
            body.len()
        ));
    }
    let chunks = body.as_bytes().chunks(5);
    let chunks: String = chunks
        .map(|chunk| {
            format!(
                "{:x}\r\n{}\r\n",
                chunk.len(),
                String::from_utf8_lossy(chunk)
            )
        })
        .collect();
    Some(format!(
        "{head}transfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"
    ))
}

/// `/coded?CODING=TEXT` answers in gzip and says that it is this coding, whatever was
/// asked for; `KEY` is as above, and `ZEROS` eleven million of them. Of `/cut?` the end
/// is left out.
fn coded(path: &str, request: &str) -> Option<Vec<u8>> {
    let (kind, query) = path.split_once('?')?;
    if kind != "/coded" && kind != "/cut" {
        return None;
    }
    let (coding, text) = query.split_once('=')?;
    let key = header(request, "x-api-key");
    let text = text
        .replace("KEY", key.first().copied().unwrap_or_default())
        .replace("ZEROS", &"0".repeat(11_000_000));
    let mut body = GzEncoder::new(Vec::new(), Compression::best());
    body.write_all(text.as_bytes()).expect("memory");
    let mut body = body.finish().expect("memory");
    if kind == "/cut" {
        body.truncate(body.len() - 9);
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    if request.starts_with("HEAD ") {
        body.clear();
    }
    Some([head.into_bytes(), body].concat())
}

fn canned(path: &str) -> Option<String> {
    let (kind, number) = path
        .trim_start_matches('/')
        .split_once('-')
        .unwrap_or((&path[1..], ""));
    let number: usize = number.parse().unwrap_or(0);
    Some(match kind {
        "redirect" => {
            "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_owned()
        }
        "cookies" => "HTTP/1.1 200 OK\r\nset-cookie: a=b\r\nwww-authenticate: Basic\r\n\
             toolmill-broker-error: grant-invalid\r\nx-kept: 1\r\ncontent-length: 0\r\n\r\n"
            .to_owned(),
        "close" => "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok".to_owned(),
        "garbage" => "SMTP ready\r\n\r\n connection: close".to_owned(),
        "sized" => json(&"x".repeat(number)),
        "chunked" => {
            let part = "x".repeat(number);
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{number:x}\r\n{part}\r\n0\r\n\r\n"
            )
        }
        "headers" => {
            let headers: String = (0..number).map(|n| format!("x-{n}: 1\r\n")).collect();
            format!("HTTP/1.1 200 OK\r\n{headers}content-length: 0\r\n\r\n")
        }
        "head" => format!(
            "HTTP/1.1 200 OK\r\nx-long: {}\r\ncontent-length: 0\r\n\r\n",
            "x".repeat(number)
        ),
        _ => return None,
    })
}
