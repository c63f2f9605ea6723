//! What JSON alone cannot tell: whether the names in a configuration lead anywhere.

use std::collections::BTreeSet;

use super::{Channels, Config, ConfigError};

type Checked = Result<(), ConfigError>;

pub(super) fn check(config: &Config) -> Checked {
    if config.signing_key.is_empty() {
        return Err(ConfigError::new(
            "signing_key",
            "it is empty",
            "Write any text; it need not be a secret.",
        ));
    }
    distinct("requestors", "id", config.requestors.iter().map(|one| one.id.as_str()))?;
    distinct("mvpds", "id", config.mvpds.iter().map(|one| one.id.as_str()))?;
    distinct("accounts", "name", config.accounts.iter().map(|one| one.name.as_str()))?;
    distinct("apps", "software_id", config.apps.iter().map(|one| one.software_id.as_str()))?;
    requestors(config)?;
    mvpds(config)?;
    accounts(config)?;
    for (at, app) in config.apps.iter().enumerate() {
        for (n, id) in app.requestors.iter().enumerate() {
            known(
                config.requestor(id).is_some(),
                format!("apps[{at}].requestors[{n}]"),
                "requestor",
                id,
                "requestors",
            )?;
        }
    }
    for (at, refusal) in config.refusals.iter().enumerate() {
        let there = resources(config).contains(refusal.resource.as_str());
        known(
            there,
            format!("refusals[{at}].resource"),
            "resource",
            &refusal.resource,
            "the resources of a requestor",
        )?;
    }
    for (at, degradation) in config.degradations.iter().enumerate() {
        known(
            config.integration(&degradation.requestor, &degradation.mvpd).is_some(),
            format!("degradations[{at}].mvpd"),
            "MVPD",
            &degradation.mvpd,
            "the mvpds of the requestor",
        )?;
    }
    lives("bearer_s", config.lifetimes.bearer_s)?;
    lives("code_s", config.lifetimes.code_s)?;
    lives("authentication_s", config.lifetimes.authentication_s)?;
    lives("unknown_platform_s", config.lifetimes.unknown_platform_s)?;
    lives("authorization_s", config.lifetimes.authorization_s)?;
    lives("media_s", config.lifetimes.media_s)?;
    lives("degradation_s", config.lifetimes.degradation_s)
}

fn requestors(config: &Config) -> Checked {
    for (at, requestor) in config.requestors.iter().enumerate() {
        if requestor.domains.is_empty() {
            let advice = "Name at least one domain; the sandbox's own login page needs it.";
            return Err(ConfigError::new(format!("requestors[{at}].domains"), "it is empty", advice));
        }
        distinct(
            &format!("requestors[{at}].resources"),
            "id",
            requestor.resources.iter().map(|one| one.id.as_str()),
        )?;
        for (n, id) in requestor.mvpds.iter().enumerate() {
            known(config.mvpd(id).is_some(), format!("requestors[{at}].mvpds[{n}]"), "MVPD", id, "mvpds")?;
        }
    }
    Ok(())
}

fn mvpds(config: &Config) -> Checked {
    for (at, mvpd) in config.mvpds.iter().enumerate() {
        let Some(promotion) = &mvpd.promotion else { continue };
        let field = format!("mvpds[{at}].promotion");
        if mvpd.temp_pass_s.is_none() {
            let advice = "Add `temp_pass_s`: a promotion is a TempPass and has an end.";
            return Err(ConfigError::new(field, "there is no `temp_pass_s` beside it", advice));
        }
        if promotion.key.is_empty() {
            let advice = "Name the key of `generic_data`, for instance \"email\".";
            return Err(ConfigError::new(format!("{field}.key"), "it is empty", advice));
        }
    }
    Ok(())
}

fn accounts(config: &Config) -> Checked {
    let resources = resources(config);
    for (at, account) in config.accounts.iter().enumerate() {
        known(
            config.mvpd(&account.mvpd).is_some(),
            format!("accounts[{at}].mvpd"),
            "MVPD",
            &account.mvpd,
            "mvpds",
        )?;
        if let Channels::Some(ids) = &account.channels {
            for (n, id) in ids.iter().enumerate() {
                let field = format!("accounts[{at}].channels[{n}]");
                known(
                    resources.contains(id.as_str()),
                    field,
                    "resource",
                    id,
                    "the resources of a requestor",
                )?;
            }
        }
        for (n, name) in account.encrypted.iter().enumerate() {
            let there =
                account.metadata.contains_key(name) || account.metadata_on_authorization.contains_key(name);
            let field = format!("accounts[{at}].encrypted[{n}]");
            known(there, field, "property", name, "the metadata of the account")?;
        }
    }
    Ok(())
}

fn resources(config: &Config) -> BTreeSet<&str> {
    config.requestors.iter().flat_map(|one| &one.resources).map(|one| one.id.as_str()).collect()
}

fn known(there: bool, field: String, what: &str, name: &str, place: &str) -> Checked {
    if there {
        return Ok(());
    }
    let advice = format!("Correct the name, or add it to {place}.");
    Err(ConfigError::new(field, format!("there is no {what} \"{name}\""), advice))
}

fn distinct<'a>(list: &str, field: &str, names: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = BTreeSet::new();
    for (at, name) in names.enumerate() {
        let field = format!("{list}[{at}].{field}");
        if name.is_empty() {
            return Err(ConfigError::new(field, "it is empty", "Give it a name of its own."));
        }
        if !seen.insert(name) {
            let problem = format!("\"{name}\" is there twice");
            return Err(ConfigError::new(field, problem, "Rename one, or take it out."));
        }
    }
    Ok(())
}

fn lives(field: &str, seconds: u64) -> Checked {
    if seconds > 0 {
        return Ok(());
    }
    let advice = "Write at least one second; let things expire by the clock instead.";
    Err(ConfigError::new(format!("lifetimes.{field}"), "it is 0", advice))
}
