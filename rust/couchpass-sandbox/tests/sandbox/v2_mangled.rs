//! v2's answers, written otherwise, and from a server whose clock is off.

use couchpass_sandbox::{Effect, Endpoint, Fault, Mangle};
use serde_json::json;

use crate::support::{START, start};
use crate::v2_support::{Tv, text};

#[tokio::test]
async fn unknown_fields_make_no_unknown_providers() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    tv.sign_in(&sandbox, "dish").await;
    let more = || Fault::new(Effect::Mangle { how: Mangle::UnknownFields });
    sandbox.faults().add(more().on(Endpoint::Profiles));
    let answer = tv.get("profiles").await.json();
    assert!(answer["notYetInvented"].is_array());
    assert!(answer["profiles"]["Cedar"]["notYetInvented"].is_array());
    assert_eq!(answer["profiles"].as_object().unwrap().len(), 1);
    let attributes = answer["profiles"]["Cedar"]["attributes"].as_object().unwrap();
    assert_eq!(attributes.keys().collect::<Vec<_>>(), ["userID"]);
    sandbox.faults().add(more().on(Endpoint::MvpdLogout));
    assert!(tv.log_out("Cedar").await["notYetInvented"].is_array());
}

#[tokio::test]
async fn a_clock_that_is_off_shifts_every_instant() {
    let sandbox = start().await;
    let tv = Tv::register(&sandbox, "tv", "LANTERN").await;
    sandbox.faults().add(Fault::new(Effect::ClockOffset { seconds: 10 }).always());
    let session = tv.session("Northwind").await;
    assert_eq!(text(&session["notBefore"]), (START + 10_000).to_string());
    assert_eq!(text(&session["notAfter"]), (START + 1_810_000).to_string());
    let profile = tv.profiles("profiles/LanternPreview").await["LanternPreview"].clone();
    let ends = START + 610_000;
    assert_eq!((&profile["notAfter"], &profile["notBefore"]), (&json!(ends), &json!(START + 10_000)));
    assert_eq!(profile["attributes"]["expiration_date"]["value"], ends);
    let permit = tv.authorize("LanternPreview", "LanternOne").await;
    assert_eq!((&permit["notAfter"], &permit["token"]["notAfter"]), (&json!(ends), &json!(START + 430_000)));
}
