//! All the cryptography of Toolmill: sealed credentials and grants.
