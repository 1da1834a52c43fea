//! A change in words.

use super::{Change, ChangeKind, Part};

impl Change {
    /// A clause such as "argument `limit` is required now". `quote` gets every
    /// text of the specification, to make it harmless where the clause is shown.
    #[must_use]
    pub fn describe(&self, quote: &dyn Fn(&str) -> String) -> String {
        use ChangeKind as Kind;
        let subject = self.subject(quote);
        let was = quote(self.before.as_deref().unwrap_or("nothing"));
        let is = quote(self.after.as_deref().unwrap_or("nothing"));
        match self.kind {
            Kind::ServersChanged => format!("the servers were {was} and are {is}"),
            Kind::SchemeAdded => format!("security scheme {} is new", quote(&self.path)),
            Kind::SchemeRemoved => format!("security scheme {} is gone", quote(&self.path)),
            Kind::SchemeChanged => {
                let name = quote(&self.path);
                format!("security scheme {name} was {was} and is {is}")
            }
            Kind::ToolAdded => format!("is new ({is})"),
            Kind::ToolRemoved => format!("is gone (it was {was})"),
            Kind::ToolRenamed => format!("was called {was}"),
            Kind::MethodChanged => format!("its method was {was} and is {is}"),
            Kind::PathChanged => format!("its path was {was} and is {is}"),
            Kind::RequestChanged if self.path.is_empty() => {
                format!("its body was {was} and is {is}")
            }
            Kind::RequestChanged => {
                let argument = quote(&self.path);
                format!("argument {argument} was sent as {was} and is sent as {is}")
            }
            Kind::SecurityChanged => format!("its security was {was} and is {is}"),
            Kind::TitleChanged => format!("its title was {was} and is {is}"),
            Kind::DescriptionChanged if self.part == Part::Tool => {
                "its description changed".to_owned()
            }
            Kind::DescriptionChanged => format!("the description of {subject} changed"),
            Kind::OutputAdded => "its answer is described now".to_owned(),
            Kind::OutputRemoved => "its answer is no longer described".to_owned(),
            Kind::OutputWrapped => "its answer comes in another form".to_owned(),
            Kind::PropertyAdded if self.after.is_some() => {
                format!("{subject} is new, and required")
            }
            Kind::PropertyAdded => format!("{subject} is new"),
            Kind::PropertyRemoved => format!("{subject} is gone"),
            Kind::PropertyRequired => format!("{subject} is required now"),
            Kind::PropertyOptional => format!("{subject} is optional now"),
            Kind::TypeNarrowed => format!("{subject} was of type {was} and is only {is}"),
            Kind::TypeWidened => format!("{subject} was of type {was} and may be {is}"),
            Kind::TypeChanged => format!("{subject} was of type {was} and is {is}"),
            Kind::TypeNotCompared => {
                format!("the type of {subject} could not be compared: it is too deep, or not whole")
            }
            Kind::EnumValueAdded => format!("{subject} may be {is} as well"),
            Kind::EnumValueRemoved => format!("{subject} may not be {was} any more"),
            Kind::ConstraintTightened | Kind::ConstraintLoosened | Kind::ConstraintChanged => {
                self.constraint(&subject, &was, &is)
            }
            Kind::AlternativeAdded => format!("{subject} has more alternatives: {is}"),
            Kind::AlternativeRemoved => format!("{subject} has fewer alternatives, without {was}"),
            Kind::DefaultChanged => format!("the default of {subject} was {was} and is {is}"),
        }
    }

    fn constraint(&self, subject: &str, was: &str, is: &str) -> String {
        let sense = match self.kind {
            ChangeKind::ConstraintTightened => "admits less",
            ChangeKind::ConstraintLoosened => "admits more",
            _ => "admits other values",
        };
        format!("{subject} {sense}: {was} became {is}")
    }

    fn subject(&self, quote: &dyn Fn(&str) -> String) -> String {
        let path = quote(&self.path);
        let whole = self.path.is_empty();
        match (&self.schema, self.part) {
            (Some(_), Part::Input) if whole => "it, where it is sent,".to_owned(),
            (Some(_), _) if whole => "it, in answers,".to_owned(),
            (Some(_), Part::Input) => format!("{path}, where it is sent,"),
            (Some(_), _) => format!("{path}, in answers,"),
            (None, Part::Input) if whole => "the arguments as a whole".to_owned(),
            (None, _) if whole => "the answer".to_owned(),
            (None, Part::Input) => format!("argument {path}"),
            (None, _) => format!("{path} of the answer"),
        }
    }
}
