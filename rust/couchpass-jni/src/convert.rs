//! Between the messages and the client's own types: names and shapes, no rules.

use std::time::Duration;

use couchpass::{
    Absence, Client, ClientCredentials, DecisionSource, DeviceId, DeviceInfo, PlatformTokenCarrier,
    ProfileSelection, SignInWith, SoftwareStatement,
};
use device_auth::{Secret, Timestamp};

use crate::messages::{self, TokenAnswer, Way};

/// A span that Kotlin has named; a negative one is none at all.
pub(crate) fn span(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn instant(timestamp: Option<Timestamp>) -> Option<i64> {
    timestamp.map(Timestamp::as_millis)
}

pub(crate) fn builder(config: &messages::Config) -> couchpass::Result<couchpass::ClientBuilder> {
    let environment = match &config.environment {
        messages::Environment::Known { name } => couchpass::Environment::named(name)?,
        messages::Environment::At { api, sp } => couchpass::Environment::at(api, sp)?,
    };
    // Whatever Kotlin leaves out is found missing where the client is made.
    let info = config
        .device_info
        .iter()
        .fold(DeviceInfo::new("", "", ""), |info, field| info.with(&field.name, field.value.clone()));
    let mut builder = Client::builder()
        .api(if config.v2 { couchpass::Api::V2 } else { couchpass::Api::V1 })
        .environment(environment)
        .requestor(&config.requestor)
        .software_statement(SoftwareStatement::new(config.statement.expose())?)
        .device_info(info)
        .platform_token_carrier(match config.carrier {
            messages::Carrier::Header {} => PlatformTokenCarrier::Header,
            messages::Carrier::Query {} => PlatformTokenCarrier::Query,
            messages::Carrier::Post {} => PlatformTokenCarrier::Post,
        })
        .profile_selection(if config.last_provider_first {
            ProfileSelection::LastProvider
        } else {
            ProfileSelection::LongestValidity
        });
    if let Some(id) = &config.device_id {
        builder = builder.device_id(DeviceId::new(id.expose())?);
    }
    if let Some(id) = &config.initial_device_id {
        builder = builder.initial_device_id(DeviceId::new(id.expose())?);
    }
    if let Some(imported) = &config.imported {
        builder = builder.import_credentials(ClientCredentials::new(&imported.id, imported.secret.expose())?);
    }
    if let Some(patience) = config.patience {
        builder = builder.platform_token_patience(span(patience));
    }
    if let Some(lifetime) = config.code_lifetime {
        builder = builder.code_lifetime(span(lifetime));
    }
    if let Some(url) = &config.redirect_url {
        builder = builder.redirect_url(url);
    }
    if let Some(limit) = config.answer_within {
        builder = builder.answer_within(span(limit));
    }
    if let Some(count) = config.preauthorized_at_once {
        builder = builder.preauthorized_at_once(usize::try_from(count).unwrap_or(0));
    }
    if let Some(proxy) = &config.proxy {
        builder = builder.proxy(proxy.expose());
    }
    Ok(config.tls_roots.iter().fold(builder, |builder, root| builder.add_tls_root(root)))
}

pub(crate) fn way(way: Way) -> couchpass::Result<SignInWith> {
    let read = |login: messages::Login| {
        couchpass::Login::new(couchpass::MvpdId::new(login.mvpd), login.domain, login.redirect_url)
    };
    Ok(match way {
        Way::Code {} => SignInWith::Code,
        Way::CodeFor { login } => SignInWith::CodeFor(read(login)?),
        Way::Browser { login } => SignInWith::Browser(read(login)?),
    })
}

pub(crate) fn token(answer: TokenAnswer) -> Result<Secret, Absence> {
    match answer {
        TokenAnswer::Token { token } => Ok(token),
        TokenAnswer::LibraryAbsent {} => Err(Absence::LibraryAbsent),
        TokenAnswer::Disabled {} => Err(Absence::Disabled),
        TokenAnswer::Unusable { reason } => Err(Absence::Unusable(reason)),
        TokenAnswer::Refused { code, description } => Err(Absence::Refused { code, description }),
    }
}

impl From<couchpass::Profile> for messages::Profile {
    fn from(profile: couchpass::Profile) -> Self {
        Self {
            mvpd: profile.mvpd.as_str().to_owned(),
            user_id: profile.user_id,
            not_after: profile.not_after.as_millis(),
            profile_type: profile.profile_type.as_str().to_owned(),
        }
    }
}

impl From<couchpass::Provider> for messages::Provider {
    fn from(provider: couchpass::Provider) -> Self {
        Self {
            id: provider.id.as_str().to_owned(),
            display_name: provider.display_name,
            logo_url: provider.logo_url,
            is_temp_pass: provider.is_temp_pass,
            platform_sso: provider.platform_sso,
        }
    }
}

impl From<couchpass::Decision> for messages::Decision {
    fn from(decision: couchpass::Decision) -> Self {
        Self {
            resource: decision.resource.as_str().to_owned(),
            authorized: decision.authorized,
            mvpd: decision.mvpd.map(|mvpd| mvpd.as_str().to_owned()),
            source: match decision.source {
                DecisionSource::Mvpd => "mvpd".to_owned(),
                DecisionSource::TempPass => "temppass".to_owned(),
                DecisionSource::Degradation => "degradation".to_owned(),
                DecisionSource::Other(name) => name,
                other => format!("{other:?}"),
            },
            not_after: instant(decision.not_after),
            media_token: decision.media_token.map(|token| messages::MediaToken {
                serialized: token.serialized,
                not_after: token.not_after.as_millis(),
            }),
            denial: decision.denial.map(Into::into),
        }
    }
}

impl From<couchpass::Denial> for messages::Denial {
    fn from(denial: couchpass::Denial) -> Self {
        Self { code: denial.code, message: denial.message, details: denial.details, trace: denial.trace }
    }
}

impl From<couchpass::Preauthorization> for messages::Preauthorization {
    fn from(item: couchpass::Preauthorization) -> Self {
        Self {
            resource: item.resource.as_str().to_owned(),
            authorized: item.authorized,
            denial: item.denial.map(Into::into),
        }
    }
}

impl From<couchpass::UserMetadata> for messages::UserMetadata {
    fn from(metadata: couchpass::UserMetadata) -> Self {
        let value = |value| match value {
            couchpass::MetadataValue::Text(text) => messages::MetadataValue::Text { text: Secret::new(text) },
            couchpass::MetadataValue::List(texts) => {
                messages::MetadataValue::List { texts: texts.into_iter().map(Secret::new).collect() }
            }
            couchpass::MetadataValue::Map(map) => messages::MetadataValue::Map {
                texts: map
                    .into_iter()
                    .map(|(name, value)| messages::MapEntry { name, value: Secret::new(value) })
                    .collect(),
            },
        };
        Self {
            updated: instant(metadata.updated),
            values: metadata
                .values
                .into_iter()
                .map(|(name, datum)| messages::Metadatum {
                    name,
                    encrypted: datum.encrypted,
                    value: value(datum.value),
                })
                .collect(),
        }
    }
}

/// One that this version does not know yet asks for nothing that it could name.
pub(crate) fn sign_out_action(action: couchpass::SignOutAction) -> Option<messages::SignOutAction> {
    match action {
        couchpass::SignOutAction::OpenUrl { mvpd, url } => {
            Some(messages::SignOutAction::OpenUrl { mvpd: mvpd.as_str().to_owned(), url })
        }
        _ => None,
    }
}

impl messages::SignInEvent {
    /// As this client sees it, whose time is the service's.
    pub(crate) fn of(event: couchpass::SignInEvent, client: &Client) -> Self {
        use couchpass::SignInEvent as Event;
        match event {
            Event::Code(code) => {
                let left = millis(client.code_time_left(&code));
                Self::Code { code: code.code, expires: code.expires.as_millis(), left }
            }
            Event::Page(page) => Self::Page { url: page.url, redirect_url: page.redirect_url },
            Event::CodeExpired => Self::CodeExpired {},
            Event::SignedIn(profile) => Self::SignedIn { profile: profile.into() },
            Event::Denied(report) => Self::Denied { report: (*report).into() },
            Event::Expired => Self::Expired {},
            Event::Cancelled => Self::Cancelled {},
            Event::Failed(error) => Self::Failed { error: error.into() },
            // `Checking`, and whatever else tells the screen nothing that it could show.
            _ => Self::Checking {},
        }
    }
}

impl From<couchpass::SsoReport> for messages::SsoReport {
    fn from(report: couchpass::SsoReport) -> Self {
        use couchpass::SsoOutcome as Outcome;
        use messages::SsoOutcome;
        Self {
            outcome: match report.outcome {
                Outcome::NotAsked => SsoOutcome::NotAsked {},
                Outcome::Waiting { timed_out } => SsoOutcome::Waiting { timed_out },
                Outcome::Absent(Absence::LibraryAbsent) => SsoOutcome::LibraryAbsent {},
                Outcome::Absent(Absence::Disabled) => SsoOutcome::Disabled {},
                Outcome::Absent(Absence::Unusable(reason)) => SsoOutcome::Unusable { reason },
                Outcome::Absent(Absence::Refused { code, description }) => {
                    SsoOutcome::Refused { code, description }
                }
                Outcome::Malformed => SsoOutcome::Malformed {},
                Outcome::Unsigned => SsoOutcome::Unsigned {},
                Outcome::Expired => SsoOutcome::Expired {},
                Outcome::Sent { honoured } => SsoOutcome::Sent { honoured },
                other => SsoOutcome::Unusable { reason: format!("{other:?}") },
            },
            asked: instant(report.asked),
            answered: instant(report.answered),
        }
    }
}

/// With how many nobody has collected in time.
pub(crate) fn metrics(of: &couchpass::RequestMetrics, missed: u64) -> messages::RequestMetrics {
    use couchpass::RequestOutcome as Outcome;
    use messages::RequestOutcome;
    messages::RequestMetrics {
        call: of.call.to_owned(),
        attempt: i32::try_from(of.attempt).unwrap_or(i32::MAX),
        waited: millis(of.waited),
        took: millis(of.took),
        outcome: match of.outcome {
            Outcome::Answered(status) => RequestOutcome::Answered { status: i32::from(status) },
            Outcome::NoConnection => RequestOutcome::NoConnection {},
            Outcome::Untrusted => RequestOutcome::Untrusted {},
            Outcome::TimedOut => RequestOutcome::TimedOut {},
            // `Broken`, and whatever else is no answer.
            _ => RequestOutcome::Broken {},
        },
        missed: i64::try_from(missed).unwrap_or(i64::MAX),
    }
}

impl From<couchpass::Error> for messages::Error {
    fn from(error: couchpass::Error) -> Self {
        use couchpass::Error as Cause;
        match error {
            Cause::RetryLater { after, report } => {
                Self::RetryLater { after: millis(after), report: (*report).into() }
            }
            Cause::SignInAgain { report } => Self::SignInAgain { report: (*report).into() },
            Cause::TellViewer { report } => Self::TellViewer { report: (*report).into() },
            Cause::FixConfiguration { remedy, report } => {
                Self::FixConfiguration { remedy, report: (*report).into() }
            }
            Cause::Cancelled => Self::Cancelled {},
            Cause::Support { report } => Self::Support { report: (*report).into() },
            other => Self::support(other.to_string()),
        }
    }
}

impl messages::Error {
    /// Something inside is broken, in a sentence.
    pub(crate) fn support(message: impl Into<String>) -> Self {
        Self::Support { report: messages::Report::saying(message) }
    }
}

impl messages::Report {
    /// With nothing but a sentence.
    pub(crate) fn saying(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: None, call: None, status: None, code: None, trace: None }
    }
}

impl From<couchpass::Report> for messages::Report {
    fn from(report: couchpass::Report) -> Self {
        Self {
            message: report.message,
            details: report.details,
            call: report.call.map(str::to_owned),
            status: report.status.map(i32::from),
            code: report.code,
            trace: report.trace,
        }
    }
}
