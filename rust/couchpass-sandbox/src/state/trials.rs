//! TempPass: how long each viewer has watched without a TV provider, and how much.
//!
//! A trial belongs to a device, and a promotional one to a viewer as well: whoever comes with either has had it. The
//! time runs from the first authorization, by the clock, whether anybody watches or not.
//!
//! Adobe's pages: "TempPass Feature", "Free Preview for Temp Pass and Promotional Temp Pass".

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Authentication, Holder, State, seconds};
use crate::clock::Millis;
use crate::config::Mvpd;
use crate::record::fingerprint;
use crate::resource::{Asked, Denial, Why};

/// One trial.
pub(super) struct Trial {
    requestor: String,
    mvpd: String,
    devices: BTreeSet<String>,
    /// What apps sent as `generic_data`, under the key of the promotion.
    identities: BTreeSet<String>,
    /// When something was authorized first.
    began: Option<Millis>,
    /// What has been authorized.
    used: Vec<String>,
}

/// What an app may know about a trial.
pub(crate) struct TrialReport {
    /// When something was authorized first.
    pub(crate) began: Option<Millis>,
    pub(crate) ends: Millis,
    /// How many more titles a promotion opens; `None` where there is no such limit.
    pub(crate) remaining: Option<usize>,
    pub(crate) used: Vec<String>,
}

/// A trial, as those see it who look on.
#[derive(Debug, Serialize)]
pub(crate) struct LiveTrial {
    requestor: String,
    mvpd: String,
    /// Fingerprints.
    devices: Vec<String>,
    began: Option<Millis>,
    ends: Option<Millis>,
    remaining: Option<usize>,
    used: Vec<String>,
}

impl State {
    /// All trials, oldest first.
    pub(crate) fn live_trials(&self) -> Vec<LiveTrial> {
        let live = |trial: &Trial| {
            let mvpd = self.config.mvpd(&trial.mvpd);
            LiveTrial {
                requestor: trial.requestor.clone(),
                mvpd: trial.mvpd.clone(),
                devices: trial.devices.iter().map(|device| fingerprint(device)).collect(),
                began: trial.began,
                ends: mvpd.and_then(|mvpd| trial.ends(mvpd)),
                remaining: mvpd.and_then(|mvpd| trial.remaining(mvpd)),
                used: trial.used.clone(),
            }
        };
        self.trials.iter().map(live).collect()
    }

    /// Lets a viewer in by TempPass. `false` when the time of the trial is up.
    pub(crate) fn preview(
        &mut self,
        holder: &Holder,
        mvpd: &Mvpd,
        identity: Option<&str>,
        now: Millis,
    ) -> bool {
        let lasts = seconds(mvpd.temp_pass_s.unwrap_or_default());
        let expires = self.trial(holder, &mvpd.id, identity).began.unwrap_or(now).saturating_add(lasts);
        if expires <= now {
            return false;
        }
        let authentication = Authentication {
            api: holder.api,
            requestor: holder.requestor.clone(),
            mvpd: mvpd.id.clone(),
            account: None,
            user_id: format!("{}-{}", mvpd.id, fingerprint(&holder.device)),
            expires,
            by_platform_token: false,
            issued: now,
            enriched: None,
            subject: None,
        };
        self.sign_out(holder);
        self.authentications.insert(holder.clone(), authentication);
        true
    }

    /// Adds who the viewer is to the trial of their device.
    pub(crate) fn identify(&mut self, holder: &Holder, mvpd: &str, identity: &str) {
        self.trial(holder, mvpd, Some(identity));
    }

    /// Whether a trial lets this viewer watch the resource; if so, until when.
    pub(crate) fn trial_decision(
        &self,
        holder: &Holder,
        mvpd: &Mvpd,
        asked: &Asked,
        now: Millis,
    ) -> Result<Millis, Denial> {
        let ends = now.saturating_add(seconds(mvpd.temp_pass_s.unwrap_or_default()));
        let Some(trial) = self.find_trial(holder, &mvpd.id, None).map(|at| &self.trials[at]) else {
            return Ok(ends);
        };
        let ends = trial.ends(mvpd).unwrap_or(ends);
        let refused = |why: Why, text: &str| {
            let details = format!("{} {text} {}", mvpd.display_name, mvpd.upgrade);
            Err(Denial { why, details: details.trim().to_owned() })
        };
        if ends <= now {
            return refused(Why::Duration, "has come to its end.");
        }
        if trial.remaining(mvpd) == Some(0) && !trial.used.contains(&asked.text) {
            return refused(Why::Titles, "does not open any more titles.");
        }
        Ok(ends)
    }

    /// Notes that a trial has authorized the resource; the first starts its time.
    pub(crate) fn use_trial(&mut self, holder: &Holder, mvpd: &str, asked: &Asked, now: Millis) {
        let trial = self.trial(holder, mvpd, None);
        trial.began.get_or_insert(now);
        if !trial.used.contains(&asked.text) {
            trial.used.push(asked.text.clone());
        }
    }

    /// What the app may know about the trial that this holder is in; `None` if the MVPD is no TempPass.
    pub(crate) fn trial_report(&self, holder: &Holder, mvpd: &Mvpd, now: Millis) -> Option<TrialReport> {
        let whole = now.saturating_add(seconds(mvpd.temp_pass_s?));
        let trial = self.find_trial(holder, &mvpd.id, None).map(|at| &self.trials[at]);
        Some(TrialReport {
            began: trial.and_then(|trial| trial.began),
            ends: trial.and_then(|trial| trial.ends(mvpd)).unwrap_or(whole),
            remaining: trial
                .and_then(|trial| trial.remaining(mvpd))
                .or(mvpd.promotion.as_ref().map(|promotion| promotion.resources)),
            used: trial.map(|trial| trial.used.clone()).unwrap_or_default(),
        })
    }

    /// Forgets the trials of a TempPass (of all without a name), on one device (on all without an id).
    pub(crate) fn reset_trials(&mut self, mvpd: Option<&str>, device: Option<&str>) {
        self.trials.retain(|trial| {
            let named = mvpd.is_none_or(|mvpd| trial.mvpd == mvpd);
            !(named && device.is_none_or(|device| trial.devices.contains(device)))
        });
    }

    fn find_trial(&self, holder: &Holder, mvpd: &str, identity: Option<&str>) -> Option<usize> {
        let of = |trial: &&Trial| trial.requestor == holder.requestor && trial.mvpd == mvpd;
        let find =
            |fits: &dyn Fn(&Trial) -> bool| self.trials.iter().position(|trial| of(&trial) && fits(trial));
        find(&|trial| trial.devices.contains(&holder.device))
            .or_else(|| identity.and_then(|identity| find(&|trial| trial.identities.contains(identity))))
    }

    /// The trial of this device or of this viewer, or a new one; both belong to it from now on.
    fn trial(&mut self, holder: &Holder, mvpd: &str, identity: Option<&str>) -> &mut Trial {
        let at = self.find_trial(holder, mvpd, identity).unwrap_or_else(|| {
            self.trials.push(Trial {
                requestor: holder.requestor.clone(),
                mvpd: mvpd.to_owned(),
                devices: BTreeSet::new(),
                identities: BTreeSet::new(),
                began: None,
                used: Vec::new(),
            });
            self.trials.len() - 1
        });
        let trial = &mut self.trials[at];
        trial.devices.insert(holder.device.clone());
        trial.identities.extend(identity.map(str::to_owned));
        trial
    }
}

impl Trial {
    fn ends(&self, mvpd: &Mvpd) -> Option<Millis> {
        Some(self.began?.saturating_add(seconds(mvpd.temp_pass_s?)))
    }

    /// How many more titles a promotion opens; `None` where there is no such limit.
    fn remaining(&self, mvpd: &Mvpd) -> Option<usize> {
        Some(mvpd.promotion.as_ref()?.resources.saturating_sub(self.used.len()))
    }
}
