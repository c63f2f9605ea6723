//! Who is signed in: with any MVPD, with one, or behind a code.
//!
//! Adobe's pages: "Retrieve profiles", "Retrieve profile for specific mvpd", "Retrieve profile for specific code",
//! "Degraded access flows", "Temporary access flows".

use std::borrow::Cow;

use ring::digest;

use super::holder;
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::clock::Millis;
use crate::config::Mvpd;
use crate::metadata::{Known, of_account, of_trial};
use crate::problem::Problem;
use crate::random;
use crate::render::{Document, Node, map};
use crate::state::{Authentication, Holder, seconds};

/// What the user id of a degraded profile begins with.
const DEGRADED: &str = "95cf93bcd183214a";

type Entry = (Cow<'static, str>, Node);

/// `GET /api/v2/{serviceProvider}/profiles`: neither temporary nor degraded ones.
pub(super) fn all(call: &mut Call<'_>) -> Outcome {
    let (caller, provider) = call.client_of_provider()?;
    let device = call.device()?;
    call.expect_query(&[])?;
    let holder = holder(caller, provider, device.id);
    let subject = call.subject();
    let valid = call.state.valid_profiles(&holder, subject.as_deref(), call.now);
    answer(valid.iter().map(|profile| signed_in(call, profile)).collect())
}

/// `GET /api/v2/{serviceProvider}/profiles/{mvpd}`
pub(super) fn of_mvpd(call: &mut Call<'_>) -> Outcome {
    let (caller, provider) = call.client_of_provider()?;
    let mvpd = call.mvpd_of_path(&provider)?;
    let device = call.device()?;
    call.expect_query(&[])?;
    let holder = holder(caller, provider, device.id);
    let subject = call.subject();
    answer(find(call, &holder, &mvpd, subject.as_deref())?.into_iter().collect())
}

/// `GET /api/v2/{serviceProvider}/profiles/code/{code}`: empty until the viewer has signed in.
pub(super) fn of_code(call: &mut Call<'_>) -> Outcome {
    let (_, provider) = call.client_of_provider()?;
    call.told()?;
    call.expect_query(&[])?;
    let record = call.session(&provider)?;
    let chosen = record.live.mvpd.as_deref().and_then(|mvpd| call.state.config.mvpd(mvpd)).cloned();
    let Some(mvpd) = chosen else { return answer(Vec::new()) };
    // The code stands for the device that asked for it, and not for its platform.
    answer(find(call, &record.holder, &mvpd, None)?.into_iter().collect())
}

fn answer(profiles: Vec<Entry>) -> Outcome {
    Reply::ok(Document::new("profiles", map([("profiles", Node::Map(profiles))])))
}

/// The profile that a holder has with this MVPD, of whatever kind.
fn find(
    call: &mut Call<'_>,
    holder: &Holder,
    mvpd: &Mvpd,
    subject: Option<&str>,
) -> Result<Option<Entry>, Problem> {
    if mvpd.temp_pass_s.is_some() {
        return temporary(call, holder, mvpd).map(Some);
    }
    if let Ok(profile) = call.state.profile(holder, &mvpd.id, subject, call.now) {
        return Ok(Some(signed_in(call, &profile)));
    }
    let degraded = call.state.everybody_signed_in(&holder.requestor, &mvpd.id);
    Ok(degraded.then(|| {
        let ends = call.now.saturating_add(seconds(call.state.config.lifetimes.degradation_s));
        let user_id = format!("{DEGRADED}{}", anonymous(holder));
        entry(&mvpd.id, "Adobe", "degraded", (call.now, ends), &user_id, Known::default())
    }))
}

fn signed_in(call: &Call<'_>, profile: &Authentication) -> Entry {
    let account = profile.account.as_deref();
    let mut known = account.map(|name| of_account(call.state, profile, name)).unwrap_or_default();
    let kind = if profile.by_platform_token {
        known.data.push(("mvpd".into(), profile.mvpd.as_str().into()));
        "platformSSO"
    } else {
        "regular"
    };
    let lives = (profile.issued, profile.expires);
    entry(&profile.mvpd, &profile.mvpd, kind, lives, &profile.user_id, known)
}

fn temporary(call: &mut Call<'_>, holder: &Holder, mvpd: &Mvpd) -> Result<Entry, Problem> {
    if let Some(identity) = call.identity(mvpd)? {
        call.state.identify(holder, &mvpd.id, &identity);
    }
    let report = call.state.trial_report(holder, mvpd, call.now);
    let report = report.ok_or_else(|| Problem::of(ErrorCode::InvalidConfigurationTemporaryAccess))?;
    if report.ends <= call.now {
        return Err(Problem::of(ErrorCode::TemporaryAccessDurationLimitExceeded));
    }
    if report.remaining == Some(0) {
        return Err(Problem::of(ErrorCode::TemporaryAccessResourcesLimitExceeded));
    }
    let known = of_trial(&report).unwrap_or_else(|| Known {
        data: vec![("expiration_date".into(), report.ends.into())],
        encrypted: Vec::new(),
    });
    let lives = (report.began.unwrap_or(call.now), report.ends);
    let user_id = format!("temppass_{}", anonymous(holder));
    Ok(entry(&mvpd.id, "Adobe", "temporary", lives, &user_id, known))
}

/// Forty digits that stand for a viewer of whom no more is known than the device.
fn anonymous(holder: &Holder) -> String {
    let mut digits = random::hex(digest::digest(&digest::SHA256, holder.device.as_bytes()).as_ref());
    digits.truncate(40);
    digits
}

fn entry(
    mvpd: &str,
    issuer: &str,
    kind: &str,
    (not_before, not_after): (Millis, Millis),
    user_id: &str,
    known: Known,
) -> Entry {
    let attribute = |value: Node, state: &str| map([("value", value), ("state", state.into())]);
    let mut attributes = vec![("userID".into(), attribute(user_id.into(), "plain"))];
    for (name, value) in known.data {
        let state = if known.encrypted.iter().any(|one| *one == name) { "enc" } else { "plain" };
        attributes.push((name, attribute(value, state)));
    }
    let node = map([
        ("notBefore", not_before.into()),
        ("notAfter", not_after.into()),
        ("issuer", issuer.into()),
        ("type", kind.into()),
        ("attributes", Node::Map(attributes)),
    ]);
    (mvpd.to_owned().into(), node)
}
