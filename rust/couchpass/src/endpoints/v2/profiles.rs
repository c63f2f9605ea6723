//! Whether this device's viewer is authenticated, and by whom.
//!
//! Adobe's pages: "Retrieve profiles", "Retrieve profile for specific mvpd", "Retrieve profile for specific code".

use device_auth::Priority;
use reqwest::Method;

use super::{Call, Caller, Endpoint, Response, sessions::is_no_code};
use crate::{
    ByCode, Found, MvpdId, Profile, ProfileType, PromotionalIdentity, UserMetadata, failure::Failure,
    wire::Record,
};

/// `GET /api/v2/{serviceProvider}/profiles`: all that are valid, but for trials and degraded ones.
pub(crate) struct Profiles<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) priority: Priority,
}

impl Endpoint for Profiles<'_> {
    type Answer = Vec<Found>;

    fn call(&self) -> Call {
        Call { priority: self.priority, ..Call::v2("profiles", Method::GET, self.caller, &["profiles"]) }
    }

    fn read(&self, response: &Response) -> Result<Vec<Found>, Failure> {
        if response.refusal_is_unauthenticated() {
            return Ok(Vec::new());
        }
        response.read(profiles)
    }
}

/// `GET /api/v2/{serviceProvider}/profiles/{mvpd}`: a TV provider's, that of a trial or a degraded one too.
pub(crate) struct ProfileOf<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) mvpd: &'a MvpdId,
    pub(crate) identity: Option<&'a PromotionalIdentity>,
}

impl Endpoint for ProfileOf<'_> {
    type Answer = Option<Found>;

    fn call(&self) -> Call {
        Call::v2("profiles/mvpd", Method::GET, self.caller, &["profiles", self.mvpd.as_str()])
            .identified(self.identity)
    }

    fn read(&self, response: &Response) -> Result<Option<Found>, Failure> {
        let found = response.read(profiles)?;
        Ok(found.into_iter().find(|found| found.profile.mvpd == *self.mvpd))
    }
}

/// `GET /api/v2/{serviceProvider}/profiles/code/{code}`: the one that came about by a code.
pub(crate) struct ProfileByCode<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
}

impl Endpoint for ProfileByCode<'_> {
    type Answer = ByCode;

    fn call(&self) -> Call {
        let call = Call::v2("profiles/code", Method::GET, self.caller, &["profiles", "code", self.code]);
        Call { priority: Priority::Polling, ..call }
    }

    fn read(&self, response: &Response) -> Result<ByCode, Failure> {
        if is_no_code(response) {
            return Ok(ByCode::Gone);
        }
        if response.refusal_is_unauthenticated() && !response.complaint().is_trial_used_up() {
            return Ok(ByCode::Open);
        }
        Ok(response.read(profiles)?.into_iter().next().map_or(ByCode::Open, ByCode::Used))
    }
}

fn profiles(record: &Record<'_>) -> Result<Vec<Found>, String> {
    let profiles = record.record("profiles").ok_or("profiles is missing")?;
    profiles.records_by_name().map(|(mvpd, record)| found(mvpd, &record)).collect()
}

fn found(mvpd: &str, record: &Record<'_>) -> Result<Found, String> {
    let metadata = record.record("attributes").map(|attributes| {
        UserMetadata::of_attributes(attributes.records_by_name().filter_map(|(name, attribute)| {
            Some((
                name.to_owned(),
                attribute.field("value")?.clone(),
                attribute.text("state").as_deref() == Some("enc"),
            ))
        }))
    });
    Ok(Found {
        profile: Profile {
            mvpd: MvpdId::new(mvpd),
            user_id: metadata.as_ref().and_then(|metadata| metadata.user_id()),
            not_after: record.instant("notAfter")?,
            profile_type: ProfileType::named(&record.required("type")?),
        },
        metadata: Some(metadata.unwrap_or_default()),
    })
}
