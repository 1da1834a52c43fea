//! The program: the tables of this crate, run by the runtime.

#![forbid(unsafe_code)]

mod extra;
mod security;
mod server;
mod tools;

fn main() -> std::process::ExitCode {
    toolmill_runtime::main(&server::SERVER)
}
