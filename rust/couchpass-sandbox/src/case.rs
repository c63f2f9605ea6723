//! A case: all that has happened in a sandbox, as a file that another sandbox can live through again.
//!
//! It begins with the world as it was at the first call, and goes on with what came, what was answered and what a tester
//! has changed, each with its instant by the sandbox's clock. It holds no secret: `veil` tells what stands in its place.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::Addresses;
use crate::clock::Millis;
use crate::config::Config;
use crate::cover::{Body, Cover, Covered, Given, password_of};
use crate::endpoint::{Endpoint, Origin};
use crate::journal::{Event, Happened, Kept};
use crate::throttle::Throttling;

/// The version of the format, which a reader has to know.
pub(crate) const FORMAT: u32 = 1;

/// Faults that leave nothing of a body to be compared.
const CUT: [&str; 2] = ["truncate", "shorten"];

/// A recording of a sandbox, from its first call on, without secrets. It is read from JSON, and written as JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub(crate) couchpass_case: u32,
    pub(crate) made_by: String,
    pub(crate) world: CaseWorld,
    pub(crate) given: BTreeMap<String, Given>,
    pub(crate) steps: Vec<Step>,
}

/// How the sandbox was at the first call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseWorld {
    pub(crate) now: Millis,
    pub(crate) frozen: bool,
    pub(crate) throttling: Throttling,
    pub(crate) enhanced_errors: bool,
    pub(crate) config: Config,
}

/// What happened next.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Step {
    /// Something was changed by the control API.
    Control { at: Millis, method: String, path: String, body: Value },
    /// A request came.
    Request {
        at: Millis,
        number: usize,
        origin: Origin,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<Endpoint>,
        /// The address that the throttling went by.
        client: String,
        #[serde(flatten)]
        request: Covered,
    },
    /// A request was answered, or its connection ended.
    Answer {
        at: Millis,
        /// That of the request.
        number: usize,
        #[serde(flatten)]
        answer: CaseAnswer,
    },
}

/// What is compared of an answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct CaseAnswer {
    /// 0 without an answer.
    pub(crate) status: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) content_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) location: String,
    /// `None` where there is nothing to compare: no text, or the beginning of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
}

impl CaseAnswer {
    /// The answer of a HAR entry, as far as it is compared. How a page looks is not: another version may draw it otherwise.
    pub(crate) fn compared(cover: &mut Cover<'_>, number: usize, entry: &Value) -> Self {
        let answer = Self::of(cover, number, entry);
        if entry["_origin"] == "web" { Self { body: None, ..answer } } else { answer }
    }

    /// The answer of a HAR entry; what it has issued is named after the request.
    pub(crate) fn of(cover: &mut Cover<'_>, number: usize, entry: &Value) -> Self {
        let (response, content) = (&entry["response"], &entry["response"]["content"]);
        let fault = entry["_fault"].as_str().map(str::to_owned);
        let location = response["redirectURL"].as_str().unwrap_or_default();
        let whole = content.get("encoding").is_none() && content.get("comment").is_none();
        let cut = fault.as_deref().is_some_and(|fault| CUT.contains(&fault));
        let body = content["text"].as_str().filter(|_| whole && !cut);
        cover.veil.learn(number, &format!("{} {location}", body.unwrap_or_default()));
        Self {
            status: response["status"].as_u64().unwrap_or_default(),
            fault,
            content_type: content["mimeType"].as_str().unwrap_or_default().to_owned(),
            location: cover.text(location),
            body: body.map(|body| cover.text(body)),
        }
    }
}

/// Why a case is not to be had, or not to be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// There was no room for all that came.
    #[error("more came than the sandbox keeps; reset it and record again")]
    TooLong,
    /// Nothing is recorded: there is no control API.
    #[error("nothing is recorded without the control API")]
    NotRecorded,
    /// It is no JSON, or not of this shape.
    #[error("this is no recorded case: {0}")]
    Unreadable(String),
    /// It is of another format.
    #[error("this case has format {0}, and this sandbox replays format {FORMAT}")]
    Format(u32),
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    ///
    /// If the text is no case, or one that this version does not know.
    pub fn from_json(text: &str) -> Result<Self, CaseError> {
        let case: Value =
            serde_json::from_str(text).map_err(|error| CaseError::Unreadable(error.to_string()))?;
        Self::of_value(case)
    }

    pub(crate) fn of_value(case: Value) -> Result<Self, CaseError> {
        let format = case["couchpass_case"].as_u64().and_then(|format| u32::try_from(format).ok());
        match format {
            None => return Err(CaseError::Unreadable("it has no number 'couchpass_case'".to_owned())),
            Some(FORMAT) => {}
            Some(other) => return Err(CaseError::Format(other)),
        }
        let case: Self = serde_path_to_error::deserialize(case)
            .map_err(|error| CaseError::Unreadable(error.to_string()))?;
        case.world.config.check().map_err(|error| CaseError::Unreadable(format!("world.config: {error}")))?;
        Ok(case)
    }

    /// The case as a file has it.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a case is plain JSON")
    }

    /// How many requests it has.
    pub fn requests(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Request { .. })).count()
    }

    /// What has been kept of a sandbox.
    pub(crate) fn of(kept: Kept, addresses: &Addresses) -> Result<Self, CaseError> {
        if kept.full {
            return Err(CaseError::TooLong);
        }
        let world = kept.world.ok_or(CaseError::NotRecorded)?;
        let mut cover = Cover::new(addresses, &world.config);
        let mut numbers = HashMap::new();
        let mut steps = Vec::new();
        for Event { at, happened, .. } in kept.events {
            match happened {
                Happened::Came { number: known, client, entry } => {
                    // What pages are made with changes nothing.
                    if entry["_endpoint"] == "asset" {
                        continue;
                    }
                    let number = numbers.len();
                    numbers.insert(known, number);
                    let origin = serde_json::from_value(entry["_origin"].clone()).unwrap_or(Origin::Web);
                    let endpoint = serde_json::from_value(entry["_endpoint"].clone()).unwrap_or_default();
                    let client = cover.client(&client);
                    let request = cover.request(&entry["request"], origin == Origin::Web);
                    steps.push(Step::Request { at, number, origin, endpoint, client, request });
                }
                Happened::Ended { number, entry, .. } => {
                    if let Some(&number) = numbers.get(&number) {
                        let answer = CaseAnswer::compared(&mut cover, number, &entry);
                        steps.push(Step::Answer { at, number, answer });
                    }
                }
                Happened::Control { method, path, body } => {
                    let body = cover.control(body);
                    steps.push(Step::Control { at, method, path: cover.text(&path), body });
                }
            }
        }
        let given = cover.given;
        let mut config = world.config;
        // What is built in is known to everybody, and an app's statement goes on working.
        let known = Config::default();
        if config.signing_key != known.signing_key {
            "the key of a replay".clone_into(&mut config.signing_key);
        }
        for account in &mut config.accounts {
            let built_in = known.account(&account.name);
            if built_in.is_none_or(|built_in| built_in.password != account.password) {
                account.password = password_of(&account.name);
            }
        }
        Ok(Self {
            couchpass_case: FORMAT,
            made_by: concat!("couchpass-sandbox ", env!("CARGO_PKG_VERSION")).to_owned(),
            world: CaseWorld {
                now: world.at,
                frozen: world.frozen,
                throttling: world.throttling,
                enhanced_errors: world.enhanced,
                config,
            },
            given,
            steps,
        })
    }
}

impl Step {
    /// When it happened, by the sandbox's clock.
    pub(crate) fn at(&self) -> Millis {
        match self {
            Self::Control { at, .. } | Self::Request { at, .. } | Self::Answer { at, .. } => *at,
        }
    }
}

impl Covered {
    /// The pairs of its form, if it has one.
    pub(crate) fn form(&self) -> Option<&crate::request::Pairs> {
        match &self.body {
            Some(Body::Form(form)) => Some(form),
            _ => None,
        }
    }
}
