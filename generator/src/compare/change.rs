//! One change.

use serde::Serialize;

/// What is other than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub kind: ChangeKind,
    /// Whether a caller of before may fail now.
    pub breaking: bool,
    pub part: Part,
    /// The tools it concerns, by the names they have now, removed ones by the
    /// name they had. Empty for the API as a whole.
    pub tools: Vec<String>,
    /// The name in `$defs` of the shared schema it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Where within the arguments, the answer or the shared schema, such as
    /// `lines[].extras`; `*` stands for any other property. Empty for the whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What it was, on one line and shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Which side of a tool it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Api,
    Tool,
    /// What callers send.
    Input,
    /// What they get.
    Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    ServersChanged,
    SchemeAdded,
    SchemeRemoved,
    SchemeChanged,
    ToolAdded,
    ToolRemoved,
    ToolRenamed,
    MethodChanged,
    PathChanged,
    /// An argument, or the body, is written in another way.
    RequestChanged,
    SecurityChanged,
    TitleChanged,
    DescriptionChanged,
    OutputAdded,
    OutputRemoved,
    /// Whether the answer is shown as it is or as `result`.
    OutputWrapped,
    PropertyAdded,
    PropertyRemoved,
    /// It was optional.
    PropertyRequired,
    /// It was required.
    PropertyOptional,
    TypeNarrowed,
    TypeWidened,
    /// Neither is within the other.
    TypeChanged,
    /// Nobody knows: one of the two has too many alternatives or references, or
    /// one that leads nowhere.
    TypeNotCompared,
    EnumValueAdded,
    EnumValueRemoved,
    /// A bound or another keyword that admits less.
    ConstraintTightened,
    ConstraintLoosened,
    /// Which of the two admits more cannot be told.
    ConstraintChanged,
    AlternativeAdded,
    AlternativeRemoved,
    DefaultChanged,
}

impl ChangeKind {
    /// Whether it breaks callers where it is found in a schema: what may be sent
    /// got less, or what is promised to come did.
    pub(super) fn breaks(self, part: Part) -> bool {
        match self {
            Self::PropertyRemoved | Self::TypeChanged => true,
            Self::PropertyRequired
            | Self::TypeNarrowed
            | Self::EnumValueRemoved
            | Self::ConstraintTightened
            | Self::ConstraintChanged
            | Self::AlternativeRemoved => part == Part::Input,
            Self::PropertyOptional | Self::TypeWidened => part == Part::Output,
            _ => false,
        }
    }
}
