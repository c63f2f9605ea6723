//! REST API v2: one file per group of endpoints.
//!
//! Adobe's page: "REST API V2 - APIs Overview". Each file names the pages of its endpoints.

mod browser;
mod configuration;
mod decisions;
mod headers;
mod logout;
mod parameters;
mod profiles;
mod sessions;
mod streaming_device;

pub(crate) use sessions::{authenticate_path, reason};

use crate::call::{Call, Outcome};
use crate::catalogue::ErrorCode;
use crate::config::{Mvpd, Requestor};
use crate::endpoint::{Api, Endpoint};
use crate::problem::Problem;
use crate::state::{Caller, CodeRecord, Holder};

/// Whether an endpoint is served here.
pub(crate) fn serves(endpoint: Endpoint) -> bool {
    endpoint.is_v2() || matches!(endpoint, Endpoint::AuthenticateSession | Endpoint::BrowserLogout)
}

/// Serves any endpoint of v2.
pub(crate) fn serve(call: &mut Call<'_>) -> Outcome {
    match call.target.endpoint {
        Endpoint::Configuration => configuration::retrieve(call),
        Endpoint::CreateSession => sessions::create(call),
        Endpoint::ReadSession => sessions::read(call),
        Endpoint::ResumeSession => sessions::resume(call),
        Endpoint::AuthenticateSession => browser::authenticate(call),
        Endpoint::Profiles => profiles::all(call),
        Endpoint::MvpdProfile => profiles::of_mvpd(call),
        Endpoint::CodeProfile => profiles::of_code(call),
        Endpoint::PreauthorizeDecisions => decisions::preauthorize(call),
        Endpoint::AuthorizeDecisions => decisions::authorize(call),
        Endpoint::MvpdLogout => logout::initiate(call),
        Endpoint::BrowserLogout => browser::log_out(call),
        _ => Err(Problem::page(404, "404 Not Found")),
    }
}

impl Call<'_> {
    /// The client and the service provider that it may speak for.
    fn client_of_provider(&self) -> Result<(Caller, Requestor), Problem> {
        let caller = self.state.caller(self.request.bearer(), Api::V2, self.now)?;
        let id = self.target.requestor.as_deref().unwrap_or_default();
        let provider = self.state.config.requestor(id).cloned();
        let provider = provider.ok_or_else(|| Problem::of(ErrorCode::InvalidParameterServiceProvider))?;
        caller.speaks_for(&provider.id)?;
        Ok((caller, provider))
    }

    /// An MVPD that the service provider is integrated with.
    fn integrated(&self, provider: &Requestor, mvpd: &str) -> Result<Mvpd, Problem> {
        let known = self.state.config.mvpd(mvpd);
        let known = known.ok_or_else(|| Problem::of(ErrorCode::InvalidParameterMvpd))?;
        let integrated = provider.mvpds.iter().any(|id| id == mvpd);
        if integrated { Ok(known.clone()) } else { Err(Problem::of(ErrorCode::InvalidIntegration)) }
    }

    /// The MVPD of the path.
    fn mvpd_of_path(&self, provider: &Requestor) -> Result<Mvpd, Problem> {
        self.integrated(provider, self.target.mvpd.as_deref().unwrap_or_default())
    }

    /// The live session behind the code of the path.
    fn session(&self, provider: &Requestor) -> Result<CodeRecord, Problem> {
        let code = self.target.code.as_deref().unwrap_or_default();
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Problem::of(ErrorCode::InvalidParameterCode));
        }
        let record = self.state.code(Api::V2, &provider.id, code, self.now).cloned();
        record.ok_or_else(|| Problem::of(ErrorCode::InvalidAuthenticationSession))
    }

    /// A path of v2 as an answer's `url` has it.
    fn url(&self, path: &str) -> String {
        let base = if self.state.config.spelling.absolute_urls { &*self.addresses.sp } else { "" };
        format!("{base}{path}")
    }
}

fn holder(caller: Caller, provider: Requestor, device: String) -> Holder {
    Holder { api: Api::V2, requestor: provider.id, device, client: caller.client }
}
