//! The browser's way to the MVPD.
//!
//! Adobe's pages: "Initiate Authentication", "Avoid using &reg_code in /authenticate request".

use url::Url;

use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::state::Login;

/// `GET /api/v1/authenticate`, by a browser and so without a bearer token.
pub(super) fn authenticate(call: &mut Call<'_>) -> Outcome {
    let request = call.request;
    let parameter = |name, code| request.query(name).ok_or_else(|| Problem::absent(code, name));
    let requestor = parameter("requestor_id", ErrorCode::InvalidRequestor)?;
    let mvpd = parameter("mso_id", ErrorCode::UnknownIntegration)?;
    let typed = parameter("reg_code", ErrorCode::InternalError)?;
    let domain = parameter("domain_name", ErrorCode::InternalError)?;
    for residual in ["noflash", "no_iframe"] {
        parameter(residual, ErrorCode::InternalError)?;
    }
    let redirect_url = parameter("redirect_url", ErrorCode::InternalError)?;
    let bad = |code, message: String| Err(Problem::new(400, code, message));
    if request.query.last().is_none_or(|(name, _)| name != "redirect_url") {
        return bad(ErrorCode::InternalError, "'redirect_url' is not the last parameter".into());
    }
    if !Url::parse(redirect_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return bad(ErrorCode::InternalError, "'redirect_url' is not an address".into());
    }
    let Some(known) = call.state.config.requestor(requestor) else {
        return bad(ErrorCode::InvalidRequestor, format!("Unknown requestor '{requestor}'"));
    };
    if !known.domains.iter().any(|registered| registered == domain) {
        return bad(ErrorCode::InternalError, format!("Domain '{domain}' is not registered"));
    }
    let integration = call.state.config.integration(requestor, mvpd);
    if integration.is_none_or(|mvpd| mvpd.temp_pass_s.is_some()) {
        return bad(ErrorCode::UnknownIntegration, format!("'{mvpd}' is not integrated with '{requestor}'"));
    }
    let Some(record) = call.state.code(Api::V1, requestor, typed, call.now) else {
        return bad(ErrorCode::InternalError, format!("Registration code '{typed}' not found"));
    };
    let login = Login {
        api: Api::V1,
        code: record.live.code.clone(),
        mvpd: mvpd.to_owned(),
        redirect_url: redirect_url.to_owned(),
        account: None,
    };
    let name = call.state.begin_login(login);
    Ok(Reply::Redirect { status: 302, to: format!("{}/mvpd/login?session={name}", call.addresses.web) })
}
