//! REST API v1.
//!
//! Adobe's page: "REST API Reference"; one file per group of endpoints.

mod authentication;
mod authorization;
mod browser;
pub(crate) mod generic_data;
mod metadata;
mod preauthorization;
mod providers;
mod regcode;

pub(crate) use providers::{logo, platform};

use crate::call::{Call, Outcome};
use crate::catalogue::ErrorCode;
use crate::config::Requestor;
use crate::device::Device;
use crate::endpoint::{Api, Endpoint};
use crate::problem::Problem;
use crate::state::{Authentication, Caller, Holder, NoAuthentication};

/// Serves any endpoint of v1.
pub(crate) fn serve(call: &mut Call<'_>) -> Outcome {
    match call.target.endpoint {
        Endpoint::CreateCode => regcode::create(call),
        Endpoint::ReadCode => regcode::read(call),
        Endpoint::DeleteCode => regcode::delete(call),
        Endpoint::ProviderList => providers::list(call),
        Endpoint::Authenticate => browser::authenticate(call),
        Endpoint::AuthenticateCode => authentication::of_code(call),
        Endpoint::FreePreview => authentication::free_preview(call),
        Endpoint::CheckAuthn => authentication::check(call),
        Endpoint::CheckAuthnCode => authentication::check_code(call),
        Endpoint::AuthnToken => authentication::token(call),
        Endpoint::Logout => authentication::logout(call),
        Endpoint::Authorize => authorization::authorize(call),
        Endpoint::AuthzToken => authorization::token(call),
        Endpoint::MediaToken => authorization::media_token(call),
        Endpoint::Preauthorize => preauthorization::by_device(call),
        Endpoint::PreauthorizeCode => preauthorization::by_code(call),
        Endpoint::UserMetadata => metadata::user_metadata(call),
        _ => Err(Problem::page(404, "404 Not Found")),
    }
}

impl Call<'_> {
    /// The client, by its bearer token.
    fn caller(&self) -> Result<Caller, Problem> {
        self.state.caller(self.request.bearer(), Api::V1, self.now)
    }

    /// The requestor of the path, or of the parameter with this name, and that the client may speak for it.
    fn requestor(&self, caller: &Caller, parameter: &str) -> Result<Requestor, Problem> {
        let id = self.target.requestor.as_deref().filter(|id| !id.is_empty());
        let id = id.or_else(|| self.request.parameter(parameter));
        let id = id.ok_or_else(|| Problem::absent(ErrorCode::InvalidRequestor, parameter))?;
        let requestor = self.state.config.requestor(id).cloned();
        let requestor = requestor.ok_or_else(|| {
            Problem::new(400, ErrorCode::InvalidRequestor, format!("Unknown requestor '{id}'"))
        })?;
        caller.speaks_for(&requestor.id)?;
        Ok(requestor)
    }

    /// Who calls, for which requestor, on which device: what nearly every call has to say.
    fn holder(&self) -> Result<Holder, Problem> {
        let caller = self.caller()?;
        let requestor = self.requestor(&caller, "requestor")?;
        let device = Device::of(self.request)?;
        Ok(Holder { api: Api::V1, requestor: requestor.id, device: device.id, client: caller.client })
    }

    /// The authentication of a holder, by a platform token too.
    fn authentication(&mut self, holder: &Holder) -> Result<Authentication, NoAuthentication> {
        let subject = self.subject();
        self.state.authentication(holder, subject.as_deref(), self.now)
    }

    /// The holder behind the registration code of the path.
    fn holder_of_code(&self) -> Result<Option<Holder>, Problem> {
        let caller = self.caller()?;
        let requestor = self.requestor(&caller, "requestor")?;
        let code = self.target.code.as_deref().unwrap_or_default();
        Ok(self.state.code(Api::V1, &requestor.id, code, self.now).map(|record| record.holder.clone()))
    }
}

/// The enhanced code for a missing or expired sign-in.
fn session(why: NoAuthentication) -> ErrorCode {
    match why {
        NoAuthentication::Missing => ErrorCode::AuthenticationSessionMissing,
        NoAuthentication::Expired => ErrorCode::AuthenticationSessionExpired,
    }
}
