//! Answers that come with a content coding, though none was asked for.
//!
//! A credential is not to be seen in a coded text, so one that is to be looked through
//! is decoded on its way (RFC 9110, section 8.4.1.3), a little at a time: what is small
//! when it is sent can be a thousand times as large.

use std::io::Write as _;
use std::mem::{replace, take};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body::{Body, Frame, SizeHint};

use super::stream::{Cut, cut};

/// So many bytes are decoded at once, which make a megabyte at most.
const PIECE: usize = 1024;

/// How an answer's body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
}

impl Coding {
    /// `None` where it is one that cannot be decoded here, or more than one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(CONTENT_ENCODING).iter();
        let mut codings = values
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"));
        match (codings.next(), codings.next()) {
            (None, _) => Some(Self::Identity),
            (Some(name), None) => {
                let known = [&b"gzip"[..], b"x-gzip"];
                let is_known = known.iter().any(|known| name.eq_ignore_ascii_case(known));
                is_known.then_some(Self::Gzip)
            }
            _ => None,
        }
    }
}

/// An answer's body without its content coding.
pub(super) struct Decoded<B> {
    body: B,
    gzip: Option<Gzip>,
}

struct Gzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    /// What has come and is not decoded yet.
    coded: Bytes,
    /// Bytes that may still go on.
    left: u64,
    progress: Progress,
}

#[derive(PartialEq, Eq)]
enum Progress {
    Nothing,
    Begun,
    Ended,
}

impl<B: Body> Decoded<B> {
    /// Lets through at most `limit` bytes of what is decoded. The headers say what
    /// the body is now.
    pub(super) fn new(body: B, coding: Coding, limit: u64, headers: &mut HeaderMap) -> Self {
        if coding == Coding::Identity || body.is_end_stream() {
            return Self { body, gzip: None };
        }
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        let gzip = Gzip {
            decoder: MultiGzDecoder::new(Vec::new()),
            coded: Bytes::new(),
            left: limit,
            progress: Progress::Nothing,
        };
        Self {
            body,
            gzip: Some(gzip),
        }
    }
}

impl Gzip {
    /// What the next piece of what has come is decoded to.
    fn next(&mut self) -> Result<Bytes, Cut> {
        let piece = self.coded.split_to(PIECE.min(self.coded.len()));
        self.decoder.write_all(&piece).map_err(Cut::Coding)?;
        if self.coded.is_empty() {
            self.decoder.flush().map_err(Cut::Coding)?;
        }
        self.taken()
    }

    /// What is left once all has come. Where nothing did, there is no coding either.
    fn end(&mut self) -> Result<Bytes, Cut> {
        let progress = replace(&mut self.progress, Progress::Ended);
        if progress == Progress::Begun {
            self.decoder.try_finish().map_err(Cut::Coding)?;
        }
        self.taken()
    }

    fn taken(&mut self) -> Result<Bytes, Cut> {
        let plain = take(self.decoder.get_mut());
        let left = self.left.checked_sub(plain.len() as u64);
        self.left = left.ok_or(Cut::TooLarge)?;
        Ok(Bytes::from(plain))
    }
}

impl<B> Body for Decoded<B>
where
    B: Body<Data = Bytes, Error = Cut> + Unpin,
{
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let Self { body, gzip } = self.get_mut();
        let Some(gzip) = gzip else {
            return Pin::new(body).poll_frame(cx);
        };
        while gzip.progress != Progress::Ended {
            let plain = if !gzip.coded.is_empty() {
                gzip.next()
            } else if let Some(frame) = ready!(Pin::new(&mut *body).poll_frame(cx)).transpose()? {
                // Trailers end here, as they do behind this.
                gzip.coded = frame.into_data().unwrap_or_default();
                if !gzip.coded.is_empty() {
                    gzip.progress = Progress::Begun;
                }
                continue;
            } else {
                gzip.end()
            };
            match plain {
                Ok(plain) if plain.is_empty() => {}
                Ok(plain) => return Poll::Ready(Some(Ok(Frame::data(plain)))),
                Err(why) => {
                    gzip.progress = Progress::Ended;
                    return cut(why);
                }
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        match &self.gzip {
            None => self.body.is_end_stream(),
            Some(gzip) => gzip.progress == Progress::Ended,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.gzip {
            None => self.body.size_hint(),
            Some(_) => SizeHint::default(),
        }
    }
}
