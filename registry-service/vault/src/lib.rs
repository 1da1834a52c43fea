//! All the cryptography of Toolmill: sealed credentials, grants, and tokens.
//!
//! A credential is sealed under a random data key of its own, and the data key
//! under the key-encryption key of the instance, which is in an owner-only file
//! (AES-256-GCM, NIST SP 800-38D, both times). What is sealed is bound to the
//! tenant, user, API and scheme it was sealed for, so that a record that is
//! moved to another place in the database does not open there.
//!
//! Nothing here is printed: no type that holds a key or a secret has it in its
//! `Debug`, and errors never say what was sealed.

mod aead;
mod client_certificate;
mod credentials;
mod envelope;
mod grants;
mod key_file;
mod process;
mod random;
mod token;
mod unlock;

pub use client_certificate::check_client_certificate;
pub use credentials::StoredCredentials;
pub use envelope::Vault;
pub use grants::SealedGrants;
pub use process::harden_process;
pub use token::new_token;
