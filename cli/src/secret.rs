//! Credentials as given on the command line.

use std::io::Read;

use secrecy::SecretString;

use crate::failure::{Failure, Result};
use crate::ui;

/// `@FILE`, `-` for standard input, or the value itself, which draws a warning.
/// Line ends around it are not part of it.
///
/// # Errors
/// Where the file or standard input cannot be read.
pub fn read(scheme: &str, value: &str) -> Result<SecretString> {
    let text = if let Some(path) = value.strip_prefix('@') {
        std::fs::read_to_string(path).map_err(|error| {
            Failure::new(format!(
                "The credential for `{scheme}` cannot be read from `{path}`."
            ))
            .because(&error)
        })?
    } else if value == "-" {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| {
                Failure::new(format!(
                    "The credential for `{scheme}` cannot be read from standard input."
                ))
                .because(&error)
            })?;
        text
    } else {
        ui::warn(format!(
            "Others on this machine can see the credential for `{scheme}` in the process list; `{scheme}=@FILE` or `{scheme}=-` hides it."
        ));
        value.to_owned()
    };
    Ok(SecretString::from(text.trim_matches(['\r', '\n'])))
}

/// Splits `SCHEME=…`.
///
/// # Errors
/// Where there is no `=`. The text is not repeated, as it may be a secret.
pub fn split(argument: &str) -> Result<(&str, &str)> {
    argument
        .split_once('=')
        .filter(|(scheme, _)| !scheme.is_empty())
        .ok_or_else(|| {
            Failure::new("A `--credential` has no scheme.").hint(
                "Write `--credential SCHEME=@FILE`, with the scheme's name in the specification.",
            )
        })
}
