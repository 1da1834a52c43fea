//! What JSON takes once it is read, in bytes: many times its text.

/// A value.
pub(crate) const OF_VALUE: usize = 72;

/// The text of a string or a number, beside its length.
pub(crate) const OF_TEXT: usize = 32;

/// A list that is not empty: it has room for some more.
pub(crate) const OF_LIST: usize = 220;

/// An object that is not empty.
pub(crate) const OF_OBJECT: usize = 260;

/// A member of an object, beside its value.
pub(crate) const OF_MEMBER: usize = 72;
