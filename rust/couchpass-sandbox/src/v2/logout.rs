//! Signing out from one MVPD, and what is left to do in a browser.
//!
//! Adobe's pages: "Initiate logout for specific mvpd", "Single logout flow".

use super::browser::logout_path;
use super::holder;
use super::parameters::redirect_url;
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::problem::Problem;
use crate::render::{Document, Node, map};

/// `GET /api/v2/{serviceProvider}/logout/{mvpd}`
pub(super) fn initiate(call: &mut Call<'_>) -> Outcome {
    let (caller, provider) = call.client_of_provider()?;
    let mvpd = call.mvpd_of_path(&provider)?;
    let device = call.device()?;
    call.expect_query(&["redirectUrl"])?;
    let back = call.request.query("redirectUrl");
    let back = redirect_url(back.ok_or_else(|| Problem::of(ErrorCode::InvalidParameterRedirectUrl))?)?;
    let holder = holder(caller, provider, device.id);
    let subject = call.subject();
    let had = call.state.log_out(&holder, &mvpd.id, subject.as_deref(), call.now);
    let degraded = call.state.everybody_signed_in(&holder.requestor, &mvpd.id);
    let (name, kind, url) = if had && !mvpd.no_logout_page {
        ("logout", "interactive", Some(call.url(&logout_path(&holder, &mvpd.id, &back))))
    } else if had || degraded || mvpd.temp_pass_s.is_some() {
        ("complete", "none", None)
    } else {
        ("invalid", "none", None)
    };
    let mut fields = vec![
        ("actionName".into(), name.into()),
        ("actionType".into(), kind.into()),
        ("mvpd".into(), mvpd.id.as_str().into()),
    ];
    fields.extend(url.map(|url| ("url".into(), url.into())));
    let logouts = Node::Map(vec![(mvpd.id.into(), Node::Map(fields))]);
    Reply::ok(Document::new("logouts", map([("logouts", logouts)])))
}
