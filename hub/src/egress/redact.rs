//! Credentials that an API sends back are not passed on (requirement R19): a
//! server has none, and an answer must not give it one.
//!
//! Each is looked for as it is, percent-encoded, in base64, and as JSON text, and
//! asterisks take its place, as many as it has bytes, so that no length changes and
//! nothing has to be buffered but what may be the beginning of one.

use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use memchr::{memchr_iter, memmem};
use secrecy::{ExposeSecret, SecretSlice};
use toolmill_core::SecurityScheme;

use super::credential::Credential;
use super::decode::Coding;
use super::inject::percent_encoded;

/// The shortest text that is looked for: anything shorter is in answers by chance.
const SHORTEST: usize = 8;
const MASK: u8 = b'*';

/// What a request's credentials look like when they come back.
#[derive(Default)]
pub(super) struct Echoes(Vec<SecretSlice<u8>>);

impl Echoes {
    pub(super) fn of(credentials: &[Credential<'_>]) -> Self {
        // A private key never leaves, so it cannot come back.
        let sent = |credential: &&Credential<'_>| *credential.scheme != SecurityScheme::MutualTls;
        let secrets = credentials.iter().filter(sent);
        let mut echoes: Vec<Vec<u8>> = secrets
            .flat_map(|credential| forms(credential.secret.expose_secret()))
            .filter(|form| form.len() >= SHORTEST)
            .map(String::into_bytes)
            .collect();
        // The longest first, so that none leaves a part of another.
        echoes.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        echoes.dedup();
        Self(echoes.into_iter().map(SecretSlice::from).collect())
    }

    /// How an answer that comes with these headers is to be read, so that it can be
    /// looked through; `None` where it cannot. One that needs not be is left as it is.
    pub(super) fn coding(&self, headers: &HeaderMap) -> Option<Coding> {
        if self.0.is_empty() {
            return Some(Coding::Identity);
        }
        Coding::of(headers)
    }

    /// Asks the API for an answer that can be looked through.
    pub(super) fn ask_for_plain(&self, headers: &mut HeaderMap) {
        if !self.0.is_empty() {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
    }

    /// Masks them in all headers but the length, which frames the body.
    pub(super) fn mask_headers(&self, headers: &mut HeaderMap) {
        for (_, value) in headers
            .iter_mut()
            .filter(|(name, _)| *name != CONTENT_LENGTH)
        {
            let Some(masked) = self.masked(value.as_bytes()) else {
                continue;
            };
            // What was a header's value is one with asterisks in it, too.
            *value = HeaderValue::from_maybe_shared(masked.freeze())
                .unwrap_or(HeaderValue::from_static("*"));
        }
    }

    /// The text with its credentials masked; `None` where it has none.
    fn masked(&self, text: &[u8]) -> Option<BytesMut> {
        let mut masked = None;
        for echo in &self.0 {
            let echo = echo.expose_secret();
            for start in memmem::find_iter(text, echo) {
                let masked = masked.get_or_insert_with(|| BytesMut::from(text));
                masked[start..start + echo.len()].fill(MASK);
            }
        }
        masked
    }

    /// Where the end of the text begins that may be the beginning of a credential.
    fn unfinished(&self, text: &[u8]) -> usize {
        let starts = self.0.iter().filter_map(|echo| {
            let echo = echo.expose_secret();
            let end: Range<usize> = text.len().saturating_sub(echo.len() - 1)..text.len();
            let mut begun = memchr_iter(echo[0], &text[end.clone()]).map(|at| end.start + at);
            begun.find(|start| echo.starts_with(&text[*start..]))
        });
        starts.min().unwrap_or(text.len())
    }
}

/// A credential as it is, and as it is written in texts that hold it; of
/// `user:password` the password as well.
fn forms(secret: &str) -> impl Iterator<Item = String> {
    let password = secret.split_once(':').map(|(_, password)| password);
    let texts = [Some(secret), password].into_iter().flatten();
    texts.flat_map(|text| {
        let encoded = percent_encoded(text);
        let json = serde_json::Value::from(text).to_string();
        [
            text.to_owned(),
            // Without what fills it up, which not all write.
            BASE64_STANDARD_NO_PAD.encode(text),
            BASE64_URL_SAFE_NO_PAD.encode(text),
            lower_triplets(&encoded),
            // Forms have a plus for a space, and some languages keep slashes.
            encoded.replace("%20", "+"),
            encoded.replace("%2F", "/"),
            encoded,
            json.trim_matches('"').to_owned(),
        ]
    })
}

/// `%2f` for `%2F`.
fn lower_triplets(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let mut lower = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (octet, rest) = piece.split_at(piece.len().min(2));
        lower.push('%');
        lower.push_str(&octet.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

/// An answer's body without the credentials of its request.
pub(super) struct Redacted<B> {
    body: B,
    echoes: Echoes,
    /// What may be the beginning of a credential.
    held: Bytes,
}

impl<B> Redacted<B> {
    pub(super) fn new(body: B, echoes: Echoes) -> Self {
        Self {
            body,
            echoes,
            held: Bytes::new(),
        }
    }

    /// What of the body can go on, now that `data` has come.
    fn pass(&mut self, data: Bytes) -> Bytes {
        if self.echoes.0.is_empty() {
            return data;
        }
        let mut text = if self.held.is_empty() {
            data
        } else {
            let mut joined = BytesMut::with_capacity(self.held.len() + data.len());
            joined.extend_from_slice(&self.held);
            joined.extend_from_slice(&data);
            joined.freeze()
        };
        let unfinished = self.echoes.unfinished(&text);
        if let Some(masked) = self.echoes.masked(&text) {
            text = masked.freeze();
        }
        self.held = text.split_off(unfinished);
        text
    }
}

impl<B> Body for Redacted<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        loop {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)).transpose()? else {
                let rest = std::mem::take(&mut self.held);
                return Poll::Ready((!rest.is_empty()).then(|| Ok(Frame::data(rest))));
            };
            // Trailers end here: their header field does not cross the broker.
            let passed = frame.into_data().map(|data| self.pass(data));
            if let Some(passed) = passed.ok().filter(|passed| !passed.is_empty()) {
                return Poll::Ready(Some(Ok(Frame::data(passed))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.body.is_end_stream()
    }

    /// Nothing that is masked changes its length.
    fn size_hint(&self) -> SizeHint {
        let (held, rest) = (self.held.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(held + rest.lower());
        if let Some(upper) = rest.upper() {
            hint.set_upper(held + upper);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echoes(secret: &str) -> Echoes {
        let scheme = toolmill_core::SecurityScheme::Http {
            scheme: "bearer".to_owned(),
        };
        Echoes::of(&[Credential {
            name: "token",
            scheme: &scheme,
            secret: secret.into(),
        }])
    }

    /// What is passed on of a text that comes in these parts.
    fn passed(echoes: Echoes, parts: &[&[u8]]) -> Vec<u8> {
        let mut body = Redacted::new((), echoes);
        let mut all = Vec::new();
        for part in parts {
            all.extend_from_slice(&body.pass(Bytes::copy_from_slice(part)));
        }
        all.extend_from_slice(&body.held);
        all
    }

    #[test]
    fn r19_a_credential_is_masked_wherever_it_is_cut() {
        let secret = "aab/aab/aac?s3cret";
        let text = format!("<{secret}>aab/aab/aab/aac?s3cret, aab/aab");
        let expected = text.replace(secret, &"*".repeat(secret.len()));
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let (head, rest) = text.as_bytes().split_at(first);
                let (middle, tail) = rest.split_at(second - first);
                let passed = passed(echoes(secret), &[head, middle, tail]);
                assert_eq!(
                    String::from_utf8_lossy(&passed),
                    expected,
                    "{first} {second}"
                );
            }
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(passed(echoes(secret), &bytes), expected.as_bytes());
    }

    #[test]
    fn r19_each_form_is_masked_and_nothing_else() {
        let secret = "user:p\u{e4}ss/\"w rd";
        let password = "p\u{e4}ss/\"w rd";
        for form in [
            secret,
            password,
            "user%3Ap%C3%A4ss%2F%22w%20rd",
            "user%3ap%c3%a4ss%2f%22w%20rd",
            "p%C3%A4ss%2F%22w+rd",
            "user%3Ap%C3%A4ss/%22w%20rd",
            "p\u{e4}ss/\\\"w rd",
            "dXNlcjpww6Rzcy8idyByZA",
        ] {
            let text = format!("before {form}, after");
            let passed = passed(echoes(secret), &[text.as_bytes()]);
            let expected = format!("before {}, after", "*".repeat(form.len()));
            assert_eq!(String::from_utf8_lossy(&passed), expected);
        }
        for (secret, text) in [
            (secret, "user: p\u{e4}ss/\"w r d"),
            ("short", "short"),
            ("", ""),
        ] {
            assert_eq!(passed(echoes(secret), &[text.as_bytes()]), text.as_bytes());
        }
    }
}
