//! The file that holds the key-encryption key.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use toolmill_core::{Error, Result};
use zeroize::Zeroizing;

use crate::random;

const COMMENT: &str = "\
# The key-encryption key of a Toolmill instance: an id and 32 bytes in base64.
# Who has it can open every credential in the database; without it nobody can.
# Keep a copy, and keep it apart from copies of the database.
";

/// Far more than the comment and one key.
const LONGEST: u64 = 4096;

/// The key-encryption key and the name it goes by in sealed records.
pub(crate) struct Entry {
    pub id: String,
    pub key: Zeroizing<[u8; 32]>,
}

pub(crate) fn read_or_create(path: &Path) -> Result<Entry> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path)?;
            File::open(path)
        }
        opened => opened,
    };
    let unreadable = |error| {
        Error::unavailable(
            format!("The key file `{}` cannot be read.", path.display()),
            "Make sure that it belongs to the user that Toolmill runs as.",
        )
        .caused_by(error)
    };
    let file = file.map_err(unreadable)?;
    // Asked of the open file, which nobody can exchange any more.
    check_access(path, &file.metadata().map_err(unreadable)?)?;
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize));
    file.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    parse(&text).ok_or_else(|| {
        Error::unavailable(
            format!("The key file `{}` holds no key.", path.display()),
            "It has one line of an id and 32 bytes in base64: restore it from a copy.",
        )
    })
}

/// Writes a new key aside and gives it its name only when it is on the disk, so
/// that a half-written key is never read. A file that is there by then stays.
fn create(path: &Path) -> Result<()> {
    let id = hex::encode(random::bytes::<4>()?);
    let key = random::key()?;
    let text = Zeroizing::new(format!(
        "{COMMENT}{id} {}\n",
        *Zeroizing::new(STANDARD.encode(key.as_slice()))
    ));
    write_new(path, text.as_bytes()).map_err(|error| {
        Error::unavailable(
            format!("The key file `{}` cannot be made.", path.display()),
            "Make sure that its folder exists, is writable and has space.",
        )
        .caused_by(error)
    })
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Made with mode 0600.
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    aside.write_all(text)?;
    aside.as_file().sync_all()?;
    match aside.persist_noclobber(path) {
        Ok(_) => File::open(folder)?.sync_all(),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

fn check_access(path: &Path, file: &std::fs::Metadata) -> Result<()> {
    let refuse = |what: &str, hint: String| {
        let message = format!("The key file `{}` {what}.", path.display());
        Err(Error::unavailable(message, hint))
    };
    if !file.is_file() {
        return refuse("is not a file", "Name a file, or none yet.".to_owned());
    }
    if file.uid() != rustix::process::geteuid().as_raw() {
        return refuse(
            "belongs to another user",
            "Run Toolmill as that user, or give it a file of its own.".to_owned(),
        );
    }
    if file.mode() & 0o077 != 0 {
        return refuse(
            "can be read by others",
            format!(
                "Run `chmod 600 {}`; if somebody may have read it, replace the credentials.",
                path.display()
            ),
        );
    }
    Ok(())
}

fn parse(text: &str) -> Option<Entry> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (id, encoded) = lines.next()?.split_once(' ')?;
    let is_id = id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_id || lines.next().is_some() {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    let decoded = STANDARD.decode_slice(encoded, key.as_mut_slice()).ok()?;
    (decoded == key.len()).then(|| Entry {
        id: id.to_owned(),
        key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_id_and_key_is_read() {
        let key = STANDARD.encode([7; 32]);
        let entry = parse(&format!("# comment\n\n0123abcd {key}\n")).expect("it is a key");
        assert_eq!(entry.id, "0123abcd");
        assert_eq!(*entry.key, [7; 32]);
    }

    #[test]
    fn other_texts_are_refused() {
        let key = STANDARD.encode([7; 32]);
        for text in [
            String::new(),
            "# only a comment".to_owned(),
            key.clone(),
            format!("0123abcd {key}\n0123abce {key}"),
            format!("0123abc {key}"),
            format!("0123abcx {key}"),
            format!("0123abcd {}", STANDARD.encode([7; 31])),
            format!("0123abcd {}", STANDARD.encode([7; 33])),
            format!("0123abcd {}", &key[1..]),
            "0123abcd".to_owned(),
        ] {
            assert!(parse(&text).is_none(), "{text}");
        }
    }
}
