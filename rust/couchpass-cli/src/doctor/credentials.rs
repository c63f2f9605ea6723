//! What the app and the platform show to be let in: the software statement and the platform token, as far as one can see.

use couchpass::SoftwareStatement;
use device_auth::{Secret, Timestamp};
use serde_json::{Map, Value};

use super::{
    finding::Findings,
    token_shape::{Flaw, TokenShape, look_at},
};
use crate::{
    failure::Failure,
    settings::{ApiVersion, ClientArguments},
    when,
};

const STATEMENT: &str = "statement";
const SCOPE: &str = "statement_scope";
const TOKEN: &str = "platform_token";
/// What the scopes of both APIs begin with.
const FAMILY: &str = "api:client:";

/// Returns it where it is worth registering with.
pub(super) fn look_at_statement(
    client: &ClientArguments,
    api: Option<ApiVersion>,
    findings: &mut Findings,
) -> Option<Secret> {
    let text = findings.take(STATEMENT, client.software_statement())?;
    let accepted = SoftwareStatement::new(text.expose()).map_err(Failure::from);
    findings.take(STATEMENT, accepted)?;
    let claims = match look_at(text.expose()) {
        Ok(TokenShape::Signed { claims, .. }) => claims,
        Ok(TokenShape::Encrypted) => Map::new(),
        Err(flaw) => {
            findings.error(
                STATEMENT,
                format!("the software statement {flaw}"),
                "download the statement of your registered application again and pass it unchanged",
            );
            return None;
        }
    };
    let Some(api) = api else { return Some(text) };
    let scopes = scopes(&claims);
    let needed = format!("{FAMILY}{}", api.name());
    let named = scopes.join(", ");
    if scopes.contains(&needed) {
        findings.ok(SCOPE, format!("the software statement is for REST {} (scopes: {named})", api.name()));
        return Some(text);
    }
    if scopes.iter().any(|scope| scope.starts_with(FAMILY)) {
        findings.error(
            SCOPE,
            format!("the software statement is not one for REST {}: it names the scopes {named}, and not {needed}", api.name()),
            format!(
                "use the statement of a registered application with the scope {needed}, or the API that this one is for: --api {}",
                other(api).name()
            ),
        );
        return None;
    }
    findings.note(SCOPE, "the software statement does not say which API it is for; the registration does");
    Some(text)
}

fn other(api: ApiVersion) -> ApiVersion {
    match api {
        ApiVersion::V1 => ApiVersion::V2,
        ApiVersion::V2 => ApiVersion::V1,
    }
}

/// As a list, or as one text with spaces between, which is how OAuth writes them.
fn scopes(claims: &Map<String, Value>) -> Vec<String> {
    let named = claims.get("scopes").or_else(|| claims.get("scope"));
    match named {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// `now` is the service's time, by which an expiry is judged.
pub(super) fn look_at_platform_token(token: &Secret, now: Timestamp, findings: &mut Findings) {
    const AGAIN: &str =
        "take what the platform's library returns whole and unchanged, anew at each start of the app";
    let claims = match look_at(token.expose()) {
        Ok(TokenShape::Signed { claims, .. }) => claims,
        Ok(TokenShape::Encrypted) => {
            findings.ok(TOKEN, "the platform token is encrypted, so its expiry cannot be seen; a sign-in tells whether it is honoured");
            return;
        }
        Err(flaw) => {
            let remedy = match flaw {
                Flaw::Unsigned => {
                    "Adobe ignores such a token without a word; ask for one of a real device, or of the sandbox"
                }
                _ => AGAIN,
            };
            findings.error(TOKEN, format!("the platform token {flaw}"), remedy);
            return;
        }
    };
    let seconds = claims.get("exp").and_then(|exp| exp.as_i64().or_else(|| exp.as_f64().map(whole)));
    match seconds.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000))) {
        Some(ended) if ended <= now => {
            findings.error(TOKEN, format!("the platform token has expired on {}", when::date(ended)), AGAIN);
        }
        Some(until) => findings.ok(
            TOKEN,
            format!(
                "the platform token is signed and good until {}; a sign-in tells whether it is honoured",
                when::date(until)
            ),
        ),
        None => findings.ok(
            TOKEN,
            "the platform token is signed and names no end; a sign-in tells whether it is honoured",
        ),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds that do not fit are as good as for ever")]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}
