//! Who is signed in where, and what a platform token makes of it.
//!
//! An authentication belongs to a requestor, a device id and a client registration; change one, and it is out of
//! reach. A platform token's subject spans them all: an authentication that was made with it serves every app that
//! shows the same subject. That app then holds an authentication of its own, which its own logout removes.
//!
//! Adobe's pages: "Retrieve Authentication Token", "Amazon SSO Cookbook (REST API V1)", "Initiate Logout".

use std::fmt;

use serde::Serialize;

use super::{CodeRecord, CodeState, Login, State, seconds};
use crate::clock::Millis;
use crate::endpoint::Api;
use crate::record::fingerprint;

/// To whom an authentication belongs.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Holder {
    pub(crate) api: Api,
    pub(crate) requestor: String,
    pub(crate) device: String,
    pub(crate) client: String,
}

/// A sign-in, as a test sees it: v1's authentication, or v2's profile.
#[derive(Clone, Serialize)]
pub struct Authentication {
    /// The version of the API that it was made in, and is seen in.
    pub api: Api,
    /// The requestor.
    pub requestor: String,
    /// The MVPD.
    pub mvpd: String,
    /// The account's name; `None` for a TempPass.
    pub account: Option<String>,
    /// The user id that apps see.
    pub user_id: String,
    /// When it expires, in milliseconds since 1970.
    pub expires: Millis,
    /// Whether it came by a platform token, from an authentication of another app.
    pub by_platform_token: bool,
    #[serde(skip)]
    pub(crate) issued: Millis,
    /// When an authorization last told more about the viewer.
    #[serde(skip)]
    pub(crate) enriched: Option<Millis>,
    #[serde(skip)]
    pub(crate) subject: Option<String>,
}

/// The subject of the platform token, which is the viewer's, stays out.
impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("api", &self.api)
            .field("requestor", &self.requestor)
            .field("mvpd", &self.mvpd)
            .field("account", &self.account)
            .field("user_id", &self.user_id)
            .field("expires", &self.expires)
            .field("by_platform_token", &self.by_platform_token)
            .finish_non_exhaustive()
    }
}

/// Why there is no authentication.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoAuthentication {
    Missing,
    Expired,
}

/// The latest one goes first. At the same instant it is what can be seen that decides, so that it is the same one each time.
fn precedence(one: &Authentication) -> impl Ord + '_ {
    (one.issued, one.expires, &one.mvpd, &one.account, &one.user_id, one.enriched)
}

impl State {
    /// The authentication of a holder who may have shown a valid platform token with this subject.
    pub(crate) fn authentication(
        &mut self,
        holder: &Holder,
        subject: Option<&str>,
        now: Millis,
    ) -> Result<Authentication, NoAuthentication> {
        let own = self.authentications.get(holder);
        if let Some(own) = own.filter(|own| own.expires > now) {
            return Ok(own.clone());
        }
        let why = if own.is_some() { NoAuthentication::Expired } else { NoAuthentication::Missing };
        let shared = self.shared(holder, subject.ok_or(why)?, now).ok_or(why)?;
        self.authentications.insert(holder.clone(), shared.clone());
        Ok(shared)
    }

    /// What another app's live authentication under the same subject is worth to this holder.
    fn shared(&self, holder: &Holder, subject: &str, now: Millis) -> Option<Authentication> {
        let serves =
            |mvpd: &str| self.config.integration(&holder.requestor, mvpd).is_some_and(|m| m.platform_sso);
        let source = self
            .authentications
            .values()
            .filter(|other| {
                other.expires > now && other.subject.as_deref() == Some(subject) && serves(&other.mvpd)
            })
            .max_by(|one, other| precedence(one).cmp(&precedence(other)))?;
        Some(Authentication {
            requestor: holder.requestor.clone(),
            by_platform_token: true,
            issued: now,
            ..source.clone()
        })
    }

    /// The viewer has signed in with their MVPD and agreed: the device behind the code is authenticated.
    pub(crate) fn approve(&mut self, record: &CodeRecord, login: &Login, account: &str, now: Millis) {
        let lifetimes = &self.config.lifetimes;
        let lives =
            if record.known_platform { lifetimes.authentication_s } else { lifetimes.unknown_platform_s };
        let holder = &record.holder;
        let authentication = Authentication {
            api: holder.api,
            requestor: record.live.requestor.clone(),
            mvpd: login.mvpd.clone(),
            account: Some(account.to_owned()),
            user_id: format!("{}-{}", login.mvpd, fingerprint(account)),
            expires: now.saturating_add(seconds(lives)),
            by_platform_token: false,
            issued: now,
            enriched: None,
            subject: record.subject.clone(),
        };
        match holder.api {
            Api::V1 => {
                self.sign_out(holder);
                self.authentications.insert(holder.clone(), authentication);
            }
            Api::V2 => self.keep_profile(holder, authentication),
        }
        self.mark_code(&record.live.code, CodeState::Approved);
    }

    /// Removes what this holder has: the authentication and all authorizations.
    pub(crate) fn sign_out(&mut self, holder: &Holder) {
        self.authentications.remove(holder);
        self.authorizations.retain(|(of, ..), _| of != holder);
    }

    pub(crate) fn sign_out_everyone(&mut self) {
        self.authentications.clear();
        self.forget_profiles();
        self.authorizations.clear();
    }

    pub(crate) fn live_authentications(&self, now: Millis) -> Vec<Authentication> {
        let mut live: Vec<_> = self.authentications.values().chain(self.own_profiles()).cloned().collect();
        live.retain(|one| one.expires > now);
        live.sort_by(|a, b| (a.issued, &a.requestor, &a.mvpd).cmp(&(b.issued, &b.requestor, &b.mvpd)));
        live
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn of_two_sign_ins_at_one_instant_it_is_always_the_same_that_serves() {
        let holder = |device: &str| Holder {
            api: Api::V1,
            requestor: "LANTERN".into(),
            device: device.into(),
            client: "app".into(),
        };
        // The order of a map is another in each, so one alone could be right by chance.
        for _ in 0..64 {
            let mut state = State::new(Config::default(), false);
            for mvpd in ["Northwind", "Cedar"] {
                let authentication = Authentication {
                    api: Api::V1,
                    requestor: "LANTERN".into(),
                    mvpd: mvpd.into(),
                    account: None,
                    user_id: mvpd.into(),
                    expires: 2,
                    by_platform_token: false,
                    issued: 1,
                    enriched: None,
                    subject: Some("a viewer".into()),
                };
                state.authentications.insert(holder(mvpd), authentication);
            }
            let shared = state.authentication(&holder("third"), Some("a viewer"), 1);
            assert_eq!(shared.map(|shared| shared.mvpd), Ok("Northwind".into()));
        }
    }
}
