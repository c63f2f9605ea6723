//! `generic_data`: who a viewer of a promotional TempPass is.
//!
//! Adobe's pages: "Free Preview for Temp Pass and Promotional Temp Pass", "TempPass Feature". The parameter is printed
//! once as `("email":"…")`, with parentheses; both that and a JSON object are understood.

use serde_json::{Map, Value};

use crate::call::Call;
use crate::catalogue::ErrorCode;
use crate::config::Mvpd;
use crate::problem::Problem;

/// What came under the promotion's key; `None` for a TempPass that asks for nothing, whatever came.
///
/// `required` tells whether the parameter has to be there.
pub(super) fn identity(call: &Call<'_>, mvpd: &Mvpd, required: bool) -> Result<Option<String>, Problem> {
    let Some(promotion) = &mvpd.promotion else { return Ok(None) };
    let Some(sent) = call.request.parameter("generic_data") else {
        return if required {
            Err(Problem::absent(ErrorCode::MalformedAuthzRequest, "generic_data"))
        } else {
            Ok(None)
        };
    };
    let found = read(sent).and_then(|object| object.get(&promotion.key)?.as_str().map(str::to_owned));
    let message = || format!("Invalid 'generic_data': '{}' is not present", promotion.key);
    let found = found.filter(|value| !value.is_empty());
    found.map(Some).ok_or_else(|| Problem::new(400, ErrorCode::MalformedAuthzRequest, message()))
}

/// The object that was sent, in either form.
pub(crate) fn read(sent: &str) -> Option<Map<String, Value>> {
    let sent = sent.trim();
    let inner = sent.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    match inner {
        Some(inner) => serde_json::from_str(&format!("{{{inner}}}")).ok(),
        None => serde_json::from_str(sent).ok(),
    }
}
