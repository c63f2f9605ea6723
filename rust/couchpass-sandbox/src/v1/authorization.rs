//! May this viewer watch this: the decision, what is kept of it, and the media token for the player.
//!
//! Adobe's pages: "Initiate Authorization", "Retrieve Authorization Token", "Obtain Short Media Token".

use super::{generic_data, session};
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::config::Refusal;
use crate::media;
use crate::problem::Problem;
use crate::render::{Document, Node, map};
use crate::resource::{Asked, Why};
use crate::state::NoAuthorization;

fn resource(call: &Call<'_>) -> Result<Asked, Problem> {
    let text = call.request.parameter("resource");
    Asked::read(text.ok_or_else(|| Problem::absent(ErrorCode::MissingResource, "resource"))?)
}

/// `GET /api/v1/authorize`
pub(super) fn authorize(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let asked = resource(call)?;
    let authentication = call
        .authentication(&holder)
        .map_err(|why| Problem::new(403, session(why), "User not authenticated").detailed(None))?;
    if let Some(refusal) = call.state.refused(&holder, &asked) {
        return Err(refused(refusal));
    }
    let mvpd = call.state.config.mvpd(&authentication.mvpd).cloned();
    if let Some(identity) = mvpd.map(|mvpd| generic_data::identity(call, &mvpd, false)).transpose()?.flatten()
    {
        call.state.identify(&holder, &authentication.mvpd, &identity);
    }
    let authorization =
        call.state.authorize(&holder, &authentication, &asked, call.now).map_err(|denial| {
            let code = if denial.why == Why::Parental {
                ErrorCode::AuthorizationDeniedByParentalControls
            } else {
                ErrorCode::AuthorizationDeniedByMvpd
            };
            Problem::new(403, code, "User not authorized").detailed(Some(denial.details))
        })?;
    let proxy = authorization.proxy_mvpd;
    Reply::ok(document(&authorization.mvpd, &asked, &holder.requestor, authorization.expires, proxy))
}

/// The answer to a refusal on purpose.
fn refused(refusal: Refusal) -> Problem {
    let message = match refusal.code.action() {
        "authentication" => "User not authenticated",
        _ => "User not authorized",
    };
    Problem::new(refusal.code.status(), refusal.code, message).detailed(refusal.details)
}

/// `GET /api/v1/tokens/authz`
pub(super) fn token(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let asked = resource(call)?;
    let authentication = call
        .authentication(&holder)
        .map_err(|why| Problem::new(412, session(why), "User not authenticated").detailed(None))?;
    let kept = call.state.authorization(&holder, &authentication.mvpd, &asked, call.now);
    let authorization = kept.map_err(|why| match why {
        NoAuthorization::Missing => {
            Problem::new(404, ErrorCode::AuthorizationNotFound, "Not Found").detailed(None)
        }
        NoAuthorization::Expired => Problem::new(410, ErrorCode::AuthorizationExpired, "Gone").detailed(None),
    })?;
    let proxy = authorization.proxy_mvpd;
    Reply::ok(document(&authorization.mvpd, &asked, &holder.requestor, authorization.expires, proxy))
}

/// `GET /api/v1/tokens/media`, `GET /api/v1/mediatoken`
pub(super) fn media_token(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let asked = resource(call)?;
    let authentication = call
        .authentication(&holder)
        .map_err(|why| Problem::new(403, session(why), "User not authenticated").detailed(None))?;
    call.state.authorization(&holder, &authentication.mvpd, &asked, call.now).map_err(|_| {
        Problem::new(403, ErrorCode::AuthorizationNotFound, "User not authorized").detailed(None)
    })?;
    let token = media::token(call.state, &holder.requestor, call.now);
    let node = map([
        ("resource", asked.text.into()),
        ("requestor", holder.requestor.into()),
        ("expires", token.expires.to_string().into()),
        ("serializedToken", token.serialized.into()),
        ("userId", authentication.user_id.into()),
        ("mvpdId", authentication.mvpd.into()),
    ]);
    Reply::ok(Document::new("play", node))
}

fn document(mvpd: &str, asked: &Asked, requestor: &str, expires: u64, proxy: Option<String>) -> Document {
    let mut fields = vec![
        ("mvpd".into(), mvpd.into()),
        ("resource".into(), asked.text.as_str().into()),
        ("requestor".into(), requestor.into()),
        ("expires".into(), expires.to_string().into()),
    ];
    if let Some(proxy) = proxy {
        fields.push(("proxyMvpd".into(), proxy.into()));
    }
    Document::new("authorization", Node::Map(fields))
}
