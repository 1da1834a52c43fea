//! A server made by hand in the shape of a generated one, with a tool for everything that the
//! runtime does.

mod bodies;
mod extra;
mod later;
mod security;
mod server;
mod tools;

fn main() -> std::process::ExitCode {
    toolmill_runtime::main(&server::SERVER)
}
