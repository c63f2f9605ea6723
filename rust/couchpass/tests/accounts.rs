//! Around the sign-in: metadata, TV providers, trials, and the second screen's half.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{Api, DecisionSource, Error, Login, LoginStep, MetadataValue, MvpdId, ProfileType, Resource};
use support::{Stage, assert_permitted, code_of, resource, signed_in, store};

on_both_apis! {
    metadata_comes_with_its_types_and_what_is_encrypted_stays_so,
    metadata_is_kept_until_an_authorization_may_have_changed_it,
    a_provider_without_metadata_is_no_error,
    the_picker_is_asked_for_once_in_three_minutes_and_the_choice_remembered,
    a_trial_lets_watch_until_its_time_is_up,
    a_sign_in_leads_out_of_a_trial_and_a_trial_never_out_of_a_sign_in,
    the_second_screen_follows_a_code_from_look_up_to_done,
}

async fn metadata_comes_with_its_types_and_what_is_encrypted_stays_so(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    let metadata = client.user_metadata().await.unwrap();
    assert!(metadata.values["zip"].encrypted);
    assert!(!metadata.values["householdID"].encrypted);
    assert_eq!(metadata.values["channelID"].value.as_list(), ["LanternOne", "LanternNews", "LanternSports"]);
    let MetadataValue::Map(ratings) = &metadata.values["maxRating"].value else { panic!("{metadata:?}") };
    assert_eq!(ratings["VCHIP"], "TV-MA");
    // v2 does not date it.
    assert_eq!(metadata.updated.is_some(), api == Api::V1);
    assert!(!format!("{metadata:#?}").contains("household-everything"));
}

async fn metadata_is_kept_until_an_authorization_may_have_changed_it(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    let first = client.user_metadata().await.unwrap();
    drop(client);
    let client = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(client.user_metadata().await.unwrap(), first);
    // On v2 it came with the profile.
    let asked = || stage.sandbox.recorder().count(stage.parts().metadata);
    let before = usize::from(api == Api::V1);
    assert_eq!(asked(), before);
    client.authorize(&resource("LanternOne")).await.unwrap();
    client.user_metadata().await.unwrap();
    assert_eq!(asked(), before + 1);
}

async fn a_provider_without_metadata_is_no_error(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "dish").await;
    let metadata = client.user_metadata().await.unwrap();
    // v2 always has the viewer's id among it.
    assert!(metadata.values.keys().all(|name| name == "userID"), "{metadata:?}");
}

async fn the_picker_is_asked_for_once_in_three_minutes_and_the_choice_remembered(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.let_time_run();
    let providers = client.providers().await.unwrap();
    let northwind = providers.iter().find(|provider| provider.id.as_str() == "Northwind").unwrap();
    assert_eq!(northwind.display_name, "Northwind Cable");
    assert!(northwind.logo_url.is_some() && northwind.platform_sso && !northwind.is_temp_pass);
    assert!(providers.iter().any(|provider| provider.is_temp_pass));

    client.providers().await.unwrap();
    assert_eq!(stage.sandbox.recorder().count(stage.parts().providers), 1);
    stage.clock.advance(Duration::from_secs(181));
    client.providers().await.unwrap();
    assert_eq!(stage.sandbox.recorder().count(stage.parts().providers), 2);

    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(client.remembered_provider().as_ref(), Some(northwind));
    client.sign_out().await.unwrap();
    drop(client);
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(restarted.remembered_provider().as_ref(), Some(northwind));
    let solo = providers.iter().find(|provider| provider.id.as_str() == "SoloCable").unwrap();
    restarted.remember_provider(solo);
    assert_eq!(restarted.remembered_provider().as_ref(), Some(solo));
}

async fn a_trial_lets_watch_until_its_time_is_up(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    let trial = MvpdId::new("LanternPreview");
    let profile = client.temporary_access(&trial, "lantern.example", None).await.unwrap();
    assert_eq!(profile.profile_type, ProfileType::Temporary);
    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert_permitted(&decision);
    assert_eq!(decision.source, DecisionSource::TempPass);

    let left = client.time_left(&profile);
    assert!(left > Duration::ZERO);
    stage.clock.advance(Duration::from_secs(60));
    assert_eq!(client.time_left(&profile), left - Duration::from_secs(60));

    stage.clock.advance(Duration::from_secs(86_400 * 30));
    assert_eq!(client.time_left(&profile), Duration::ZERO);
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    // On v2 the service has the last word.
    let word = if api == Api::V1 { "trial" } else { "temporary_access_duration_limit_exceeded" };
    assert!(matches!(error, Error::SignInAgain { .. }) && error.to_string().contains(word), "{error}");
}

async fn a_sign_in_leads_out_of_a_trial_and_a_trial_never_out_of_a_sign_in(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    let trial = MvpdId::new("LanternPreview");
    client.temporary_access(&trial, "lantern.example", None).await.unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(profile.profile_type, ProfileType::Regular);
    let error = client.temporary_access(&trial, "lantern.example", None).await.unwrap_err();
    assert!(matches!(error, Error::FixConfiguration { .. }), "{error}");
    assert_eq!(client.profiles().await.unwrap(), [profile]);
}

async fn the_second_screen_follows_a_code_from_look_up_to_done(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let backend = stage.television("backend").build().unwrap();
    let screen = backend.second_screen();
    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await;
    assert_eq!(screen.look_up("NOSUCH").await.unwrap(), None);
    assert_eq!(screen.look_up(&code.code).await.unwrap().unwrap().code, code);
    assert!(!screen.is_authenticated(&code.code).await.unwrap());
    assert_eq!(screen.profile(&code.code).await.unwrap(), None);

    stage.let_time_run();
    let login =
        Login::new(MvpdId::new("Northwind"), "lantern.example", "http://127.0.0.1/done?a=1&b=2").unwrap();
    let record = screen.look_up(&code.code).await.unwrap().unwrap();
    let LoginStep::Open(url) = screen.log_in(&record, &login, None).await.unwrap() else { panic!() };
    match api {
        Api::V1 => {
            let query = url.split_once('?').unwrap().1;
            assert!(query.starts_with(&format!("reg_code={}&", code.code)), "{query}");
            assert!(
                query.ends_with("&redirect_url=http%3A%2F%2F127.0.0.1%2Fdone%3Fa%3D1%26b%3D2"),
                "{query}"
            );
        }
        _ => assert_eq!(url, format!("{}/api/v2/authenticate/LANTERN/{}", stage.sandbox.sp_url(), code.code)),
    }

    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    signed_in(&mut sign_in).await;
    assert!(screen.is_authenticated(&code.code).await.unwrap());
    assert_eq!(screen.profile(&code.code).await.unwrap().unwrap().mvpd.as_str(), "Northwind");
    let channels: Vec<Resource> = ["LanternOne", "LanternNews"].map(resource).to_vec();
    let answers = screen.preauthorize(&code.code, &channels).await;
    match api {
        Api::V1 => assert!(answers.unwrap().iter().all(|answer| answer.authorized)),
        _ => assert!(matches!(answers, Err(Error::FixConfiguration { .. })), "v2 has no such call"),
    }
}
