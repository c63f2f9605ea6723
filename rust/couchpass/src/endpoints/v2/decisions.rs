//! What the viewer may watch: one resource before its playback, with the token that proves it, or several for a list.
//!
//! Adobe's pages: "Retrieve authorization decisions using specific mvpd", "Retrieve preauthorization decisions using specific
//! mvpd".

use device_auth::{Priority, Secret, Timestamp};
use reqwest::Method;

use super::{Body, Call, Caller, Endpoint, Item, Response, Tries};
use crate::{
    DecisionSource, MediaToken, MvpdId, PromotionalIdentity, Resource,
    failure::Failure,
    wire::{Complaint, Record},
};

/// The status of an item's error that names none.
const USUAL_STATUS: u16 = 403;

/// `POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}`, for one resource.
pub(crate) struct Authorize<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) mvpd: &'a MvpdId,
    pub(crate) resource: &'a Resource,
    pub(crate) identity: Option<&'a PromotionalIdentity>,
    pub(crate) tries: &'a Tries,
}

/// What was decided.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub(crate) mvpd: Option<MvpdId>,
    pub(crate) source: Option<DecisionSource>,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Permit { token: MediaToken, not_after: Option<Timestamp> },
    Deny { status: u16, complaint: Box<Complaint> },
}

impl Endpoint for Authorize<'_> {
    type Answer = Decided;

    fn call(&self) -> Call {
        let call = call(
            "decisions/authorize",
            self.caller,
            "authorize",
            self.mvpd,
            std::slice::from_ref(self.resource),
        );
        Call { tries: self.tries.clone(), ..call.identified(self.identity) }
    }

    fn read(&self, response: &Response) -> Result<Decided, Failure> {
        response.read(|record| {
            let items = record.records("decisions", "decision");
            let is_named =
                |item: &&Record<'_>| item.text("resource").as_deref() == Some(self.resource.as_str());
            let item = match items.as_slice() {
                // MRSS may come back written differently.
                [item] if self.resource.is_mrss() => Some(item),
                items => items.iter().find(is_named),
            };
            decided(item.ok_or("it does not decide what was asked")?)
        })
    }
}

fn decided(item: &Record<'_>) -> Result<Decided, String> {
    let outcome = if item.flag("authorized") {
        let token = item.record("token").ok_or("a permit without a token")?;
        let token = MediaToken {
            serialized: token.secret("serializedToken")?,
            not_after: token.instant("notAfter")?,
        };
        Outcome::Permit { token, not_after: item.instant("notAfter").ok() }
    } else {
        let error = item.record("error");
        let status = error.as_ref().and_then(|error| u16::try_from(error.number("status").ok()?).ok());
        Outcome::Deny {
            status: status.unwrap_or(USUAL_STATUS),
            complaint: Box::new(error.map(|error| Complaint::of(&error)).unwrap_or_default()),
        }
    };
    Ok(Decided {
        mvpd: item.text("mvpd").map(MvpdId::new),
        source: item.text("source").map(|source| DecisionSource::named(&source)),
        outcome,
    })
}

/// `POST /api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}`
pub(crate) struct Preauthorize<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) mvpd: &'a MvpdId,
    pub(crate) resources: &'a [Resource],
    pub(crate) tries: &'a Tries,
}

impl Endpoint for Preauthorize<'_> {
    type Answer = Vec<Item>;

    fn call(&self) -> Call {
        let call = call("decisions/preauthorize", self.caller, "preauthorize", self.mvpd, self.resources);
        Call { priority: Priority::Preauthorization, tries: self.tries.clone(), ..call }
    }

    fn read(&self, response: &Response) -> Result<Vec<Item>, Failure> {
        response.read(|record| {
            record.require("decisions")?;
            Ok(record.records("decisions", "decision").iter().filter_map(item).collect())
        })
    }
}

fn item(record: &Record<'_>) -> Option<Item> {
    Some(Item {
        id: record.text("resource")?,
        authorized: record.flag("authorized"),
        complaint: record.record("error").map(|error| Complaint::of(&error)),
    })
}

fn call(name: &'static str, caller: &Caller, kind: &str, mvpd: &MvpdId, resources: &[Resource]) -> Call {
    let resources: Vec<_> = resources.iter().map(Resource::as_str).collect();
    let json = serde_json::json!({ "resources": resources }).to_string();
    let call = Call::v2(name, Method::POST, caller, &["decisions", kind, mvpd.as_str()]);
    Call { body: Body::Json(Secret::new(json)), ..call }
}
