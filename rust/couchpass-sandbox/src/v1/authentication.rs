//! Is anybody signed in, and who: asked by the device, asked by the second screen, and ended.
//!
//! Adobe's pages: "Check Authentication Token", "Check Authentication Flow by Second Screen Web App", "Retrieve
//! Authentication Token", "Free Preview for Temp Pass and Promotional Temp Pass", "Initiate Logout".

use super::{generic_data, session};
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::device::Device;
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::render::{Document, map};
use crate::state::{Authentication, Holder, NoAuthentication};

/// `GET /api/v1/checkauthn`
pub(super) fn check(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    match call.authentication(&holder) {
        Ok(_) => Ok(Reply::Bare(200)),
        Err(NoAuthentication::Missing) => {
            Err(Problem::new(403, ErrorCode::AuthenticationSessionMissing, "Authentication token not found"))
        }
        Err(NoAuthentication::Expired) => {
            Err(Problem::new(403, ErrorCode::AuthenticationSessionExpired, "Authentication token expired"))
        }
    }
}

/// `GET /api/v1/checkauthn/{code}`
pub(super) fn check_code(call: &mut Call<'_>) -> Outcome {
    let refused = || Problem::new(403, ErrorCode::AuthenticationSessionMissing, "Forbidden");
    let holder = call.holder_of_code()?.ok_or_else(refused)?;
    call.state.authentication(&holder, None, call.now).map_err(|_| refused())?;
    Ok(Reply::Bare(200))
}

/// `GET /api/v1/tokens/authn`
pub(super) fn token(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let authentication = call.authentication(&holder).map_err(absent)?;
    Reply::ok(document(&authentication))
}

/// `GET /api/v1/authenticate/{code}`: no page describes it, television clients in the open use it.
pub(super) fn of_code(call: &mut Call<'_>) -> Outcome {
    let missing = || absent(NoAuthentication::Missing);
    let holder = call.holder_of_code()?.ok_or_else(missing)?;
    let authentication = call.state.authentication(&holder, None, call.now).map_err(absent)?;
    Reply::ok(document(&authentication))
}

/// `POST /api/v1/authenticate/freepreview`
pub(super) fn free_preview(call: &mut Call<'_>) -> Outcome {
    let caller = call.caller()?;
    let requestor = call.requestor(&caller, "requestor_id")?;
    let device = Device::of(call.request)?;
    let mvpd = call
        .request
        .parameter("mso_id")
        .ok_or_else(|| Problem::absent(ErrorCode::UnknownIntegration, "mso_id"))?;
    let domain = call.request.parameter("domain_name");
    let domain = domain.ok_or_else(|| Problem::absent(ErrorCode::InternalError, "domain_name"))?;
    if !requestor.domains.iter().any(|registered| registered == domain) {
        return Err(Problem::new(
            400,
            ErrorCode::InternalError,
            format!("Domain '{domain}' is not registered"),
        ));
    }
    let temp_pass = call.state.config.integration(&requestor.id, mvpd).cloned();
    let mvpd = temp_pass.filter(|mvpd| mvpd.temp_pass_s.is_some()).ok_or_else(|| {
        Problem::new(
            400,
            ErrorCode::UnknownIntegration,
            format!("'{mvpd}' is no TempPass of '{}'", requestor.id),
        )
    })?;
    let holder = Holder { api: Api::V1, requestor: requestor.id, device: device.id, client: caller.client };
    let identity = generic_data::identity(call, &mvpd, true)?;
    if !call.state.preview(&holder, &mvpd, identity.as_deref(), call.now) {
        return Err(Problem::new(
            400,
            ErrorCode::AuthenticationSessionExpired,
            "The free preview has been used up",
        ));
    }
    Ok(Reply::Bare(204))
}

/// `DELETE /api/v1/logout`: this app's tokens and nobody else's.
pub(super) fn logout(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    call.state.sign_out(&holder);
    Ok(Reply::Bare(204))
}

fn absent(why: NoAuthentication) -> Problem {
    match why {
        NoAuthentication::Missing => Problem::new(404, session(why), "Not Found"),
        NoAuthentication::Expired => Problem::new(410, session(why), "Gone"),
    }
}

fn document(authentication: &Authentication) -> Document {
    let node = map([
        ("requestor", authentication.requestor.as_str().into()),
        ("mvpd", authentication.mvpd.as_str().into()),
        ("userId", authentication.user_id.as_str().into()),
        // A string, as in Adobe's sample.
        ("expires", authentication.expires.to_string().into()),
    ]);
    Document::new("authentication", node)
}
