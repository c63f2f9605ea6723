//! The road that every call goes down: bearer token and platform token, rate limit, bounded retry, wire.

pub(crate) mod bearer;
mod ciphers;
pub(crate) mod courier;
pub(crate) mod tls;
pub(crate) mod transport;

use std::{sync::Arc, time::Duration};

use self::{
    bearer::{Bearers, Rejected},
    courier::Courier,
};
use crate::{
    Api, Error, PlatformTokenCarrier,
    endpoints::{BEARER, Call, Endpoint, Responding, Response},
    failure::Failure,
    platform_token::PlatformTokens,
};

/// The pause before the second try of something inside an answer; the third waits twice as long.
pub(crate) const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// Everything between an endpoint and its answer.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) courier: Arc<Courier>,
    pub(crate) bearers: Bearers,
    pub(crate) platform_tokens: PlatformTokens,
    pub(crate) carrier: PlatformTokenCarrier,
    pub(crate) api: Api,
}

impl Pipeline {
    /// Asks a protected endpoint.
    pub(crate) async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<E::Answer, Failure> {
        endpoint.read(&self.respond(&|| endpoint.call()).await?)
    }

    /// A refused bearer token is refreshed once, a forgotten registration renewed once.
    fn respond<'a>(&'a self, call: &'a (dyn Fn() -> Call + Sync)) -> Responding<'a> {
        Box::pin(async move {
            let mut rejected = Rejected::Nothing;
            let (mut may_refresh, mut may_register) = (true, true);
            loop {
                // Both are needed and neither needs the other: the platform's answer costs no time beside registration.
                let (bearer, platform_token) =
                    tokio::join!(self.bearers.current(rejected), self.platform_tokens.current());
                let bearer = bearer?;
                self.check_scope()?;
                let mut call = call();
                debug_assert!(call.protected, "registration goes through the courier");
                call.carry(BEARER, &bearer.token);
                if let Some(token) = platform_token.as_ref().filter(|_| call.platform_token) {
                    call.carry(call.token_placement(self.carrier), token);
                }
                let response = self.courier.deliver(&call).await?;
                rejected = match verdict(&response) {
                    Verdict::Answer => {
                        self.bearers.note_accepted();
                        return Ok(response);
                    }
                    Verdict::Token { .. } if may_refresh => {
                        may_refresh = false;
                        Rejected::Token(bearer.token)
                    }
                    Verdict::Registration | Verdict::Token { registration_too: true } if may_register => {
                        (may_refresh, may_register) = (false, false);
                        Rejected::Client(bearer.client_id)
                    }
                    Verdict::Registration | Verdict::Token { .. } | Verdict::Scope => {
                        return Err(self.out_of_scope(&response));
                    }
                };
            }
        })
    }

    /// A registration that names its scopes, and not the one that the API needs, is refused before a call is wasted on it.
    fn check_scope(&self) -> Result<(), Failure> {
        let Some(needed) = self.api.scope() else { return Ok(()) };
        let scopes = self.bearers.scopes();
        // Where other scopes of the family are named, one that is not named is not there.
        let is_missing = scopes.iter().all(|scope| scope != needed)
            && scopes.iter().any(|scope| scope.starts_with("api:client"));
        if !is_missing {
            return Ok(());
        }
        Err(Failure::Known(Error::fix(
            format!(
                "the software statement is not one for REST v2: its registered application has the scopes {}, and not {needed}",
                scopes.join(", ")
            ),
            "register an application with the scope of REST v2 in Adobe's TVE dashboard and use its software statement, \
             or choose v1 for as long as it is there",
        )))
    }

    /// Even a fresh token is refused: what it stands for is not allowed here.
    fn out_of_scope(&self, response: &Response) -> Failure {
        let Failure::Refused { call, status, complaint } = response.refusal() else {
            return response.refusal();
        };
        let scopes = self.bearers.scopes();
        let scopes = if scopes.is_empty() { "none that it names".to_owned() } else { scopes.join(", ") };
        Failure::Known(Error::FixConfiguration {
            remedy: format!(
                "use the software statement of a registered application that covers this API and requestor \
                 (scopes of this one: {scopes})"
            ),
            report: complaint.report(call, status),
        })
    }
}

/// What an answer says of the credentials that were sent.
enum Verdict {
    /// They were in order; the answer is the endpoint's to read.
    Answer,
    /// The bearer token is not accepted; if a fresh one is not either, perhaps the registration is not.
    Token { registration_too: bool },
    /// The registration is not known.
    Registration,
    /// The registration does not cover this call.
    Scope,
}

fn verdict(response: &Response) -> Verdict {
    if response.status < 300 {
        return Verdict::Answer;
    }
    // The body of an expired-token answer has varied over the years, so a 401 is tried with a new token first.
    let Failure::Refused { status, complaint, .. } = response.refusal() else { return Verdict::Answer };
    let wants_registration = complaint.action() == Some("application-registration");
    match status {
        401 => Verdict::Token { registration_too: wants_registration },
        403 if complaint.code() == Some("insufficient_scope") => Verdict::Scope,
        _ if wants_registration || complaint.code() == Some("invalid_client") => Verdict::Registration,
        _ => Verdict::Answer,
    }
}
