//! How much of an answer is shown, and what is said of the rest.

use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde_json::{Map, Value, json};

use crate::{
    Answer, drift,
    manifest::Entry,
    manifest::Manifest,
    next,
    shorten::{self, Cut},
    view::{FIELDS, FROM, From, View},
};

/// How many bytes of an answer are shown at a time.
pub(crate) const SHOWN: usize = 256 * 1024;

/// How many bytes of an answer that is no text are shown at a time: in base64 they are as many as
/// of a text.
pub(crate) const SHOWN_BYTES: usize = SHOWN / 4 * 3;

/// How many bytes of a refusal are shown.
pub(crate) const SHOWN_OF_REFUSAL: usize = 32 * 1024;

/// How many cuts are listed.
const TOLD: usize = 8;

/// What was asked, by which the answer is judged.
pub(crate) struct Question<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) entry: &'a Entry,
    pub(crate) view: &'a View,
    /// The path of the request.
    pub(crate) path: &'a str,
    /// The same request may be made again without doing anything (RFC 9110, section 9.2.1).
    pub(crate) is_safe: bool,
}

/// What goes with an answer: `_meta` for programs, and the same in words for models.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    meta: MetaObject,
    texts: Vec<String>,
}

impl Notes {
    /// Adds what is to be said to a result.
    pub(crate) fn add_to(self, mut result: CallToolResult) -> CallToolResult {
        let texts = self.texts.into_iter().map(ContentBlock::text);
        result.content.extend(texts);
        if !self.meta.is_empty() {
            let meta = result.meta.get_or_insert_with(MetaObject::new);
            meta.extend(self.meta);
        }
        result
    }

    pub(crate) fn warn(&mut self, warnings: Vec<String>) {
        if !warnings.is_empty() {
            self.meta
                .insert("toolmill/warnings".into(), json!(warnings));
        }
    }

    fn page(&mut self, arguments: Map<String, Value>) {
        let texts: Vec<_> = arguments
            .iter()
            .map(|(name, value)| format!("`{name}`: {value}"))
            .collect();
        self.texts.push(format!(
            "There is a next page: call again with the same arguments and {}.",
            texts.join(", ")
        ));
        self.meta
            .insert("toolmill/next".into(), Value::Object(arguments));
    }

    fn cuts(&mut self, cuts: &[Cut], whole: usize, is_safe: bool) {
        let told: Vec<_> = cuts.iter().take(TOLD).collect();
        let listed: Vec<_> = told
            .iter()
            .map(|cut| {
                json!({
                    "path": cut.rest.pointer,
                    "shown": cut.rest.skip,
                    "of": cut.of,
                    "unit": cut.unit,
                    "rest": is_safe.then(|| json!({ FROM: cut.rest.to_string() })),
                })
            })
            .collect();
        self.meta.insert(
            "toolmill/truncated".into(),
            json!({ "bytes": whole, "cuts": listed }),
        );
        let mut text = format!("The answer has {whole} bytes and is not shown in full:");
        for cut in told {
            let From { pointer, skip } = &cut.rest;
            let place = match pointer.as_str() {
                "" => "it".to_owned(),
                pointer => format!("`{pointer}`"),
            };
            text.push_str(&format!(
                " {place} ends after {skip} of {} {};",
                cut.of, cut.unit
            ));
        }
        text.truncate(text.len() - 1);
        text.push_str(". ");
        text.push_str(&match cuts.first() {
            Some(cut) if is_safe => format!(
                "To go on, call again with the same arguments and `{FROM}`: \"{}\".",
                cut.rest
            ),
            _ => "To go on would be to repeat a request that may do something.".to_owned(),
        });
        self.texts.push(text);
    }

    /// Adds to what was said of cuts how to ask for less, where there are properties to ask for.
    fn advise_fields(&mut self) {
        if let Some(text) = self.texts.last_mut() {
            text.push_str(&format!(
                " `{FIELDS}`: [\"name\", \"owner.name\"] shows only these properties."
            ));
        }
    }
}

/// What of a JSON answer is shown, with its text.
///
/// # Errors
/// Where there is nothing at the place from which to read on.
pub(crate) fn json(
    answer: &Answer,
    mut value: Value,
    mut text: String,
    question: &Question<'_>,
) -> Result<(Value, String, Notes), String> {
    let mut notes = Notes::default();
    let view = question.view;
    let takes = |name: &str| question.entry.takes(name);
    if question.is_safe
        && let Some(page) = next::page(&answer.headers, Some((&value, &text)), question.path, takes)
    {
        notes.page(page);
    }
    let mut warnings = drift::warnings(question.manifest, question.entry, &value);
    let mut is_changed = false;
    if let Some(fields) = &view.fields {
        warnings.extend(fields.missing(&value));
        fields.apply(&mut value);
        is_changed = true;
    }
    if let Some(from) = &view.from {
        if !from.apply(&mut value) {
            return Err(nothing_at(from));
        }
        is_changed = true;
    }
    if is_changed {
        text = value.to_string();
    }
    if text.len() > SHOWN {
        let whole = text.len();
        let cuts = shorten::shorten(&mut value, SHOWN, view.from.as_ref());
        if !cuts.is_empty() {
            notes.cuts(&cuts, whole, question.is_safe);
            notes.advise_fields();
        }
        text = value.to_string();
    }
    notes.warn(warnings);
    Ok((value, text, notes))
}

/// What of a text is shown.
pub(crate) fn text(
    answer: &Answer,
    text: String,
    question: &Question<'_>,
) -> Result<(String, Notes), String> {
    let mut notes = Notes::default();
    let takes = |_: &str| false;
    if question.is_safe
        && let Some(page) = next::page(&answer.headers, None, question.path, takes)
    {
        notes.page(page);
    }
    let from = question.view.from.as_ref();
    let rest = match from {
        Some(from) if !from.pointer.is_empty() => return Err(nothing_at(from)),
        Some(from) => from.rest(&text),
        None => &text,
    };
    if rest.len() <= SHOWN {
        return Ok((rest.to_owned(), notes));
    }
    let shown = shorten::beginning(rest, SHOWN);
    let skipped = from.map_or(0, |from| from.skip);
    let cut = Cut {
        rest: From {
            pointer: String::new(),
            skip: skipped + shown.chars().count(),
        },
        of: skipped + rest.chars().count(),
        unit: "characters",
    };
    notes.cuts(&[cut], rest.len(), question.is_safe);
    Ok((shown.to_owned(), notes))
}

/// What of other bytes is shown.
pub(crate) fn bytes<'a>(
    body: &'a [u8],
    question: &Question<'_>,
) -> Result<(&'a [u8], Notes), String> {
    let mut notes = Notes::default();
    let skipped = match &question.view.from {
        Some(from) if !from.pointer.is_empty() || from.skip > body.len() => {
            return Err(nothing_at(from));
        }
        Some(from) => from.skip,
        None => 0,
    };
    let rest = &body[skipped..];
    let shown = &rest[..rest.len().min(SHOWN_BYTES)];
    if shown.len() < rest.len() {
        let cut = Cut {
            rest: From {
                pointer: String::new(),
                skip: skipped + shown.len(),
            },
            of: body.len(),
            unit: "bytes",
        };
        notes.cuts(&[cut], rest.len(), question.is_safe);
    }
    Ok((shown, notes))
}

fn nothing_at(from: &From) -> String {
    format!("There is nothing to read on at `{FROM}`: \"{from}\"; the answer has become another.")
}
