//! An instance whose API is a recorder.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::clients::{Client, Era};
use crate::support::recorder::Upstream;
use crate::support::served::{post, specification};
use crate::support::toolmill::finish;
use crate::support::{Home, Instance};

/// A tool of [`World`]'s API.
pub const TOOL: &str = "hostile__getFile";

/// An instance with one API, its owner, and a guest with a credential of the own.
pub struct World {
    pub upstream: Upstream,
    pub instance: Instance,
    pub guest: String,
    home: Home,
}

impl World {
    pub async fn new() -> Self {
        let upstream = Upstream::start().await;
        let home = Home::new();
        let key = home.path().join("key");
        std::fs::write(&key, "owners-key").expect("written");
        let spec = specification("hostile");
        let credential = format!("token=@{}", key.display());
        let base_url = format!("{}/v1", upstream.origin);
        let instance = Instance::up(
            &home,
            &[
                &spec.to_string_lossy(),
                "--name",
                "hostile",
                "--engine",
                "process",
                "--base-url",
                &base_url,
                "--credential",
                &credential,
            ],
        );
        let guest = home.json(&["user", "add", "guest"]);
        let guest = guest["token"].as_str().expect("a token").to_owned();
        Self {
            upstream,
            instance,
            guest,
            home,
        }
    }

    /// Lets the guest use the API too.
    pub async fn share(&self) {
        self.home.json(&["share", "hostile", "--with", "guest"]);
        let command = ["credential", "set", "hostile", "token", "guests-key"];
        let mut set = self.home.command();
        set.args(command).env("TOOLMILL_TOKEN", &self.guest);
        let set = finish(&mut set);
        assert_eq!(set.code, Some(0), "{}", set.stderr);
    }

    pub async fn client(&self, token: &str) -> Client {
        Client::connect(self.instance.mcp_url(), token, Era::Modern).await
    }

    /// Posts a message as the owner; the status and the JSON-RPC answer.
    pub async fn post(&self, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        let url = self.instance.mcp_url();
        let (status, text) = post(url, self.instance.token(), headers, body.to_owned()).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Sends bytes as they are; the answer's status, and its body.
    pub fn raw(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.authority()).expect("a connection");
        let length = body.len();
        let request = format!("{head}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("text");
        let status = answer.split(' ').nth(1).expect("a status");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.parse().expect("a number"), body.to_owned())
    }

    pub fn authority(&self) -> &str {
        let url = self.instance.mcp_url();
        let rest = url.strip_prefix("http://").expect("a URL");
        rest.strip_suffix("/mcp").expect("the endpoint")
    }
}
