//! Through real compilers, real processes and a real Docker daemon.

mod build;
mod docker;
mod fleet;
mod process;
mod support;
