//! One client on standard input and output, with one message in each line.

use std::{io, pin::Pin};

use rmcp::{
    ErrorData, RoleServer,
    model::{ClientJsonRpcMessage, ErrorCode, GetExtensions as _, ServerJsonRpcMessage},
    transport::{
        Transport,
        async_rw::{AsyncRwTransport, DEFAULT_MAX_LINE_LENGTH},
    },
};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, BufReader, Empty, Stdin, Stdout};

use crate::message;

/// Some write one before their first message.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// rmcp's own transport does the writing. Reading is done here, where the text of a message can be
/// looked through.
pub(crate) struct Stdio {
    lines: Lines<BufReader<Stdin>>,
    output: AsyncRwTransport<RoleServer, Empty, Stdout>,
    /// A refusal that is being written.
    refusing: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send>>>,
}

impl Stdio {
    pub(crate) fn new() -> Self {
        Self {
            lines: Lines::of(BufReader::new(tokio::io::stdin())),
            output: AsyncRwTransport::new(tokio::io::empty(), tokio::io::stdout()),
            refusing: None,
        }
    }

    /// Whatever is waited for here goes on where it was when it is asked for again.
    async fn next(&mut self) -> io::Result<Option<ClientJsonRpcMessage>> {
        loop {
            if let Some(refusing) = &mut self.refusing {
                let written = refusing.await;
                self.refusing = None;
                written?;
            }
            let Some(line) = self.lines.next().await? else {
                return Ok(None);
            };
            let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
            match read(text) {
                Ok(message) => return Ok(Some(message)),
                Err(error) => {
                    let is_garbled = error.code == ErrorCode::PARSE_ERROR;
                    let refusal = message::refusal(error, text);
                    // As others do: to answer what may be no message at all could go on for ever.
                    // A request with half a surrogate pair has an id, and a client that waits.
                    if !is_garbled || has_id(&refusal) {
                        self.refusing = Some(Box::pin(self.output.send(refusal)));
                    }
                }
            }
        }
    }
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.output.send(message)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.next().await.unwrap_or_else(|error| {
            eprintln!("The client can not be heard: {error}.");
            None
        })
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.close().await
    }
}

fn has_id(refusal: &ServerJsonRpcMessage) -> bool {
    matches!(refusal, ServerJsonRpcMessage::Error(error) if error.id.is_some())
}

fn read(text: &[u8]) -> Result<ClientJsonRpcMessage, ErrorData> {
    let repeated = message::look_through(text)?.repeated;
    let mut message = serde_json::from_slice(text).map_err(|error| {
        let said = format!("The message is none of MCP: {error}.");
        ErrorData::invalid_request(said, None)
    })?;
    if let (ClientJsonRpcMessage::Request(request), Some(repeated)) = (&mut message, repeated) {
        request.request.extensions_mut().insert(repeated);
    }
    Ok(message)
}

/// Lines of a bounded length.
struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    /// The line is too long, and passed over.
    is_overlong: bool,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    fn of(reader: R) -> Self {
        Self {
            reader,
            line: Vec::new(),
            is_overlong: false,
        }
    }

    /// The next line that is not too long; nothing where the last one has ended.
    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let read = self.reader.fill_buf().await?;
            if read.is_empty() {
                return Ok(None);
            }
            let end = memchr::memchr(b'\n', read);
            let taken = end.map_or(read.len(), |end| end + 1);
            self.is_overlong |= self.line.len() + taken > DEFAULT_MAX_LINE_LENGTH;
            match self.is_overlong {
                true => self.line.clear(),
                false => self.line.extend_from_slice(&read[..taken]),
            }
            self.reader.consume(taken);
            if end.is_some() && !std::mem::take(&mut self.is_overlong) {
                return Ok(Some(std::mem::take(&mut self.line)));
            }
        }
    }
}
