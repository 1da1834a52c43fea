//! Toolmill through its front door: a spawned `toolmill`, real MCP clients, the
//! example's real upstream, and real containers.

mod bundle;
mod calls;
mod certificates;
mod check;
mod commands;
mod diff;
mod faults;
mod generate;
mod hand_edits;
mod hostile;
mod killed;
mod libraries;
mod limits;
mod odd_inputs;
mod regenerate;
mod rest;
mod run;
mod secrets;
mod support;
mod traps;
mod up;
mod users;
