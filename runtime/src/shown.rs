//! How much of an answer is shown, and what is said of the rest.

use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde_json::{Map, Value, json};

use crate::{
    Answer, drift,
    excerpt::{self, Excerpt, Unread},
    manifest::Entry,
    manifest::Manifest,
    next,
    shorten::{self, Cut},
    view::{FIELDS, FROM, From, View},
};

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
    /// How many bytes of the answer are shown at a time.
    pub(crate) shown: usize,
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

    /// What is to be said of a JSON answer as the API gave it. Only of a structure, which has all of
    /// its members, can it be said that it is not as documented.
    fn on(
        answer: &Answer,
        json: (&Value, &str),
        question: &Question<'_>,
        is_structure: bool,
    ) -> Self {
        let mut notes = Self::default();
        let takes = |name: &str| question.entry.takes(name);
        if question.is_safe
            && let Some(page) = next::page(&answer.headers, Some(json), question.path, takes)
        {
            notes.page(page);
        }
        let mut warnings = Vec::new();
        if is_structure {
            warnings = drift::warnings(question.manifest, question.entry, json.0);
        }
        let fields = question.view.fields.as_ref();
        warnings.extend(fields.and_then(|fields| fields.missing(json.0)));
        notes.warn(warnings);
        notes
    }

    pub(crate) fn warn(&mut self, warnings: Vec<String>) {
        if !warnings.is_empty() {
            let warnings = json!(warnings);
            self.meta.insert("toolmill/warnings".into(), warnings);
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
    let view = question.view;
    let notes = Notes::on(answer, (&value, &text), question, true);
    if let Some(fields) = &view.fields {
        fields.apply(&mut value);
    }
    if let Some(from) = &view.from
        && !from.apply(&mut value)
    {
        return Err(nothing_at(from));
    }
    if view.fields.is_some() || view.from.is_some() {
        text = value.to_string();
    }
    Ok((value, text, notes))
}

/// What of a JSON answer is shown that is too large to be read whole; nothing where it is no JSON
/// after all.
///
/// # Errors
/// Where there is nothing at the place from which to read on, or too much to be read.
pub(crate) fn long(
    answer: &Answer,
    whole: &str,
    question: &Question<'_>,
) -> Result<Option<(Value, String, Notes)>, String> {
    let from = question.view.from.as_ref();
    let (mut excerpt, mut notes) = match excerpted(answer, whole, question) {
        Ok(excerpted) => excerpted,
        Err(Unread::NotJson) => return Ok(None),
        Err(Unread::NothingThere) => return Err(from.map(nothing_at).unwrap_or_default()),
        Err(Unread::TooMany) => {
            return Err(format!(
                "The answer, of {} bytes, has more values than can be read at a time: ask for a smaller page, or for some properties only, as by `{FIELDS}`: [\"name\", \"owner.name\"].",
                whole.len()
            ));
        }
    };
    let cuts = shorten::shorten(&mut excerpt, from);
    if !cuts.is_empty() {
        notes.cuts(&cuts, whole.len(), question.is_safe);
        notes.advise_fields();
    }
    let text = excerpt.value.to_string();
    Ok(Some((excerpt.value, text, notes)))
}

fn excerpted(
    answer: &Answer,
    whole: &str,
    question: &Question<'_>,
) -> Result<(Excerpt, Notes), Unread> {
    let (fields, from) = (question.view.fields.as_ref(), question.view.from.as_ref());
    let notes_on = |excerpt: &Excerpt| {
        let is_structure = !excerpt.lacks_members;
        Notes::on(answer, (&excerpt.value, whole), question, is_structure)
    };
    let first = excerpt::read(whole, None, None, question.shown);
    if fields.is_none() && from.is_none() {
        return first.map(|excerpt| {
            let notes = notes_on(&excerpt);
            (excerpt, notes)
        });
    }
    // Where not even the beginning can be read, what is asked for may be.
    let notes = first.as_ref().map(notes_on).unwrap_or_default();
    drop(first);
    Ok((excerpt::read(whole, fields, from, question.shown)?, notes))
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
    if rest.len() <= question.shown {
        return Ok((rest.to_owned(), notes));
    }
    let shown = shorten::beginning(rest, question.shown);
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
    // In base64 they are as many as of a text.
    let shown = &rest[..rest.len().min(question.shown / 4 * 3)];
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
