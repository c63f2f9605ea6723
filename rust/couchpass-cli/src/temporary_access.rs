//! `couchpass temporary-access`: a trial (TempPass), basic or promotional, for a viewer without a TV provider.

use std::{fmt::Write as _, path::PathBuf};

use couchpass::{MvpdId, PromotionalIdentity};
use ring::digest::{SHA256, digest};

use crate::{
    event::Event,
    exit::Exit,
    failure::{Details, Failure},
    output::Output,
    secrets::Source,
    settings::{ApiVersion, ClientArguments},
    shape::ProfileJson,
    when,
};

const PROMOTION_VALUE: Source = Source {
    what: "the value of the promotion",
    argument: "--promotion-value",
    variable: "COUCHPASS_PROMOTION_VALUE",
};

#[derive(Debug, clap::Args)]
pub(crate) struct TemporaryAccessArguments {
    #[command(flatten)]
    client: ClientArguments,

    /// The id of the provider that stands for the trial; couchpass providers lists it
    trial: String,

    /// A domain that is registered with Adobe for the channel; REST v1 needs it
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,

    /// For a promotional trial: the key that is configured with Adobe, such as email
    #[arg(long, value_name = "KEY", help_heading = "Promotion")]
    promotion_key: Option<String>,

    /// The file with the value under that key, such as an address; without one, COUCHPASS_PROMOTION_VALUE holds it. What is
    /// sent is its SHA-256
    #[arg(long, value_name = "FILE", help_heading = "Promotion", requires = "promotion_key")]
    promotion_value: Option<PathBuf>,

    /// The value is hashed already and goes out as it is
    #[arg(long, help_heading = "Promotion", requires = "promotion_key")]
    promotion_hashed: bool,
}

impl TemporaryAccessArguments {
    fn domain(&self) -> Result<&str, Failure> {
        match (&self.domain, self.client.api()?) {
            (Some(domain), _) => Ok(domain),
            (None, ApiVersion::V2) => Ok(""),
            (None, ApiVersion::V1) => Err(Failure::usage(
                "no domain is named",
                "give --domain one that is registered with Adobe for the channel",
            )),
        }
    }

    /// Whom a promotional trial belongs to; nothing for a basic one.
    fn identity(&self) -> Result<Option<PromotionalIdentity>, Failure> {
        let Some(key) = &self.promotion_key else { return Ok(None) };
        let Some((value, _)) = PROMOTION_VALUE.read(self.promotion_value.as_deref())? else {
            return Err(Failure::configuration(
                format!("there is a promotion key, {key}, and no value for it"),
                format!(
                    "name its file with {}, or put it into {}",
                    PROMOTION_VALUE.argument, PROMOTION_VALUE.variable
                ),
            ));
        };
        let value = if self.promotion_hashed { value.expose().to_owned() } else { hashed(value.expose()) };
        Ok(Some(PromotionalIdentity::new(key, value)?))
    }
}

/// A refusal, with what to do about it here: that says more than Adobe's code does.
fn explained(mut failure: Failure) -> Failure {
    const PROMOTION: &str =
        "a promotional trial takes --promotion-key and --promotion-value, which say whose it is";
    const LISTED: &str = "couchpass providers lists the trials";
    let Details { code, call, status, .. } = &*failure.details;
    failure.remedy = match (code.as_deref(), *call, *status) {
        (Some("invalid_header_identity_for_temporary_access"), ..) => PROMOTION.to_owned(),
        (Some("invalid_parameter_mvpd"), ..) => format!("name a trial; {LISTED}"),
        // Without enhanced error codes nothing tells the two apart.
        (None, Some("freepreview"), Some(400)) => format!("{}; {LISTED}, and {PROMOTION}", failure.remedy),
        _ if failure.exit == Exit::SignIn => format!("{}; {LISTED}", failure.remedy),
        _ => return failure,
    };
    failure
}

/// SHA-256 in hexadecimal digits.
fn hashed(value: &str) -> String {
    digest(&SHA256, value.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub(crate) async fn run(arguments: &TemporaryAccessArguments, output: Output) -> Result<Exit, Failure> {
    let (domain, identity) = (arguments.domain()?, arguments.identity()?);
    let settled = arguments.client.client(output)?;
    let trial = MvpdId::new(&arguments.trial);
    let profile = settled.client.temporary_access(&trial, domain, identity.as_ref()).await;
    let profile = profile.map_err(|error| explained(error.into()))?;
    let left = settled.client.time_left(&profile);
    let event = Event::TemporaryAccess {
        profile: ProfileJson::from(&profile),
        time_left_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
    };
    output.tell(&event, |style| {
        let on_trial = style.strong(&format!("On trial with {}", profile.mvpd));
        format!(
            "{on_trial} until {}, for another {}.\nNo stream ends by itself then; the next couchpass authorize says that it is over.",
            when::date(profile.not_after),
            when::duration(left)
        )
    });
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_hashed_as_everybody_hashes() {
        // The example of FIPS 180-2.
        assert_eq!(hashed("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
