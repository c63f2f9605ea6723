//! What the viewer may watch: one resource before its playback, or several for a list of channels.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use device_auth::Timestamp;

use crate::{
    Decision, DecisionSource, Denial, Error, MediaToken, Preauthorization, Profile, ProfileType, Resource,
    Result,
    core::Core,
    endpoints::{
        Caller,
        authentication::CheckAuthentication,
        authorization::{AuthorizationToken, Authorize, Media, Permit},
        preauthorization::{Item, Preauthorize},
    },
    failure::Failure,
    pipeline::Pipeline,
    wire::Complaint,
};

/// How many resources Adobe takes at once, unless agreed otherwise.
pub(crate) const AT_ONCE: usize = 5;
/// Longer lists of MRSS would make the URL too long for something on the way.
const LONGEST_LIST: usize = 4 * 1024;
const MOST_PERMITS: usize = 512;
/// Adobe allows two or three tries.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// Permits of preauthorization, kept in memory for as long as the session is the same.
#[derive(Debug, Default)]
pub(crate) struct Permits {
    permitted: Mutex<HashSet<Resource>>,
}

impl Permits {
    fn has(&self, resource: &Resource) -> bool {
        self.permitted.lock().unwrap_or_else(PoisonError::into_inner).contains(resource)
    }

    fn add<'r>(&self, resources: impl Iterator<Item = &'r Resource>) {
        let mut permitted = self.permitted.lock().unwrap_or_else(PoisonError::into_inner);
        // A catalogue of programmes, each its own MRSS, must not fill the memory of a stick.
        for resource in resources.take(MOST_PERMITS.saturating_sub(permitted.len())) {
            permitted.insert(resource.clone());
        }
    }

    fn remove(&self, resource: &Resource) {
        self.permitted.lock().unwrap_or_else(PoisonError::into_inner).remove(resource);
    }

    pub(crate) fn forget(&self) {
        self.permitted.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Core {
    /// Decides before a playback.
    pub(crate) async fn authorize(&self, resource: &Resource) -> Result<Decision> {
        let profile = self.signed_in().await?;
        let outcome = match self.pipeline.ask(&Authorize { caller: &self.caller, resource }).await {
            Ok(permit) => self.permitted(resource, &profile, permit).await,
            Err(failure) => self.not_permitted(resource, &profile, failure).await,
        };
        self.lose_session(&profile, outcome)
    }

    async fn permitted(&self, resource: &Resource, profile: &Profile, permit: Permit) -> Result<Decision> {
        // TV providers may tell more, or something else, at an authorization, whatever becomes of its media token.
        self.session.outdate_metadata();
        let media = self.pipeline.ask(&Media { caller: &self.caller, resource }).await?;
        Ok(Decision {
            resource: resource.clone(),
            authorized: true,
            mvpd: permit.mvpd.or_else(|| Some(profile.mvpd.clone())),
            source: source(profile),
            not_after: permit.expires,
            media_token: Some(MediaToken { serialized: media.serialized, not_after: media.expires }),
            denial: None,
        })
    }

    /// A refusal is the TV provider's deny, or the end of the authentication. Without enhanced error codes a 403 may be
    /// either: another question tells.
    async fn not_permitted(
        &self,
        resource: &Resource,
        profile: &Profile,
        failure: Failure,
    ) -> Result<Decision> {
        let Failure::Refused { call, status, complaint } = &failure else { return Err(failure.into()) };
        match (complaint.action(), status) {
            // By the action alone: Adobe's list has the same code with several statuses.
            (Some("authorization"), _) | (Some("none"), 403) => {}
            (None, 403) => {
                if !self.pipeline.ask(&CheckAuthentication { caller: &self.caller }).await? {
                    return Err(Error::SignInAgain { report: complaint.report(call, *status) });
                }
            }
            _ => return Err(failure.into()),
        }
        // What a list has promised before is no longer so.
        self.permits.remove(resource);
        Ok(Decision {
            resource: resource.clone(),
            authorized: false,
            mvpd: Some(profile.mvpd.clone()),
            source: source(profile),
            not_after: None,
            media_token: None,
            denial: Some(denial(complaint)),
        })
    }

    /// Until when Adobe remembers a permit, without asking the TV provider.
    pub(crate) async fn remembered_permit(&self, resource: &Resource) -> Result<Option<Timestamp>> {
        let profile = self.signed_in().await?;
        let outcome = self.pipeline.ask(&AuthorizationToken { caller: &self.caller, resource }).await;
        let permit = self.lose_session(&profile, outcome.map_err(Error::from))?;
        Ok(permit.map(|permit| permit.expires.unwrap_or_else(|| self.now())))
    }

    /// Decides for a list of channels, in the order of the resources.
    pub(crate) async fn preauthorize(&self, resources: &[Resource]) -> Result<Vec<Preauthorization>> {
        let profile = self.signed_in().await?;
        let unknown: Vec<_> =
            resources.iter().filter(|resource| !self.permits.has(resource)).cloned().collect();
        let asking = Preauthorizer { pipeline: &self.pipeline, caller: &self.caller, code: None };
        let outcome = asking.ask(&unknown, async |pause| self.clock.sleep(pause).await).await;
        let asked = self.lose_session(&profile, outcome)?;
        // The session may have become another one meanwhile.
        if self.profile().await.is_some_and(|now| now == profile) {
            self.permits.add(asked.iter().filter(|item| item.authorized).map(|item| &item.resource));
        }
        let answer = |resource: &Resource| {
            let item = asked.iter().find(|item| item.resource == *resource).cloned();
            item.unwrap_or_else(|| Preauthorization {
                resource: resource.clone(),
                authorized: true,
                denial: None,
            })
        };
        Ok(resources.iter().map(answer).collect())
    }
}

/// Asks for any number of resources, as many at once as Adobe takes, and again for those that it asks to send again.
pub(crate) struct Preauthorizer<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) caller: &'a Caller,
    /// A second screen asks by its code.
    pub(crate) code: Option<&'a str>,
}

impl Preauthorizer<'_> {
    pub(crate) async fn ask(
        &self,
        resources: &[Resource],
        pause: impl AsyncFn(Duration),
    ) -> Result<Vec<Preauthorization>> {
        resources.iter().try_for_each(check_list_item)?;
        let mut decided: Vec<Preauthorization> = Vec::new();
        let mut open: Vec<Resource> = Vec::new();
        for resource in resources {
            if !open.contains(resource) {
                open.push(resource.clone());
            }
        }
        for attempt in 1..=TRIES {
            let mut again = Vec::new();
            for chunk in chunks(&open, self.pipeline.preauthorized_at_once) {
                let request = Preauthorize { caller: self.caller, code: self.code, resources: &chunk };
                let items = self.pipeline.ask(&request).await?;
                for (position, resource) in chunk.iter().enumerate() {
                    let item = item_of(&items, position, &chunk);
                    let may_change = item.and_then(|item| item.complaint.as_ref()?.action()) == Some("retry");
                    if may_change && attempt < TRIES {
                        again.push(resource.clone());
                    } else {
                        decided.push(preauthorization(resource, item));
                    }
                }
            }
            if again.is_empty() {
                break;
            }
            pause(BETWEEN_TRIES * attempt).await;
            open = again;
        }
        Ok(decided)
    }
}

/// REST v1 separates resources by commas and has no way to write one inside an id.
fn check_list_item(resource: &Resource) -> Result<()> {
    if resource.as_str().contains(',') && !resource.is_mrss() {
        return Err(Error::fix(
            format!(
                "the resource {:?} has a comma, which separates resources in a preauthorization",
                resource.as_str()
            ),
            "authorize it on its own, or agree on an id without a comma",
        ));
    }
    Ok(())
}

fn chunks(resources: &[Resource], at_once: usize) -> Vec<Vec<Resource>> {
    let mut chunks: Vec<Vec<Resource>> = Vec::new();
    let mut length = 0;
    for resource in resources {
        length += resource.as_str().len();
        match chunks.last_mut() {
            Some(chunk)
                if chunk.len() < at_once.max(1) && length <= LONGEST_LIST && !is_lonely(resource, chunk) =>
            {
                chunk.push(resource.clone());
            }
            _ => {
                chunks.push(vec![resource.clone()]);
                length = resource.as_str().len();
            }
        }
    }
    chunks
}

/// A comma inside MRSS should separate nothing; whoever gets that wrong must not mix it up with its neighbours.
fn is_lonely(resource: &Resource, chunk: &[Resource]) -> bool {
    [Some(resource), chunk.last()].into_iter().flatten().any(|resource| resource.as_str().contains(','))
}

/// By its id. MRSS may come back written differently: then by its place in an answer that is complete, unless what stands
/// there is another resource that was asked for.
fn item_of<'i>(items: &'i [Item], position: usize, chunk: &[Resource]) -> Option<&'i Item> {
    let resource = &chunk[position];
    let by_place = || {
        let item = items.get(position).filter(|_| resource.is_mrss() && items.len() == chunk.len())?;
        chunk.iter().all(|asked| asked.as_str() != item.id).then_some(item)
    };
    items.iter().find(|item| item.id == resource.as_str()).or_else(by_place)
}

fn preauthorization(resource: &Resource, item: Option<&Item>) -> Preauthorization {
    let authorized = item.is_some_and(|item| item.authorized);
    let complaint = item.and_then(|item| item.complaint.as_ref());
    Preauthorization {
        resource: resource.clone(),
        authorized,
        denial: complaint.filter(|_| !authorized).map(denial),
    }
}

fn denial(complaint: &Complaint) -> Denial {
    let report = complaint.report("", 403);
    Denial { code: report.code, message: report.message, details: report.details, trace: report.trace }
}

fn source(profile: &Profile) -> DecisionSource {
    if profile.profile_type == ProfileType::Temporary {
        DecisionSource::TempPass
    } else {
        DecisionSource::Mvpd
    }
}
