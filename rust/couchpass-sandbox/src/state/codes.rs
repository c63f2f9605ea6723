//! Registration codes, and the codes of v2's authentication sessions.
//!
//! Adobe's pages: "Registration Page", "Return Registration Record", "Delete Registration Record"; for v2 "Create
//! authentication session", "Resume authentication session".

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Caller, Holder, State, seconds};
use crate::clock::Millis;
use crate::endpoint::Api;
use crate::random;

/// How far a code has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeState {
    /// Nobody has signed in with it yet.
    Waiting,
    /// The viewer has signed in.
    Approved,
    /// The viewer was asked and said no. The device is not told: for it the code goes on waiting.
    Denied,
}

/// A code that has neither expired nor been deleted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LiveCode {
    /// The version of the API that it was made in.
    pub api: Api,
    /// The code, as the device shows it.
    pub code: String,
    /// The requestor that it is for.
    pub requestor: String,
    /// The MVPD that it is for, once it has been chosen; in v1, only where the device has asked for one.
    pub mvpd: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub generated: Millis,
    /// When it expires, in milliseconds since 1970.
    pub expires: Millis,
    /// How far it has come.
    pub state: CodeState,
}

/// What a device asks for.
#[derive(Debug)]
pub(crate) struct NewCode {
    pub(crate) api: Api,
    pub(crate) requestor: String,
    pub(crate) mvpd: Option<String>,
    pub(crate) device_id: String,
    pub(crate) device_info: Map<String, Value>,
    pub(crate) known_platform: bool,
    pub(crate) user_agent: String,
    /// The address that the device called from.
    pub(crate) address: String,
    /// `deviceType`, `deviceUser`, `appId`, `appVersion`, as far as they came.
    pub(crate) legacy: Vec<(&'static str, String)>,
    /// The subject of the platform token that came along.
    pub(crate) subject: Option<String>,
    pub(crate) ttl_s: Option<u64>,
    pub(crate) destination: Destination,
}

/// Where a browser goes in the end, as v2 is told beforehand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Destination {
    pub(crate) domain: Option<String>,
    pub(crate) redirect_url: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct CodeRecord {
    pub(crate) id: String,
    pub(crate) live: LiveCode,
    pub(crate) holder: Holder,
    pub(crate) app_id: String,
    pub(crate) app_name: String,
    pub(crate) device_info: Map<String, Value>,
    pub(crate) known_platform: bool,
    pub(crate) user_agent: String,
    /// The address that the device called from.
    pub(crate) address: String,
    pub(crate) legacy: Vec<(&'static str, String)>,
    pub(crate) subject: Option<String>,
    pub(crate) destination: Destination,
    /// Whether the MVPD was picked on the second screen, and so may be picked otherwise.
    pub(crate) picked: bool,
}

impl CodeRecord {
    /// What v2 still has to be told before a browser can be sent to the MVPD, by the names of the parameters.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let parameters = [
            ("mvpd", &self.live.mvpd),
            ("domainName", &self.destination.domain),
            ("redirectUrl", &self.destination.redirect_url),
        ];
        parameters.into_iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect()
    }
}

impl State {
    pub(crate) fn create_code(&mut self, new: NewCode, caller: &Caller, now: Millis) -> CodeRecord {
        let holder = Holder {
            api: new.api,
            requestor: new.requestor.clone(),
            device: new.device_id,
            client: caller.client.clone(),
        };
        // In v2 a new code makes an older session of the same app on the same device invalid.
        let voided = |record: &CodeRecord| new.api == Api::V2 && record.holder == holder;
        self.codes.retain(|_, record| record.live.expires > now && !voided(record));
        let code = std::iter::repeat_with(random::code)
            .find(|code| !self.codes.contains_key(code))
            .expect("there are 30^7 codes, and new ones without end");
        let ttl_s = new.ttl_s.unwrap_or(self.config.lifetimes.code_s);
        let record = CodeRecord {
            id: random::uuid(),
            live: LiveCode {
                api: new.api,
                code: code.clone(),
                requestor: new.requestor,
                mvpd: new.mvpd,
                generated: now,
                expires: now.saturating_add(seconds(ttl_s)),
                state: CodeState::Waiting,
            },
            holder,
            app_id: caller.app.software_id.clone(),
            app_name: caller.app.name.clone(),
            device_info: new.device_info,
            known_platform: new.known_platform,
            user_agent: new.user_agent,
            address: new.address,
            legacy: new.legacy,
            subject: new.subject,
            destination: new.destination,
            picked: false,
        };
        self.codes.insert(code, record.clone());
        record
    }

    /// A live code of this API and requestor, to the letter.
    pub(crate) fn code(&self, api: Api, requestor: &str, code: &str, now: Millis) -> Option<&CodeRecord> {
        let record = self.codes.get(code).filter(|record| record.live.expires > now);
        record.filter(|record| record.live.api == api && record.live.requestor == requestor)
    }

    /// Adds to a code of v2 what it was made without; what comes again takes the place of the old.
    pub(crate) fn complete_code(&mut self, code: &str, mvpd: Option<String>, destination: Destination) {
        if let Some(record) = self.codes.get_mut(code) {
            let had = &mut record.destination;
            had.domain = destination.domain.or(had.domain.take());
            had.redirect_url = destination.redirect_url.or(had.redirect_url.take());
            record.live.mvpd = mvpd.or(record.live.mvpd.take());
        }
    }

    /// The same by the second screen, where the viewer has picked the MVPD.
    pub(crate) fn pick_provider(&mut self, code: &str, mvpd: String, destination: Destination) {
        if let Some(record) = self.codes.get_mut(code) {
            record.picked |= record.live.mvpd.is_none();
        }
        self.complete_code(code, Some(mvpd), destination);
    }

    /// A live code of any requestor, as typed by a viewer: case and spaces do not matter.
    pub(crate) fn any_code(&self, typed: &str, now: Millis) -> Option<&CodeRecord> {
        self.codes.get(&meant(typed)).filter(|record| record.live.expires > now)
    }

    /// Whether a code, as typed by a viewer, was a good one once. Codes that have expired are remembered until the next one
    /// is made.
    pub(crate) fn has_expired(&self, typed: &str, now: Millis) -> bool {
        self.codes.get(&meant(typed)).is_some_and(|record| record.live.expires <= now)
    }

    pub(crate) fn delete_code(&mut self, requestor: &str, code: &str, now: Millis) {
        if self.code(Api::V1, requestor, code, now).is_some() {
            self.codes.remove(code);
        }
    }

    pub(crate) fn mark_code(&mut self, code: &str, state: CodeState) {
        if let Some(record) = self.codes.get_mut(code) {
            record.live.state = state;
        }
    }

    pub(crate) fn live_codes(&self, now: Millis) -> Vec<LiveCode> {
        let mut live: Vec<_> = self
            .codes
            .values()
            .map(|record| &record.live)
            .filter(|live| live.expires > now)
            .cloned()
            .collect();
        live.sort_by(|a, b| (a.generated, &a.code).cmp(&(b.generated, &b.code)));
        live
    }
}

/// The code that a viewer means.
pub(crate) fn meant(typed: &str) -> String {
    let written =
        typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}'));
    written.flat_map(char::to_uppercase).collect()
}
