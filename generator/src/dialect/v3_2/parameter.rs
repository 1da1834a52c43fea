//! `in: querystring`: one parameter that is the whole query.

use crate::dialect::build::{ObjectBuilder, flag, text};
use crate::document::Node;

/// The parameter, where it is a whole query written as a form: an exploded object
/// in the query is the same text (OpenAPI 3.2, Parameter Object, "querystring").
/// As what else a query is written, lowering says that it does not know.
pub fn parameter(parameter: &Node) -> Option<Node> {
    let place = parameter.get("in")?;
    if place.string() != Some("querystring") {
        return None;
    }
    let media = parameter
        .get("content")?
        .get("application/x-www-form-urlencoded")?;
    let schema = media.get("schema")?;
    let mut made = ObjectBuilder::new(parameter.at);
    made.keep(parameter, |key| key != "content");
    made.set("in", text(place.at, "query"));
    made.set("style", text(place.at, "form"));
    made.set("explode", flag(place.at, true));
    made.set("schema", schema.clone());
    Some(made.build())
}
