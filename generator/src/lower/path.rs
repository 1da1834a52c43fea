//! Path templates (OpenAPI 3.0, Paths Object, "Path Templating").

use crate::text;

/// The placeholders of a path template, each once. The text between them has to
/// be a path that stays under the server's, whatever reads it.
pub fn placeholders(path: &str) -> Result<Vec<&str>, String> {
    let shown = || text::line(path, 200);
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(format!(
            "The path `{}` does not start with one `/`.",
            shown()
        ));
    }
    let mut found = Vec::new();
    let mut rest = path;
    let mut literal = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after
            .split_once('}')
            .ok_or_else(|| format!("A brace stays open in the path `{}`.", shown()))?;
        if name.is_empty() || name.contains('{') {
            return Err(format!(
                "The path `{}` has a placeholder without a usable name.",
                shown()
            ));
        }
        if !found.contains(&name) {
            found.push(name);
        }
        literal.push_str(before);
        // Stands for a value, so that a segment beside it is not taken for dots alone.
        literal.push('x');
        rest = behind;
    }
    literal.push_str(rest);
    let path_alone = literal.split(['?', '#']).next().unwrap_or_default();
    if literal.contains('\\') || literal.contains(char::is_control) || text::has_hidden(path) {
        return Err(format!(
            "The path `{}` holds a backslash or an invisible character.",
            shown()
        ));
    }
    if path_alone.split('/').any(|segment| {
        matches!(
            segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
    }) {
        return Err(format!("The path `{}` has a segment of dots.", shown()));
    }
    Ok(found)
}
