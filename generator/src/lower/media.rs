//! Which media type of a body is sent, and how (OpenAPI 3.0, Media Type Object).

use super::Context;
use super::{encoding, xml};
use crate::document::Node;

/// The media type that is sent.
#[derive(Debug)]
pub struct Choice<'d> {
    /// As declared; several where any of them is sent alike.
    pub media_types: Vec<String>,
    pub kind: Kind,
    pub node: &'d Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Json,
    UrlEncoded,
    Multipart,
    Text,
    Bytes,
    Xml,
}

impl<'d> Context<'d, '_> {
    /// The media type to use among those of a Content map: JSON before forms, forms
    /// before text and bytes; a form of parts before another where it has files.
    /// `None` where none can be sent.
    pub fn media_type(&self, content: &'d Node) -> Option<Choice<'d>> {
        if let Some((media_type, node)) = json_media(content)
            && !self.is_binary_range(&media_type, node, content)
        {
            return Some(Choice {
                media_types: vec![media_type],
                kind: Kind::Json,
                node,
            });
        }
        let sendable = |(media, node): (&str, &'d Node)| {
            let kind = self.kind(media, node)?;
            Some((self.rank(kind, node), kind, media.trim().to_owned(), node))
        };
        let mut ranked: Vec<_> = content.members().filter_map(sendable).collect();
        ranked.sort_by_key(|(rank, ..)| *rank);
        let (_, kind, first, node) = ranked.first()?.clone();
        let same = |(_, other, media, _): &(u8, Kind, String, &'d Node)| {
            (*other == kind && *media != first && !media.contains('*')).then(|| media.clone())
        };
        let mut media_types = vec![first.clone()];
        if matches!(kind, Kind::Text | Kind::Bytes) {
            media_types.extend(ranked.iter().filter_map(same));
        }
        Some(Choice {
            media_types,
            kind,
            node,
        })
    }

    fn kind(&self, media: &str, node: &'d Node) -> Option<Kind> {
        if !media.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        let essence = essence(media);
        let holds = self.holds(node);
        match essence.as_str() {
            "application/x-www-form-urlencoded" => return Some(Kind::UrlEncoded),
            "multipart/form-data" => return Some(Kind::Multipart),
            _ if essence.starts_with("multipart/") || !essence.contains('/') => return None,
            _ => {}
        }
        let is_xml = essence.ends_with("/xml") || essence.ends_with("+xml");
        match holds {
            Holds::Text => Some(Kind::Text),
            Holds::Bytes => Some(Kind::Bytes),
            Holds::Unknown if is_xml || essence.starts_with("text/") => Some(Kind::Text),
            Holds::Unknown => Some(Kind::Bytes),
            // JSON in all but name.
            Holds::Other if essence == "text/plain" => Some(Kind::Text),
            Holds::Other if is_xml => self.xml(node).map(|_| Kind::Xml),
            Holds::Other => None,
        }
    }

    fn rank(&self, kind: Kind, node: &'d Node) -> u8 {
        match kind {
            Kind::Json => 0,
            Kind::Multipart if self.has_files(node) => 1,
            Kind::UrlEncoded => 2,
            Kind::Multipart => 3,
            Kind::Text => 4,
            Kind::Bytes => 5,
            Kind::Xml => 6,
        }
    }

    /// What the schema of a media type says of its XML form.
    pub fn xml(&self, media: &'d Node) -> Option<String> {
        let media = self.document.resolve(media).ok()?.node;
        xml::hints(self.document, media.get("schema")?)
    }

    fn has_files(&self, media: &'d Node) -> bool {
        let media = self.document.resolve(media).map(|media| media.node);
        let schema = media.ok().and_then(|media| media.get("schema"));
        schema.is_some_and(|schema| {
            let properties = encoding::properties(self.document, schema);
            properties
                .values()
                .flatten()
                .any(|property| encoding::is_file(self.document, property))
        })
    }

    /// Whether what is documented for any media type is bytes, and so no JSON.
    fn is_binary_range(&self, media_type: &str, node: &'d Node, content: &'d Node) -> bool {
        let declared = content
            .members()
            .any(|(media, _)| media.trim() == media_type);
        !declared && self.holds(node) == Holds::Bytes
    }

    fn holds(&self, media: &'d Node) -> Holds {
        let media = self.document.resolve(media).map(|media| media.node);
        let Some(schema) = media.ok().and_then(|media| media.get("schema")) else {
            return Holds::Unknown;
        };
        if encoding::is_file(self.document, schema) {
            return Holds::Bytes;
        }
        let Ok(schema) = self.document.resolve(schema).map(|schema| schema.node) else {
            return Holds::Unknown;
        };
        match encoding::kind(schema) {
            Some("string") => Holds::Text,
            Some(_) => Holds::Other,
            None if schema.members().all(|(key, _)| !is_structure(key)) => Holds::Unknown,
            None => Holds::Other,
        }
    }
}

/// What the schema of a media type says that it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Bytes,
    Other,
    Unknown,
}

fn is_structure(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties" | "items" | "allOf" | "anyOf" | "oneOf" | "additionalProperties"
    )
}

/// The JSON media type to use among those of a Content map: `application/json`
/// before any other, and JSON for a range that includes it.
pub fn json_media(content: &Node) -> Option<(String, &Node)> {
    let rank = |media: &str| match essence(media).as_str() {
        "application/json" => Some(0),
        _ if is_json(media) => Some(1),
        "*/*" | "application/*" => Some(2),
        _ => None,
    };
    let ranked = content
        .members()
        .filter_map(|(media, node)| Some((rank(media)?, media, node)));
    let (rank, media, node) = ranked.min_by_key(|(rank, ..)| *rank)?;
    let name = if rank == 2 {
        "application/json".to_owned()
    } else {
        media.trim().to_owned()
    };
    Some((name, node))
}

/// Whether a media type is JSON: `application/json` or any `+json` (RFC 6839, section 3.1).
pub fn is_json(media: &str) -> bool {
    let essence = essence(media);
    let sendable = media.bytes().all(|b| matches!(b, b' '..=b'~'));
    sendable
        && (matches!(essence.as_str(), "application/json" | "text/json")
            || essence.ends_with("+json"))
}

/// Type and subtype in lower case, without parameters.
pub fn essence(media: &str) -> String {
    media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
