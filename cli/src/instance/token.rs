//! The local user's token, in an owner-only file of the data directory. The
//! database keeps only its hash.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::failure::{Failure, Result};

/// The token of the file, made where there is none.
///
/// # Errors
/// Where the file can be neither read nor made.
pub fn ensure(path: &Path) -> Result<SecretString> {
    if path.exists() {
        return read(path);
    }
    let token = toolmill_vault::new_token()?;
    // Written aside and renamed, so that a half-written token is never read.
    let aside = path.with_extension("new");
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)
        .and_then(|mut file| {
            file.write_all(token.expose_secret().as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&aside, path))
        .map_err(|error| {
            Failure::missing(
                format!("The token file `{}` cannot be written.", path.display()),
                "See whether the disk has space.",
            )
            .because(&error)
        })?;
    Ok(token)
}

/// The token of the file.
///
/// # Errors
/// Where there is none.
pub fn read(path: &Path) -> Result<SecretString> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(format!(
            "The token file `{}` cannot be read.",
            path.display()
        ))
        .hint("It is made when an instance starts: `toolmill up SPEC`.")
        .because(&error)
    })?;
    Ok(SecretString::from(text.trim()))
}
