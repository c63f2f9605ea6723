//! Which degradation meets a call.

use super::State;
use crate::config::{Degradation, DegradationRule};
use crate::resource::Asked;

impl State {
    /// Whether everybody counts as signed in with this MVPD.
    pub(crate) fn everybody_signed_in(&self, requestor: &str, mvpd: &str) -> bool {
        self.degradations(requestor, mvpd).any(|rule| rule.rule == DegradationRule::AuthNAll)
    }

    /// The rule for a resource; of several, the one that was set last.
    pub(crate) fn degradation(&self, requestor: &str, mvpd: &str, asked: &Asked) -> Option<&Degradation> {
        let id = asked.id(self.config.requestor(requestor)?);
        let fits =
            |rule: &&Degradation| rule.resources.is_empty() || rule.resources.iter().any(|one| one == id);
        self.degradations(requestor, mvpd).filter(fits).last()
    }

    fn degradations(&self, requestor: &str, mvpd: &str) -> impl Iterator<Item = &Degradation> {
        self.config.degradations.iter().filter(move |rule| rule.requestor == requestor && rule.mvpd == mvpd)
    }
}
