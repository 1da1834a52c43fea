//! The command line of every generated server.

use std::{ffi::OsString, path::PathBuf};

use crate::{Server, limits::Limits};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Serve(Box<Settings>),
    Help,
    Version,
}

/// How to serve.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: Listen,
    pub(crate) base_url: Option<String>,
    pub(crate) credentials: Option<PathBuf>,
    /// The folder from which arguments may send files.
    pub(crate) files_from: Option<PathBuf>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) limits: Limits,
}

/// Where clients reach the server.
#[derive(Debug)]
pub(crate) enum Listen {
    Stdio,
    Tcp {
        host: String,
        port: u16,
    },
    /// Run by the platform: clients come by `socket`, requests leave by `egress`.
    Socket {
        socket: PathBuf,
        egress: PathBuf,
    },
}

/// The port where none is given.
const PORT: u16 = 8000;

/// Reads the arguments that follow the program's name, and the environment's `BASE_URL`.
///
/// # Errors
/// A sentence for the person at the keyboard.
pub(crate) fn parse(
    arguments: impl Iterator<Item = OsString>,
    base_url: Option<OsString>,
) -> Result<Command, String> {
    let mut given = Given::default();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(OsString::from(value))),
            None => (text.into_owned(), None),
        };
        match name.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--stdio" => given.stdio = true,
            _ => {
                let value = value.or_else(|| arguments.next());
                given.set(&name, value)?;
            }
        }
    }
    if given.base_url.is_none() {
        given.base_url = base_url
            .and_then(|url| url.into_string().ok())
            .filter(|url| !url.is_empty());
    }
    given.settle().map(Box::new).map(Command::Serve)
}

#[derive(Debug, Default)]
struct Given {
    stdio: bool,
    host: Option<String>,
    port: Option<u16>,
    socket: Option<PathBuf>,
    egress: Option<PathBuf>,
    base_url: Option<String>,
    credentials: Option<PathBuf>,
    files_from: Option<PathBuf>,
    allowed_hosts: Vec<String>,
    allowed_origins: Vec<String>,
    limits: Limits,
}

impl Given {
    fn set(&mut self, name: &str, value: Option<OsString>) -> Result<(), String> {
        const KNOWN: &[&str] = &[
            "--host",
            "--port",
            "--socket",
            "--egress",
            "--base-url",
            "--credentials",
            "--files-from",
            "--allowed-host",
            "--allowed-origin",
            "--limit",
        ];
        if !KNOWN.contains(&name) {
            return Err(format!(
                "`{name}` is not an option of this server; `--help` lists them."
            ));
        }
        let value = value.ok_or_else(|| format!("`{name}` needs a value."))?;
        match name {
            "--socket" => self.socket = Some(value.into()),
            "--egress" => self.egress = Some(value.into()),
            "--credentials" => self.credentials = Some(value.into()),
            "--files-from" => self.files_from = Some(value.into()),
            _ => {
                let text = value
                    .into_string()
                    .map_err(|_| format!("`{name}` takes UTF-8 text."))?;
                self.set_text(name, text)?;
            }
        }
        Ok(())
    }

    fn set_text(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "--host" => self.host = Some(value),
            "--port" => {
                let port = value.parse();
                self.port = Some(port.map_err(|_| {
                    format!("`--port {value}` is not a port; give a number from 0 to 65535.")
                })?);
            }
            "--base-url" => self.base_url = Some(value),
            "--allowed-host" => self.allowed_hosts.push(value),
            "--limit" => self.limits.set(&value)?,
            _ => self.allowed_origins.push(value),
        }
        Ok(())
    }

    fn settle(self) -> Result<Settings, String> {
        let tcp = self.port.is_some() || self.host.is_some();
        let listen = match (self.socket, self.egress) {
            _ if self.stdio && tcp => return Err(exclusive("--stdio", "--port")),
            (Some(_), _) if self.stdio => return Err(exclusive("--stdio", "--socket")),
            (Some(_), _) if tcp => return Err(exclusive("--socket", "--port")),
            (Some(_), Some(_)) if self.credentials.is_some() => {
                return Err(exclusive("--socket", "--credentials"));
            }
            (Some(_), Some(_)) if self.files_from.is_some() => {
                return Err(exclusive("--socket", "--files-from"));
            }
            (Some(socket), Some(egress)) => Listen::Socket { socket, egress },
            (Some(_), None) => return Err("`--socket` needs `--egress PATH` beside it.".into()),
            (None, Some(_)) => return Err("`--egress` needs `--socket PATH` beside it.".into()),
            (None, None) if self.stdio => Listen::Stdio,
            (None, None) => Listen::Tcp {
                host: self.host.unwrap_or_else(|| "127.0.0.1".into()),
                port: self.port.unwrap_or(PORT),
            },
        };
        Ok(Settings {
            listen,
            base_url: self.base_url,
            credentials: self.credentials,
            files_from: self.files_from,
            allowed_hosts: self.allowed_hosts,
            allowed_origins: self.allowed_origins,
            limits: self.limits,
        })
    }
}

fn exclusive(one: &str, other: &str) -> String {
    format!("`{one}` and `{other}` exclude each other; give one of them.")
}

/// The text of `--help`.
pub(crate) fn help(server: &Server) -> String {
    let mut text = format!(
        "Usage: {slug}-mcp [--stdio | --port N [--host ADDRESS] | --socket PATH --egress PATH] [OPTIONS]

Serves the API `{slug}` to MCP clients.

  --stdio                speak MCP on standard input and output
  --port N               listen on this TCP port (default {PORT}, 0 takes a free one)
  --host ADDRESS         listen on this address (default 127.0.0.1)
  --socket PATH          listen on this unix socket, as a server of the Toolmill platform
  --egress PATH          with --socket: send requests by this unix socket
  --base-url URL         the API's URL, in place of the one in its description
  --credentials FILE     a JSON file {{\"scheme\": \"value\"}}, in place of the environment
  --files-from DIR       let arguments send files below this folder, as `file:PATH`
  --allowed-host HOST    accept this Host header besides localhost (repeatable)
  --allowed-origin URL   accept this Origin header besides localhost (repeatable)
  --limit NAME=VALUE     change a limit of those below (repeatable)
  --help, --version

Environment:
  BASE_URL               as --base-url
  SSL_CERT_FILE          a PEM file of root certificates to trust beside those of Mozilla
",
        slug = server.slug
    );
    for scheme in server.security {
        text.push_str(&format!(
            "  {:<22} the credential of `{}`\n",
            scheme.environment,
            scheme.name.escape_default()
        ));
    }
    text.push_str("\nLimits:\n");
    for limit in Limits::listed() {
        text.push_str(&format!("  {limit}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        parse(
            line.split_whitespace().map(OsString::from),
            Some("http://environment".into()),
        )
    }

    fn settings(line: &str) -> Settings {
        match read(line) {
            Ok(Command::Serve(settings)) => *settings,
            other => panic!("`{line}` gave {other:?}"),
        }
    }

    #[test]
    fn a_bare_call_listens_on_the_loopback() {
        let settings = settings("");
        assert!(matches!(settings.listen, Listen::Tcp { host, port: 8000 } if host == "127.0.0.1"));
        assert_eq!(settings.base_url.as_deref(), Some("http://environment"));
    }

    #[test]
    fn values_follow_a_space_or_an_equals_sign() {
        let settings =
            settings("--port=0 --base-url http://given/v1?a=b --allowed-host a --allowed-host=b");
        assert!(matches!(settings.listen, Listen::Tcp { port: 0, .. }));
        assert_eq!(settings.base_url.as_deref(), Some("http://given/v1?a=b"));
        assert_eq!(settings.allowed_hosts, ["a", "b"]);
    }

    #[test]
    fn what_excludes_each_other_is_refused() {
        for line in [
            "--stdio --port 1",
            "--socket a --egress b --stdio",
            "--socket a --egress b --host c",
            "--socket a --egress b --credentials c",
            "--socket a --egress b --files-from c",
            "--socket a",
            "--egress b",
            "--port x",
            "--port",
            "--frobnicate",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
