//! Through real compilers, real processes and a real Docker daemon.

mod build;
