//! What a fault makes of a call: before it is answered, and on the way out.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use hyper::Response;
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue};
use hyper::http::StatusCode;

use crate::answer::{Answer, Content, HTML, Style};
use crate::body::{AnswerBody, Piece};
use crate::clock::Millis;
use crate::fault::Effect;
use crate::mangle;
use crate::problem::Problem;
use crate::render::Format;
use crate::service::Service;

/// The page that a hotel shows to a guest who has not signed in to its network.
const HOTEL: &str = "<!DOCTYPE html><html><head><title>Welcome to the Harbour Hotel</title></head><body>\
    <h1>Welcome</h1><form action=\"/portal\" method=\"post\"><label>Room <input name=\"room\"></label>\
    <button>Connect</button></form></body></html>";

/// What a fault leaves of a call.
pub(crate) enum Struck {
    /// It goes on.
    On,
    /// This is answered instead.
    Instead(Answer),
    /// The connection ends.
    Cut { reset: bool },
}

impl Service {
    /// Lets a fault have its way before the answer is written.
    pub(crate) async fn strike(&self, effect: &Effect, style: Style, now: Millis) -> Struck {
        match effect {
            Effect::Delay { millis } => {
                self.clock.wait_until(now.saturating_add(*millis)).await;
                Struck::On
            }
            Effect::Hold { name } => {
                self.faults.hold(name).await;
                Struck::On
            }
            Effect::Drop => Struck::Cut { reset: false },
            Effect::Reset => Struck::Cut { reset: true },
            Effect::Answer { status, content_type, body } => {
                Struck::Instead(Answer::new(*status, HTML, body.clone()).with(CONTENT_TYPE, content_type))
            }
            Effect::Status { status } => {
                let known = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
                Struck::Instead(Answer::refusal(&Problem::plain(*status, known.unwrap_or("Unknown")), style))
            }
            Effect::Error { code, status, details } => {
                let problem = Problem::new(status.unwrap_or(code.status()), *code, code.message());
                Struck::Instead(Answer::refusal(&problem.detailed(details.clone()), style))
            }
            Effect::Redirect { status, to } => Struck::Instead(Answer::redirect(*status, to)),
            Effect::TooManyRequests => Struck::Instead(Answer::too_many()),
            Effect::BearerExpired => {
                Struck::Instead(Answer::refusal(&Problem::oauth(401, "access_denied"), style))
            }
            Effect::HotelPage => Struck::Instead(Answer::new(200, "text/html; charset=utf-8", HOTEL)),
            Effect::Garbage => {
                let noise: Vec<u8> = (0..256_u32).map(|n| (n * 167 + 13) as u8).collect();
                Struck::Instead(Answer::new(200, Format::Json.content_type(), noise))
            }
            Effect::Empty | Effect::Oversized { .. } => {
                Struck::Instead(Answer::new(200, Format::Json.content_type(), ""))
            }
            Effect::Truncate { .. }
            | Effect::Shorten { .. }
            | Effect::Drip { .. }
            | Effect::Stall { .. }
            | Effect::ContentType { .. }
            | Effect::Encoding { .. }
            | Effect::Mangle { .. }
            | Effect::ClockOffset { .. } => Struck::On,
        }
    }

    /// The answer as it goes out, changed by a fault where one strikes the answer itself.
    pub(crate) fn response(&self, mut answer: Answer, effect: Option<&Effect>) -> Response<AnswerBody> {
        // The sandbox's time, not the machine's: clients may learn the server's time from here.
        let mut now = self.clock.now();
        if let Content::Document(document, _) = &mut answer.content {
            match effect {
                Some(Effect::Mangle { how }) => mangle::mangled(document, how),
                Some(Effect::ClockOffset { seconds }) => mangle::shifted(document, *seconds),
                _ => {}
            }
        }
        if let Some(Effect::ClockOffset { seconds }) = effect {
            now = now.saturating_add_signed(seconds.saturating_mul(1000));
        }
        if let Some(Effect::ContentType { is }) = effect {
            answer = answer.with(CONTENT_TYPE, is);
        }
        let status = StatusCode::from_u16(answer.status).ok().filter(|status| !status.is_informational());
        let mut response = Response::new(self.body(answer.content.written(), effect));
        *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = answer.headers;
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(now.min(LATEST)));
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    fn body(&self, body: Bytes, effect: Option<&Effect>) -> AnswerBody {
        match effect {
            Some(Effect::Truncate { keep }) => AnswerBody::cut(&body, *keep),
            Some(Effect::Shorten { keep }) => AnswerBody::whole(body.slice(..body.len().min(*keep))),
            Some(Effect::Oversized { bytes }) => AnswerBody::Oversized { left: *bytes },
            Some(Effect::Encoding { is }) => match std::str::from_utf8(&body) {
                Ok(text) => AnswerBody::whole(is.encode(text).into()),
                Err(_) => AnswerBody::whole(body),
            },
            Some(Effect::Drip { bytes, millis }) => {
                let first = self.clock.now();
                let size = (*bytes).max(1);
                let piece = |at: usize| {
                    let (clock, due) =
                        (self.clock.clone(), first.saturating_add(*millis * (at / size) as u64));
                    Piece {
                        after: Some(Box::pin(async move { clock.wait_until(due).await })),
                        bytes: body.slice(at..body.len().min(at + size)),
                    }
                };
                AnswerBody::Paced((0..body.len()).step_by(size).map(piece).collect())
            }
            Some(Effect::Stall { name, keep }) => {
                let keep = body.len().min(*keep);
                let (faults, name) = (self.faults.clone(), name.clone());
                let start = Piece { after: None, bytes: body.slice(..keep) };
                let after = Box::pin(async move { faults.hold(&name).await });
                let rest = Piece { after: Some(after), bytes: body.slice(keep..) };
                AnswerBody::Paced([start, rest].into_iter().filter(|piece| !piece.empty()).collect())
            }
            _ => AnswerBody::whole(body),
        }
    }
}

/// The last millisecond of the year 9999, which is the last that a `Date` can tell.
const LATEST: u64 = 253_402_300_799_999;
