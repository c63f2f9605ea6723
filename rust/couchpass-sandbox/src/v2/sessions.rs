//! Authentication sessions: opened by the device, looked at and completed by whoever has the code.
//!
//! Adobe's pages: "Create authentication session", "Retrieve authentication session using code", "Resume authentication
//! session", "Basic authentication flow performed within secondary application".

use super::parameters::redirect_url;
use super::{holder, streaming_device};
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::clock::Millis;
use crate::config::Requestor;
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::random;
use crate::render::{Document, Node, map};
use crate::state::{CodeRecord, Destination, Holder, NewCode, State};

const PARAMETERS: [&str; 3] = ["mvpd", "domainName", "redirectUrl"];

/// `POST /api/v2/{serviceProvider}/sessions`
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let (caller, provider) = call.client_of_provider()?;
    let device = call.device()?;
    call.expect_form(&PARAMETERS)?;
    let (mvpd, destination) = given(call, &provider)?;
    let known_platform = device.known_platform();
    let holder = holder(caller.clone(), provider, device.id);
    let subject = call.subject();
    if let Some(mvpd) = &mvpd
        && let Some(reason) = reason(call.state, &holder, mvpd, subject.as_deref(), call.now)
    {
        return to_authorize(call, &holder.requestor, mvpd, reason, random::uuid());
    }
    let new = NewCode {
        api: Api::V2,
        requestor: holder.requestor,
        mvpd,
        device_id: holder.device,
        device_info: device.info,
        known_platform,
        user_agent: call.request.header("user-agent").unwrap_or_default().to_owned(),
        address: call.request.client.clone(),
        legacy: Vec::new(),
        subject,
        ttl_s: None,
        destination,
    };
    let record = call.state.create_code(new, &caller, call.now);
    to_authenticate(call, &record, "resume")
}

/// `POST /api/v2/{serviceProvider}/sessions/{code}`
pub(super) fn resume(call: &mut Call<'_>) -> Outcome {
    let (_, provider) = call.client_of_provider()?;
    call.told()?;
    call.expect_form(&PARAMETERS)?;
    let code = call.session(&provider)?.live.code;
    let (mvpd, destination) = given(call, &provider)?;
    call.state.complete_code(&code, mvpd, destination);
    let record = call.session(&provider)?;
    // Whoever has the code speaks for the device, and not for its platform.
    match &record.live.mvpd {
        Some(mvpd) => match reason(call.state, &record.holder, mvpd, None, call.now) {
            Some(reason) => to_authorize(call, &provider.id, mvpd, reason, record.id.clone()),
            None => to_authenticate(call, &record, "retry"),
        },
        None => to_authenticate(call, &record, "retry"),
    }
}

/// `GET /api/v2/{serviceProvider}/sessions/{code}`
pub(super) fn read(call: &mut Call<'_>) -> Outcome {
    let (_, provider) = call.client_of_provider()?;
    call.told()?;
    call.expect_query(&[])?;
    let record = call.session(&provider)?;
    let mut existing = vec![("serviceProvider".into(), provider.id.into())];
    let destination = &record.destination;
    for (name, value) in [
        ("mvpd", &record.live.mvpd),
        ("domainName", &destination.domain),
        ("redirectUrl", &destination.redirect_url),
    ] {
        existing.extend(value.as_deref().map(|value| (spelled(call, name).into(), value.into())));
    }
    let mut fields = vec![("existingParameters".into(), Node::Map(existing))];
    fields.extend(missing(call, &record));
    fields.push(("device".into(), streaming_device::describe(&record)));
    fields.extend(validity(&record));
    Reply::ok(Document::new("session", Node::Map(fields)))
}

/// The parameters that came, each in order.
fn given(call: &Call<'_>, provider: &Requestor) -> Result<(Option<String>, Destination), Problem> {
    let request = call.request;
    let mvpd = request.form("mvpd").map(|id| call.integrated(provider, id)).transpose()?;
    let domain = request.form("domainName").map(str::to_owned);
    if let Some(domain) = domain.as_ref().filter(|domain| !provider.domains.contains(domain)) {
        // The catalogue has no code for a domain; this is the nearest.
        let problem = Problem::of(ErrorCode::InvalidParameterRedirectUrl);
        return Err(problem.detailed(Some(format!("The domain '{domain}' is not registered."))));
    }
    let redirect_url = request.form("redirectUrl").map(redirect_url).transpose()?;
    Ok((mvpd.map(|mvpd| mvpd.id), Destination { domain, redirect_url }))
}

/// Why a holder may go on to the decisions without signing in, if it may.
pub(crate) fn reason(
    state: &State,
    holder: &Holder,
    mvpd: &str,
    subject: Option<&str>,
    now: Millis,
) -> Option<&'static str> {
    if state.config.mvpd(mvpd)?.temp_pass_s.is_some() {
        return Some("temporary");
    }
    match state.profile(holder, mvpd, subject, now) {
        Ok(profile) if profile.by_platform_token => Some("authenticatedSSO"),
        Ok(_) => Some("authenticated"),
        Err(_) => state.everybody_signed_in(&holder.requestor, mvpd).then_some("degraded"),
    }
}

fn to_authorize(call: &Call<'_>, provider: &str, mvpd: &str, reason: &'static str, id: String) -> Outcome {
    let url = call.url(&format!("/api/v2/{provider}/decisions/authorize/{mvpd}"));
    let node = map([
        ("actionName", "authorize".into()),
        ("actionType", "direct".into()),
        ("reasonType", reason.into()),
        ("url", url.into()),
        ("sessionId", id.into()),
        ("mvpd", mvpd.into()),
        ("serviceProvider", provider.into()),
    ]);
    Reply::ok(Document::new("session", node))
}

/// On to the MVPD, or, as long as something is missing, what to do about that.
fn to_authenticate(call: &Call<'_>, record: &CodeRecord, incomplete: &'static str) -> Outcome {
    let live = &record.live;
    let missing = missing(call, record);
    let (name, kind, path) = if missing.is_some() {
        (incomplete, "direct", format!("/api/v2/{}/sessions/{}", live.requestor, live.code))
    } else {
        ("authenticate", "interactive", authenticate_path(record))
    };
    let mut fields = vec![
        ("actionName".into(), name.into()),
        ("actionType".into(), kind.into()),
        ("reasonType".into(), "none".into()),
        ("url".into(), call.url(&path).into()),
    ];
    fields.extend(missing);
    fields.push(("code".into(), live.code.as_str().into()));
    fields.push(("sessionId".into(), record.id.as_str().into()));
    fields.extend(live.mvpd.as_deref().map(|mvpd| ("mvpd".into(), mvpd.into())));
    fields.push(("serviceProvider".into(), live.requestor.as_str().into()));
    fields.extend(validity(record));
    Reply::ok(Document::new("session", Node::Map(fields)))
}

/// Where a browser opens a session.
pub(crate) fn authenticate_path(record: &CodeRecord) -> String {
    format!("/api/v2/authenticate/{}/{}", record.live.requestor, record.live.code)
}

type Field = (std::borrow::Cow<'static, str>, Node);

/// `missingParameters`, where something is missing.
fn missing(call: &Call<'_>, record: &CodeRecord) -> Option<Field> {
    let names: Vec<Node> = record.missing().into_iter().map(|name| spelled(call, name).into()).collect();
    (!names.is_empty()).then(|| ("missingParameters".into(), Node::List("parameter", names)))
}

fn spelled(call: &Call<'_>, parameter: &'static str) -> &'static str {
    if parameter == "domainName" && call.state.config.spelling.short_domain { "domain" } else { parameter }
}

/// Instants are texts here, as in Adobe's samples.
fn validity(record: &CodeRecord) -> [Field; 2] {
    [
        ("notBefore".into(), record.live.generated.to_string().into()),
        ("notAfter".into(), record.live.expires.to_string().into()),
    ]
}
