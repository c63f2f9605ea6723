//! Reading what Adobe sends: leniently as to form, strictly as to what is needed.
//!
//! REST v1 answers in JSON or XML, whichever it likes best; both become the same [`Record`]. Numbers may come as text and
//! text as numbers, optional fields as null, unknown fields at any time. Size and depth are bounded.

mod complaint;
mod record;
mod xml;

pub(crate) use complaint::Complaint;
pub(crate) use record::{Record, as_text, texts_of};
