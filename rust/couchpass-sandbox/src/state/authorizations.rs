//! What has been authorized, and until when Adobe answers from its cache.
//!
//! Adobe's pages: "Initiate Authorization", "Retrieve Authorization Token".

use super::{Authentication, Holder, State, seconds};
use crate::clock::Millis;
use crate::endpoint::Api;
use crate::resource::{Asked, Denial, Why, decide};

#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) mvpd: String,
    pub(crate) issued: Millis,
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
    /// What the MVPD thinks of this resource, and until when that is good; nothing is kept.
    pub(crate) fn decision(
        &self,
        holder: &Holder,
        authentication: &Authentication,
        asked: &Asked,
        now: Millis,
    ) -> Result<Millis, Denial> {
        let unknown = || Denial { why: Why::Mvpd, details: "The account is no longer known.".into() };
        let requestor = self.config.requestor(&authentication.requestor).ok_or_else(unknown)?;
        let mvpd = self.config.mvpd(&authentication.mvpd).ok_or_else(unknown)?;
        let Some(account) = &authentication.account else {
            return self.trial_decision(holder, mvpd, asked, now);
        };
        decide(mvpd, self.config.account(account).ok_or_else(unknown)?, requestor, asked)?;
        Ok(now.saturating_add(seconds(self.config.lifetimes.authorization_s)))
    }

    /// Authorizes a resource, from the cache while it lasts.
    pub(crate) fn authorize(
        &mut self,
        holder: &Holder,
        authentication: &Authentication,
        asked: &Asked,
        now: Millis,
    ) -> Result<Authorization, Denial> {
        if let Ok(cached) = self.authorization(holder, &authentication.mvpd, asked, now) {
            return Ok(cached);
        }
        let until = self.decision(holder, authentication, asked, now)?;
        match &authentication.account {
            Some(account) => self.enrich(holder, authentication, account, now),
            None => self.use_trial(holder, &authentication.mvpd, asked, now),
        }
        let mvpd = authentication.mvpd.clone();
        let authorization = Authorization {
            issued: now,
            proxy_mvpd: self.config.mvpd(&authentication.mvpd).and_then(|mvpd| mvpd.proxy_mvpd.clone()),
            mvpd: mvpd.clone(),
            // It does not outlive the sign-in.
            expires: until.min(authentication.expires),
        };
        self.authorizations.insert((holder.clone(), mvpd, asked.text.clone()), authorization.clone());
        Ok(authorization)
    }

    /// Some MVPDs tell more about the viewer once they have authorized something.
    fn enrich(&mut self, holder: &Holder, of: &Authentication, account: &str, now: Millis) {
        let tells =
            self.config.account(account).is_some_and(|account| !account.metadata_on_authorization.is_empty());
        if !tells {
            return;
        }
        match holder.api {
            Api::V1 => {
                if let Some(authentication) = self.authentications.get_mut(holder) {
                    authentication.enriched = Some(now);
                }
            }
            Api::V2 => self.enrich_profile(holder, of, now),
        }
    }

    /// The authorization that is kept.
    pub(crate) fn authorization(
        &self,
        holder: &Holder,
        mvpd: &str,
        asked: &Asked,
        now: Millis,
    ) -> Result<Authorization, NoAuthorization> {
        match self.authorizations.get(&(holder.clone(), mvpd.to_owned(), asked.text.clone())) {
            Some(kept) if kept.expires > now => Ok(kept.clone()),
            Some(_) => Err(NoAuthorization::Expired),
            None => Err(NoAuthorization::Missing),
        }
    }

    pub(crate) fn expire_authorizations(&mut self, now: Millis) {
        self.authorizations.values_mut().for_each(|kept| kept.expires = kept.expires.min(now));
    }
}
