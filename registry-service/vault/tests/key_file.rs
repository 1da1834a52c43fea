//! The key file: made once, kept, and refused where it is not safe.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::thread;

use tempfile::TempDir;
use toolmill_core::Error;
use toolmill_vault::Vault;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder is made")
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode is set");
}

/// What is said where the file is refused. It stays as it was.
#[track_caller]
fn refusal(path: &Path) -> String {
    let before = fs::read(path).ok();
    let error = Vault::open(path).expect_err("it is refused");
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert!(error.hint().is_some());
    assert_eq!(fs::read(path).ok(), before);
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    message
}

#[test]
fn it_is_made_for_the_owner_alone() {
    let folder = folder();
    let path = folder.path().join("key");
    Vault::open(&path).expect("the vault opens");
    let mode = fs::metadata(&path).expect("it is there").mode();
    assert_eq!(mode & 0o777, 0o600);
    let files = fs::read_dir(folder.path()).expect("the folder is read");
    assert_eq!(files.count(), 1, "nothing else is left");
    let text = fs::read_to_string(&path).expect("it is text");
    let keys = text.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(keys, 1);
}

#[test]
fn it_is_never_overwritten() {
    let folder = folder();
    let path = folder.path().join("key");
    Vault::open(&path).expect("the vault opens");
    let before = fs::read(&path).expect("it is read");
    Vault::open(&path).expect("the vault opens again");
    set_mode(&path, 0o400);
    Vault::open(&path).expect("the vault opens read-only");
    assert_eq!(fs::read(&path).expect("it is read"), before);
}

#[test]
fn those_who_start_at_once_get_one_key() {
    let folder = folder();
    let path = folder.path().join("key");
    let vaults: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| format!("{:?}", Vault::open(&path).expect("it opens"))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it ends"))
            .collect()
    });
    let ids: HashSet<String> = vaults.into_iter().collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[test]
fn each_instance_has_its_own() {
    let folder = folder();
    let made = |name: &str| {
        let path = folder.path().join(name);
        Vault::open(&path).expect("the vault opens");
        fs::read(path).expect("it is read")
    };
    assert_ne!(made("one"), made("two"));
}

#[test]
fn one_that_others_can_read_is_refused() {
    let folder = folder();
    let path = folder.path().join("key");
    Vault::open(&path).expect("the vault opens");
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666] {
        set_mode(&path, mode);
        assert!(refusal(&path).contains("can be read by others"), "{mode:o}");
    }
    set_mode(&path, 0o600);
    Vault::open(&path).expect("the control opens");
}

#[test]
fn one_of_another_user_is_refused() {
    let folder = folder();
    let path = folder.path().join("key");
    Vault::open(&path).expect("the vault opens");
    let me = fs::metadata(&path).expect("it is there").uid();
    if chown(&path, Some(me + 1), None).is_err() {
        eprintln!("not tried: only root may give a file away");
        return;
    }
    assert!(refusal(&path).contains("belongs to another user"));
    chown(&path, Some(me), None).expect("it is taken back");
    Vault::open(&path).expect("the control opens");
}

#[test]
fn one_behind_a_link_is_checked_itself() {
    let folder = folder();
    let (path, link) = (folder.path().join("key"), folder.path().join("link"));
    Vault::open(&path).expect("the vault opens");
    symlink(&path, &link).expect("the link is made");
    Vault::open(&link).expect("a mounted secret is often a link");
    set_mode(&path, 0o644);
    assert!(refusal(&link).contains("can be read by others"));
}

#[test]
fn what_is_no_key_is_refused() {
    let folder = folder();
    let path = folder.path().join("key");
    for text in ["", "no key", "# only a comment\n", "0123abcd AAAA\n"] {
        fs::write(&path, text).expect("it is written");
        set_mode(&path, 0o600);
        assert!(refusal(&path).contains("holds no key"), "{text}");
    }
    fs::write(&path, [0xff; 64]).expect("it is written");
    assert!(refusal(&path).contains("cannot be read"));
    assert!(refusal(folder.path()).contains("is not a file"));
    assert!(refusal(&folder.path().join("missing/key")).contains("cannot be made"));
}
