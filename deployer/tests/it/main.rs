//! Through real compilers, real processes and a real Docker daemon.

mod build;
mod choice;
mod docker;
mod fleet;
mod process;
mod server;
mod support;
