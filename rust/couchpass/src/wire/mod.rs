//! Reading what Adobe sends: leniently as to form, strictly as to what is needed.
//!
//! REST v1 answers in JSON or XML, whichever it likes best; both become the same [`Record`]. Numbers may come as text and
//! text as numbers, optional fields as null, unknown fields at any time. Size and depth are bounded.

mod complaint;
mod record;
mod xml;

pub(crate) use complaint::Complaint;
pub(crate) use record::{Record, as_text, texts_of};

/// Whether a body is a page for people. Adobe's throttling sends one, and so does whatever stands in between: a hotel's login
/// page, a proxy, a firewall.
pub(crate) fn is_page(body: &[u8]) -> bool {
    let text = body.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    [b"<!doctype html".as_slice(), b"<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}
