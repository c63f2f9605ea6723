//! What has been authorized, and until when Adobe answers from its cache.
//!
//! Adobe's pages: "Initiate Authorization", "Retrieve Authorization Token".

use super::{Authentication, Holder, State, seconds};
use crate::clock::Millis;
use crate::resource::{Asked, Denial, decide};

#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) mvpd: String,
    pub(crate) proxy_mvpd: Option<String>,
    pub(crate) expires: Millis,
}

/// Why there is no authorization.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoAuthorization {
    Missing,
    Expired,
}

impl State {
    /// What the MVPD thinks of this resource; nothing is kept.
    pub(crate) fn decision(&self, authentication: &Authentication, asked: &Asked) -> Result<(), Denial> {
        let Some(account) = &authentication.account else {
            // A TempPass opens everything while it lasts.
            return Ok(());
        };
        let unknown = || Denial { parental: false, details: "The account is no longer known.".into() };
        let requestor = self.config.requestor(&authentication.requestor).ok_or_else(unknown)?;
        let mvpd = self.config.mvpd(&authentication.mvpd).ok_or_else(unknown)?;
        decide(mvpd, self.config.account(account).ok_or_else(unknown)?, requestor, asked)
    }

    /// Authorizes a resource, from the cache while it lasts.
    pub(crate) fn authorize(
        &mut self,
        holder: &Holder,
        authentication: &Authentication,
        asked: &Asked,
        now: Millis,
    ) -> Result<Authorization, Denial> {
        if let Ok(cached) = self.authorization(holder, asked, now) {
            return Ok(cached);
        }
        self.decision(authentication, asked)?;
        let until = now + seconds(self.config.lifetimes.authorization_s);
        let authorization = Authorization {
            mvpd: authentication.mvpd.clone(),
            proxy_mvpd: self.config.mvpd(&authentication.mvpd).and_then(|mvpd| mvpd.proxy_mvpd.clone()),
            // It does not outlive the sign-in.
            expires: until.min(authentication.expires),
        };
        self.authorizations.insert((holder.clone(), asked.text.clone()), authorization.clone());
        Ok(authorization)
    }

    /// The authorization that is kept.
    pub(crate) fn authorization(
        &self,
        holder: &Holder,
        asked: &Asked,
        now: Millis,
    ) -> Result<Authorization, NoAuthorization> {
        match self.authorizations.get(&(holder.clone(), asked.text.clone())) {
            Some(kept) if kept.expires > now => Ok(kept.clone()),
            Some(_) => Err(NoAuthorization::Expired),
            None => Err(NoAuthorization::Missing),
        }
    }

    pub(crate) fn expire_authorizations(&mut self, now: Millis) {
        self.authorizations.values_mut().for_each(|kept| kept.expires = kept.expires.min(now));
    }
}
