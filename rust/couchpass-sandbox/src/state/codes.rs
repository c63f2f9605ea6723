//! Registration codes.
//!
//! Adobe's pages: "Registration Page", "Return Registration Record", "Delete Registration Record".

use serde::Serialize;

use super::{Caller, Holder, State, seconds};
use crate::clock::Millis;
use crate::random;

/// How far a registration code has come.
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

/// A registration code that has neither expired nor been deleted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LiveCode {
    /// The code, as the device shows it.
    pub code: String,
    /// The requestor that it is for.
    pub requestor: String,
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
    pub(crate) requestor: String,
    pub(crate) mvpd: Option<String>,
    pub(crate) device_id: String,
    /// Normalized, in Base64.
    pub(crate) device_info: String,
    pub(crate) known_platform: bool,
    pub(crate) user_agent: String,
    /// `deviceType`, `deviceUser`, `appId`, `appVersion`, as far as they came.
    pub(crate) legacy: Vec<(&'static str, String)>,
    /// The subject of the platform token that came along.
    pub(crate) subject: Option<String>,
    pub(crate) ttl_s: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct CodeRecord {
    pub(crate) id: String,
    pub(crate) live: LiveCode,
    pub(crate) mvpd: Option<String>,
    pub(crate) holder: Holder,
    pub(crate) app_id: String,
    pub(crate) app_name: String,
    pub(crate) device_info: String,
    pub(crate) known_platform: bool,
    pub(crate) user_agent: String,
    pub(crate) legacy: Vec<(&'static str, String)>,
    pub(crate) subject: Option<String>,
}

impl State {
    pub(crate) fn create_code(&mut self, new: NewCode, caller: &Caller, now: Millis) -> CodeRecord {
        self.codes.retain(|_, record| record.live.expires > now);
        let code = std::iter::repeat_with(random::code)
            .find(|code| !self.codes.contains_key(code))
            .expect("there are 30^7 codes, and new ones without end");
        let ttl_s = new.ttl_s.unwrap_or(self.config.lifetimes.code_s);
        let record = CodeRecord {
            id: random::uuid(),
            live: LiveCode {
                code: code.clone(),
                requestor: new.requestor.clone(),
                generated: now,
                expires: now.saturating_add(seconds(ttl_s)),
                state: CodeState::Waiting,
            },
            mvpd: new.mvpd,
            holder: Holder { requestor: new.requestor, device: new.device_id, client: caller.client.clone() },
            app_id: caller.app.software_id.clone(),
            app_name: caller.app.name.clone(),
            device_info: new.device_info,
            known_platform: new.known_platform,
            user_agent: new.user_agent,
            legacy: new.legacy,
            subject: new.subject,
        };
        self.codes.insert(code, record.clone());
        record
    }

    /// A live code of this requestor, to the letter.
    pub(crate) fn code(&self, requestor: &str, code: &str, now: Millis) -> Option<&CodeRecord> {
        let record = self.codes.get(code).filter(|record| record.live.expires > now);
        record.filter(|record| record.live.requestor == requestor)
    }

    /// A live code of any requestor, as typed by a viewer: case and spaces do not matter.
    pub(crate) fn any_code(&self, typed: &str, now: Millis) -> Option<&CodeRecord> {
        let code: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}'))
            .flat_map(char::to_uppercase)
            .collect();
        self.codes.get(&code).filter(|record| record.live.expires > now)
    }

    pub(crate) fn delete_code(&mut self, requestor: &str, code: &str, now: Millis) {
        if self.code(requestor, code, now).is_some() {
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
