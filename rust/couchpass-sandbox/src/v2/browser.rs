//! The browser's ways: to the MVPD's login page, and to its logout page. What goes wrong is told in HTML.
//!
//! Adobe's pages: "Perform authentication in user agent", "Initiate logout for specific mvpd".

use url::form_urlencoded::Serializer;

use super::parameters::redirect_url;
use crate::call::{Call, Outcome, Reply};
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::state::{Holder, Login};

fn bad() -> Problem {
    Problem::page(400, "400 Bad Request")
}

/// `GET /api/v2/authenticate/{serviceProvider}/{code}`, without a bearer token.
pub(super) fn authenticate(call: &mut Call<'_>) -> Outcome {
    let provider = call.target.requestor.as_deref().unwrap_or_default();
    let code = call.target.code.as_deref().unwrap_or_default();
    let record = call.state.code(Api::V2, provider, code, call.now).ok_or_else(bad)?;
    let (Some(mvpd), Some(redirect_url)) = (&record.live.mvpd, &record.destination.redirect_url) else {
        return Err(bad());
    };
    // A TempPass has no login page.
    let integration = call.state.config.integration(provider, mvpd);
    if !record.missing().is_empty() || integration.is_none_or(|mvpd| mvpd.temp_pass_s.is_some()) {
        return Err(bad());
    }
    let login = Login {
        api: Api::V2,
        code: record.live.code.clone(),
        mvpd: mvpd.clone(),
        redirect_url: redirect_url.clone(),
        account: None,
    };
    let name = call.state.begin_login(login);
    Ok(Reply::Redirect { status: 302, to: format!("{}/mvpd/login?session={name}", call.addresses.web) })
}

/// Where the browser is sent to log out. Adobe's has the device's id in it, too.
pub(super) fn logout_path(holder: &Holder, mvpd: &str, redirect_url: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("requestor_id", &holder.requestor)
        .append_pair("mso_id", mvpd)
        .append_pair("pt_device_id", &holder.device)
        .append_pair("redirect_url", redirect_url)
        .finish();
    format!("/adobe-services/logout?{query}")
}

/// `GET /adobe-services/logout`, without a bearer token: on to the MVPD's own logout, and from there to `redirect_url`.
pub(super) fn log_out(call: &mut Call<'_>) -> Outcome {
    let parameter = |name| call.request.query(name).ok_or_else(bad);
    let (provider, mvpd) = (parameter("requestor_id")?, parameter("mso_id")?);
    call.state.config.integration(provider, mvpd).ok_or_else(bad)?;
    let back = redirect_url(parameter("redirect_url")?).map_err(|_| bad())?;
    let query = Serializer::new(String::new()).append_pair("redirect_url", &back).finish();
    Ok(Reply::Redirect { status: 302, to: format!("{}/mvpd/logout?{query}", call.addresses.web) })
}
