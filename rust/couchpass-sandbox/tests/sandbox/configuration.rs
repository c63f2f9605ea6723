//! Configurations: good ones, and what is said about the others.

use couchpass_sandbox::Config;
use serde_json::{Value, json};

/// The built-in configuration with one value replaced.
fn with(pointer: &str, value: Value) -> String {
    let mut config = serde_json::to_value(Config::default()).unwrap();
    *config.pointer_mut(pointer).unwrap() = value;
    config.to_string()
}

#[test]
fn a_flaw_is_told_by_its_field_and_with_advice() {
    let cases = [
        (with("/mvpds/2/display_name", json!(3)), "mvpds[2].display_name", "of the kind"),
        (with("/accounts/0/channels", json!("some")), "accounts[0].channels", "\"all\" or a list"),
        (
            with("/accounts/1/channels/1", json!("Nowhere")),
            "accounts[1].channels[1]",
            "no resource \"Nowhere\"",
        ),
        (with("/accounts/1/mvpd", json!("Nobody")), "accounts[1].mvpd", "no MVPD \"Nobody\""),
        (with("/accounts/0/encrypted/0", json!("shoe")), "accounts[0].encrypted[0]", "no property \"shoe\""),
        (with("/requestors/1/mvpds/0", json!("Nobody")), "requestors[1].mvpds[0]", "add it to mvpds"),
        (with("/requestors/1/domains", json!([])), "requestors[1].domains", "at least one domain"),
        (with("/requestors/1/id", json!("LANTERN")), "requestors[1].id", "twice"),
        (with("/mvpds/5/temp_pass_s", Value::Null), "mvpds[5].promotion", "Add `temp_pass_s`"),
        (with("/mvpds/5/promotion/key", json!("")), "mvpds[5].promotion.key", "email"),
        (with("/apps/4/requestors/0", json!("X")), "apps[4].requestors[0]", "no requestor \"X\""),
        (with("/lifetimes/media_s", json!(0)), "lifetimes.media_s", "at least one second"),
        (with("/lifetimes/degradation_s", json!(0)), "lifetimes.degradation_s", "at least one second"),
        (with("/spelling/short_domain", json!("no")), "spelling.short_domain", "of the kind"),
        (with("/signing_key", json!("")), "signing_key", "any text"),
        (with("/apps/0", json!({ "name": "a" })), "apps[0]", "missing field `software_id`"),
        (with("/limits/body_bytes", json!(-1)), "limits.body_bytes", "invalid value"),
    ];
    for (text, field, said) in cases {
        let error = Config::from_json(&text).unwrap_err();
        assert_eq!(error.field(), field, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    let mut misspelt: Value = serde_json::to_value(Config::default()).unwrap();
    misspelt["mvpds"][0]["displayName"] = json!("x");
    let error = Config::from_json(&misspelt.to_string()).unwrap_err().to_string();
    assert!(error.contains("unknown field `displayName`") && error.contains("Correct the name"), "{error}");
    let mut refused: Value = serde_json::to_value(Config::default()).unwrap();
    refused["refusals"] = json!([{ "resource": "LanternOne", "code": "no_such_code" }]);
    assert_eq!(Config::from_json(&refused.to_string()).unwrap_err().field(), "refusals[0].code");
    let mut degraded: Value = serde_json::to_value(Config::default()).unwrap();
    degraded["degradations"] =
        json!([{ "requestor": "MERIDIAN", "mvpd": "LanternGift", "rule": "AuthNAll" }]);
    let error = Config::from_json(&degraded.to_string()).unwrap_err();
    assert_eq!(error.field(), "degradations[0].mvpd", "{error}");
}

#[test]
fn broken_json_is_told_by_line_and_column() {
    for text in ["", "{", "{\n\"signing_key\": \"k\",\n}", "[] []"] {
        let error = Config::from_json(text).unwrap_err();
        assert!(error.to_string().contains("line "), "{error}");
    }
    let twice = format!("{} {{}}", serde_json::to_string(&Config::default()).unwrap());
    assert!(Config::from_json(&twice).unwrap_err().to_string().contains("closing brace"));
}

#[test]
fn the_example_in_the_documentation_works() {
    let documentation = include_str!("../../../../docs/sandbox.md");
    let example = documentation.split("```json config\n").nth(1).unwrap().split("```").next().unwrap();
    let config = Config::from_json(example).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((config.requestors.len(), config.refusals.len(), config.degradations.len()), (1, 1, 1));
}

#[test]
fn passwords_and_keys_do_not_print() {
    let config = Config::default();
    let printed = format!("{config:?} {:?}", couchpass_sandbox::Sandbox::builder());
    for secret in ["sandbox-everything", "not a secret", "household-everything"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
