//! Refusals on purpose, and how often each is still good for.

use super::{Holder, State};
use crate::config::Refusal;
use crate::resource::Asked;

impl State {
    /// The refusal that this resource meets, which counts as used.
    pub(crate) fn refused(&mut self, holder: &Holder, asked: &Asked) -> Option<Refusal> {
        let requestor = self.config.requestor(&holder.requestor)?;
        let id = asked.id(requestor).to_owned();
        let refusals = &mut self.config.refusals;
        let at = refusals.iter().position(|refusal| refusal.resource == id && refusal.times != Some(0))?;
        if let Some(times) = &mut refusals[at].times {
            *times -= 1;
        }
        let met = refusals[at].clone();
        refusals.retain(|refusal| refusal.times != Some(0));
        Some(met)
    }
}
