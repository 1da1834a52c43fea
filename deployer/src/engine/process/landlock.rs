//! Which files a server may touch: its program, and the two socket folders.

use std::os::fd::AsFd;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, Scope,
};

/// The newest kernel interface that this was written for. Older kernels
/// enforce what they know of it.
const NEWEST: ABI = ABI::V9;

/// A set of rules for a process that runs `program`, listens in `inward` and
/// connects in `outward`. All else is refused: files, TCP ports, signals to
/// others and abstract sockets.
pub(super) fn ruleset(
    program: impl AsFd,
    inward: impl AsFd,
    outward: impl AsFd,
) -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rule(PathBeneath::new(
            program,
            AccessFs::Execute | AccessFs::ReadFile,
        ))?
        .add_rule(PathBeneath::new(
            inward,
            AccessFs::MakeSock | AccessFs::RemoveFile,
        ))?
        .add_rule(PathBeneath::new(
            outward,
            BitFlags::from(AccessFs::ResolveUnix),
        ))
}
