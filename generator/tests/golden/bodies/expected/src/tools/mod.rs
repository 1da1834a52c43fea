//! One module for each tag of the API, one function for each operation.

pub mod untagged;
