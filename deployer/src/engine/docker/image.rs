//! An image of one static binary, written by hand.
//!
//! Its id is the hash of its configuration, so it is known before Docker has
//! seen it, and loading it twice changes nothing (Docker Image Specification
//! 1.2, "Combined Image JSON + Filesystem Changeset Format").

use std::fs;
use std::io;
use std::path::Path;

use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

/// Where a server finds its sockets.
pub(super) const INWARD: &str = "/run/toolmill/in";
pub(super) const OUTWARD: &str = "/run/toolmill/out";
/// The user that servers run as: `nonroot`, as many images call it.
pub(super) const USER: u32 = 65532;

/// An archive that `docker load` takes.
pub(super) struct Image {
    /// `sha256:…`
    pub id: String,
    pub archive: Bytes,
}

/// Makes the image of a binary. The same binary and labels make the same image.
pub(super) fn image(binary: &Path, labels: &serde_json::Value) -> io::Result<Image> {
    let layer = layer(&fs::read(binary)?)?;
    let layer_hash = hex::encode(Sha256::digest(&layer));
    let config = json!({
        "architecture": architecture(),
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Entrypoint": ["/server"],
            "User": format!("{USER}:{USER}"),
            "Labels": labels,
        },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer_hash}")] },
        "history": [{ "created": "1970-01-01T00:00:00Z", "created_by": "toolmill" }],
    })
    .to_string();
    let id = hex::encode(Sha256::digest(&config));
    let config_name = format!("{id}.json");
    let layer_name = format!("{layer_hash}/layer.tar");
    let manifest = json!([{ "Config": config_name, "RepoTags": null, "Layers": [layer_name] }]);

    let mut archive = Builder::new(Vec::new());
    add(&mut archive, &config_name, 0o444, config.as_bytes())?;
    add(&mut archive, &layer_name, 0o444, &layer)?;
    add(
        &mut archive,
        "manifest.json",
        0o444,
        manifest.to_string().as_bytes(),
    )?;
    Ok(Image {
        id: format!("sha256:{id}"),
        archive: archive.into_inner()?.into(),
    })
}

/// The binary, and the folders that the sockets are mounted on.
fn layer(binary: &[u8]) -> io::Result<Vec<u8>> {
    let mut layer = Builder::new(Vec::new());
    for folder in [
        "run/",
        "run/toolmill/",
        "run/toolmill/in/",
        "run/toolmill/out/",
    ] {
        let mut header = header(EntryType::Directory, 0o755, 0);
        layer.append_data(&mut header, folder, io::empty())?;
    }
    add(&mut layer, "server", 0o555, binary)?;
    layer.into_inner()
}

fn add(tar: &mut Builder<Vec<u8>>, name: &str, mode: u32, content: &[u8]) -> io::Result<()> {
    let mut header = header(EntryType::Regular, mode, content.len() as u64);
    tar.append_data(&mut header, name, content)
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// This machine's architecture in Go's words, which images use.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
