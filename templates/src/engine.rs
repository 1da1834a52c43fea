//! The one template environment of the crate.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

/// Every template by its path under `templates/`.
const SOURCES: [(&str, &str); 4] = [
    (
        "crate/README.md",
        include_str!("../templates/crate/README.md"),
    ),
    (
        "crate/manifest.toml",
        include_str!("../templates/crate/manifest.toml"),
    ),
    (
        "crate/tools.rs",
        include_str!("../templates/crate/tools.rs"),
    ),
    ("crate/wire.rs", include_str!("../templates/crate/wire.rs")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(lines_of_their_own());
    for (name, source) in SOURCES {
        environment
            .add_template(name, source)
            .expect("an embedded template is well-formed");
    }
    environment
});

/// A line with nothing but a block tag leaves no line behind.
fn lines_of_their_own() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    syntax.build().expect("the delimiters are the usual ones")
}

/// Fills in a template.
///
/// Whether that works depends on the template and the type of `view` alone, both
/// known when this crate is compiled and tested, never on what `view` holds.
pub(crate) fn render(name: &str, view: &impl Serialize) -> String {
    let template = ENVIRONMENT
        .get_template(name)
        .expect("the template is listed");
    template
        .render(Value::from(Serde(view)))
        .expect("the view has what the template names")
}
