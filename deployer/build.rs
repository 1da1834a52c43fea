//! Has the crate compiled again when a file of the embedded runtime is added.

fn main() {
    println!("cargo::rerun-if-changed=../runtime/src");
}
