//! Yours: generating again never touches this file.
//!
//! `before` sees every request before it is sent, `after` sees every answer
//! before it becomes a result, and `tools` adds tools of your own. For example:
//!
//! ```text
//! use toolmill_runtime::{Hooks, Outgoing, Result};
//!
//! pub static HOOKS: Hooks = Hooks { before: Some(mark), ..Hooks::NONE };
//!
//! fn mark(request: &mut Outgoing) -> Result<()> {
//!     request.set_header("X-Client", "assistant")
//! }
//! ```

use toolmill_runtime::Hooks;

pub static HOOKS: Hooks = Hooks::NONE;
