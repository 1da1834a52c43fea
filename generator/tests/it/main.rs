//! The generator through its front door: bytes in, files and findings out.

mod bundle;
mod common;
mod compare;
mod document;
mod fuzz;
mod golden;
mod hostile;
mod later;
mod lint;
mod operations;
mod overlay;
mod schemas;
mod selection;
mod strict;
mod swagger;
mod tokens;
mod twins;
