//! The refused system calls as filters for a process.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::os::fd::RawFd;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

use crate::engine::calls::{
    ABSENT, Call, REFUSED, REFUSED_AT_LAST, REFUSED_HERE, Test, rules as rules_by_argument,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// The filters, to be applied in this order. `program` is the descriptor that
/// the process is about to execute; it executes nothing else.
pub(super) fn filters(program: RawFd) -> Result<Vec<BpfProgram>, BackendError> {
    let refused = [REFUSED, REFUSED_HERE, REFUSED_AT_LAST].concat();
    let mut refused = whatever(&refused);
    for rule in rules_by_argument() {
        let of_call = refused.entry(rule.call.1).or_default();
        of_call.push(when(rule.argument, &rule.test)?);
    }
    let other_program = vec![
        when(0, &Test::Not(program))?,
        when(4, &Test::Not(libc::AT_EMPTY_PATH))?,
    ];
    refused.insert(libc::SYS_execveat, other_program);
    Ok(vec![
        compile(whatever(ABSENT), libc::ENOSYS)?,
        compile(refused, libc::EPERM)?,
    ])
}

fn whatever(calls: &[Call]) -> Rules {
    calls
        .iter()
        .map(|&(_, number)| (number, Vec::new()))
        .collect()
}

fn when(argument: u8, test: &Test) -> Result<SeccompRule, BackendError> {
    let number = |value: i32| u64::from(value.cast_unsigned());
    let (compare, value) = match *test {
        Test::Not(value) => (SeccompCmpOp::Ne, value),
        Test::Masked { mask, value } => (SeccompCmpOp::MaskedEq(number(mask)), value),
    };
    let length = SeccompCmpArgLen::Dword;
    let condition = SeccompCondition::new(argument, length, compare, number(value))?;
    SeccompRule::new(vec![condition])
}

fn compile(rules: Rules, errno: i32) -> Result<BpfProgram, BackendError> {
    SeccompFilter::new(
        with_x32(rules),
        SeccompAction::Allow,
        SeccompAction::Errno(errno.unsigned_abs()),
        TargetArch::try_from(ARCH)?,
    )?
    .try_into()
}

/// On x86-64 a kernel may know each call under a second number (the x32 ABI),
/// and a few under numbers of their own.
fn with_x32(rules: Rules) -> Rules {
    const X32: i64 = 0x4000_0000;
    const OWN: std::ops::RangeInclusive<i64> = 512..=547;
    if ARCH != "x86_64" {
        return rules;
    }
    let doubled = rules
        .iter()
        .map(|(call, rules)| (call | X32, rules.clone()));
    let own = OWN.map(|call| (call | X32, Vec::new()));
    doubled.chain(own).chain(rules.clone()).collect()
}
