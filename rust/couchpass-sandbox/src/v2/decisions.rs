//! May this viewer watch these: before anything is shown, and before anything is played.
//!
//! Adobe's pages: "Retrieve preauthorization decisions using specific mvpd", "Retrieve authorization decisions using
//! specific mvpd", "Degraded access flows", "Temporary access flows". A decision without a profile is an item of a 200:
//! the reference lists no other status for it.

use super::holder;
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::clock::Millis;
use crate::config::{DegradationRule, Mvpd, Requestor};
use crate::media;
use crate::problem::Problem;
use crate::render::{Document, Node, map};
use crate::resource::{Asked, Denial, Why};
use crate::state::{Authentication, Caller, Holder, NoAuthentication, seconds};

/// Who asks, with which MVPD.
struct Asker {
    provider: Requestor,
    caller: Caller,
    mvpd: Mvpd,
    device: String,
}

/// A yes: from when until when it is good, where that is told.
type Permit = Option<(Millis, Millis)>;

/// Who has decided, and what.
type Decision = (&'static str, Result<Permit, Problem>);

/// `POST /api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}`
pub(super) fn preauthorize(call: &mut Call<'_>) -> Outcome {
    let asker = asker(call)?;
    let asked = call.resources(call.state.config.limits.preauthorized_resources)?;
    decide(call, asker, &asked, false)
}

/// `POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}`
pub(super) fn authorize(call: &mut Call<'_>) -> Outcome {
    let asker = asker(call)?;
    let asked = call.resources(call.state.config.limits.authorized_resources)?;
    decide(call, asker, &asked, true)
}

fn asker(call: &Call<'_>) -> Result<Asker, Problem> {
    let (caller, provider) = call.client_of_provider()?;
    let mvpd = call.mvpd_of_path(&provider)?;
    let device = call.device()?.id;
    Ok(Asker { provider, caller, mvpd, device })
}

fn decide(call: &mut Call<'_>, asker: Asker, asked: &[Asked], playing: bool) -> Outcome {
    let Asker { provider, caller, mvpd, device } = asker;
    let holder = holder(caller, provider, device);
    let subject = call.subject();
    let profile = call.state.profile(&holder, &mvpd.id, subject.as_deref(), call.now);
    let items = asked.iter().map(|asked| {
        let (source, decision) = if mvpd.temp_pass_s.is_some() {
            ("temppass", temporary(call, &holder, &mvpd, asked, playing))
        } else {
            degraded(call, &holder, &mvpd, asked)
                .unwrap_or_else(|| ("mvpd", regular(call, &holder, &profile, asked, playing)))
        };
        let mut fields = vec![
            ("resource".into(), asked.text.as_str().into()),
            ("serviceProvider".into(), holder.requestor.as_str().into()),
            ("mvpd".into(), mvpd.id.as_str().into()),
            ("source".into(), source.into()),
            ("authorized".into(), decision.is_ok().into()),
        ];
        match decision {
            Ok(permit) if playing => {
                let token = media::token(call.state, &holder.requestor, call.now);
                let token = map([
                    ("notBefore", call.now.into()),
                    ("notAfter", token.expires.into()),
                    ("serializedToken", token.serialized.into()),
                ]);
                fields.push(("token".into(), token));
                if let Some((not_before, not_after)) = permit {
                    fields.push(("notBefore".into(), not_before.into()));
                    fields.push(("notAfter".into(), not_after.into()));
                }
            }
            Ok(_) => {}
            Err(problem) => fields.push(("error".into(), problem.enhanced())),
        }
        Node::Map(fields)
    });
    let items = items.collect();
    Reply::ok(Document::new("decisions", map([("decisions", Node::List("decision", items))])))
}

/// What a degradation makes of it; `None` where there is none. Only AuthNAll's decisions have dates in the samples.
fn degraded(call: &Call<'_>, holder: &Holder, mvpd: &Mvpd, asked: &Asked) -> Option<Decision> {
    let degradation = call.state.degradation(&holder.requestor, &mvpd.id, asked)?;
    let decision = match degradation.rule {
        DegradationRule::AuthNAll => {
            let lives = seconds(call.state.config.lifetimes.degradation_s);
            Ok(Some((call.now, call.now.saturating_add(lives))))
        }
        DegradationRule::AuthZAll => Ok(None),
        DegradationRule::AuthZNone => {
            let problem = Problem::of(ErrorCode::AuthorizationDeniedByDegradationRule);
            Err(problem.detailed(degradation.message.clone()))
        }
    };
    Some(("degradation", decision))
}

/// A TempPass needs no sign-in.
fn temporary(
    call: &mut Call<'_>,
    holder: &Holder,
    mvpd: &Mvpd,
    asked: &Asked,
    playing: bool,
) -> Result<Permit, Problem> {
    // The reference of preauthorization does not know the header.
    if playing && let Some(identity) = call.identity(mvpd)? {
        call.state.identify(holder, &mvpd.id, &identity);
    }
    refused(call, holder, asked)?;
    let ends = call.state.trial_decision(holder, mvpd, asked, call.now);
    let ends = ends.map_err(|denial| denied(denial, playing))?;
    if playing {
        call.state.use_trial(holder, &mvpd.id, asked, call.now);
    }
    Ok(Some((call.now, ends)))
}

/// The MVPD's own decision.
fn regular(
    call: &mut Call<'_>,
    holder: &Holder,
    profile: &Result<Authentication, NoAuthentication>,
    asked: &Asked,
    playing: bool,
) -> Result<Permit, Problem> {
    let profile = profile.as_ref().map_err(|why| {
        Problem::of(match why {
            NoAuthentication::Missing => ErrorCode::AuthenticatedProfileMissing,
            NoAuthentication::Expired => ErrorCode::AuthenticatedProfileExpired,
        })
    })?;
    refused(call, holder, asked)?;
    if !playing {
        let decision = call.state.decision(holder, profile, asked, call.now);
        return decision.map(|_| None).map_err(|denial| denied(denial, playing));
    }
    let authorization = call.state.authorize(holder, profile, asked, call.now);
    let authorization = authorization.map_err(|denial| denied(denial, playing))?;
    Ok(Some((authorization.issued, authorization.expires)))
}

/// A refusal on purpose.
fn refused(call: &mut Call<'_>, holder: &Holder, asked: &Asked) -> Result<(), Problem> {
    let refusal = call.state.refused(holder, asked);
    refusal.map_or(Ok(()), |refusal| Err(Problem::of(refusal.code).detailed(refusal.details)))
}

fn denied(denial: Denial, playing: bool) -> Problem {
    let code = match denial.why {
        Why::Mvpd if playing => ErrorCode::AuthorizationDeniedByMvpd,
        Why::Mvpd => ErrorCode::PreauthorizationDeniedByMvpd,
        Why::Parental => ErrorCode::AuthorizationDeniedByParentalControls,
        Why::Duration => ErrorCode::TemporaryAccessDurationLimitExceeded,
        Why::Titles => ErrorCode::TemporaryAccessResourcesLimitExceeded,
    };
    Problem::of(code).detailed(Some(denial.details))
}
