//! The end of a profile, by the viewer, by the TV provider or by time, and what follows it.

use std::time::Duration;

use couchpass::{Api, Client, Error, MvpdId, ProfileType, PromotionalIdentity, SignOutAction};
use couchpass_sandbox::{Endpoint, Spelling};
use device_auth::Timestamp;

use crate::{
    answer, count, hold, on_both_apis,
    support::{START, Stage, assert_permitted, code_of, resource, signed_in, store},
};

on_both_apis! {
    m15_what_a_logout_asks_for_can_be_followed_to_the_redirect_url,
    m15_a_logout_that_is_complete_leaves_nothing_to_do,
    m24_whatever_became_of_the_profile_the_viewer_can_sign_in_again,
    m26_signing_out_ends_the_authentication_here_and_at_adobe,
    m29_an_expired_profile_is_renewed_by_the_viewer_alone,
    m47_the_app_is_told_when_the_time_of_a_trial_is_up,
    m47_the_app_is_told_when_the_titles_of_a_promotion_are_used_up,
}

/// v1's logout asks for nothing.
async fn m15_what_a_logout_asks_for_can_be_followed_to_the_redirect_url(api: Api) {
    // Adobe's samples have the address in both ways.
    for absolute_urls in [false, true] {
        let stage = Stage::new(api).await;
        let back = "lantern-tv://signed-out";
        let client = stage.television("tv-1").redirect_url(back).build().unwrap();
        stage.sandbox.configure(|config| config.spelling = Spelling { absolute_urls, ..config.spelling });
        stage.sign_in_by_code(&client, "everything").await;
        let left = client.sign_out().await.unwrap();
        if api == Api::V1 {
            assert_eq!(left, []);
            continue;
        }
        let [SignOutAction::OpenUrl { mvpd, url }] = left.as_slice() else { panic!("{left:?}") };
        assert_eq!(mvpd.as_str(), "Northwind");
        stage.clear_record();
        let ended = stage.sandbox.viewer("everything").open_at(url).await.unwrap();
        assert!(ended.starts_with(back), "{ended}");
        assert_eq!(count(&stage, Endpoint::BrowserLogout), 1);
    }
}

async fn m15_a_logout_that_is_complete_leaves_nothing_to_do(api: Api) {
    // One whose provider has no page for it, and one that is too late.
    for (account, is_late) in [("dish", false), ("everything", true)] {
        let stage = Stage::new(api).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, account).await;
        if is_late {
            stage.sandbox.sign_out_everyone();
        }
        assert_eq!(client.sign_out().await.unwrap(), [], "{account}");
        assert_eq!(count(&stage, stage.parts().log_out), 1);
        assert!(client.profiles().await.unwrap().is_empty());
    }
}

async fn m24_whatever_became_of_the_profile_the_viewer_can_sign_in_again(api: Api) {
    for why in ["missing", "expired", "invalidated"] {
        let stage = Stage::new(api).await;
        let client = stage.television("tv-1").build().unwrap();
        if why != "missing" {
            let profile = stage.sign_in_by_code(&client, "everything").await;
            match why {
                "expired" => stage.clock.advance(profile.not_after.since(Timestamp::from_millis(START))),
                _ => stage.sandbox.sign_out_everyone(),
            }
        }
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{why}: {error}");
        assert!(client.profiles().await.unwrap().is_empty(), "{why}");
        stage.sign_in_by_code(&client, "everything").await;
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
}

async fn m26_signing_out_ends_the_authentication_here_and_at_adobe(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(stage.sandbox.authentications().len(), 1);
    client.sign_out().await.unwrap();
    assert_eq!(count(&stage, stage.parts().log_out), 1);
    assert!(stage.sandbox.authentications().is_empty());
    assert!(client.profiles().await.unwrap().is_empty());
}

async fn m29_an_expired_profile_is_renewed_by_the_viewer_alone(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    stage.clock.advance(profile.not_after.since(Timestamp::from_millis(START)));
    for _ in 0..3 {
        assert!(client.profiles().await.unwrap().is_empty());
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    }
    assert!(stage.calls().is_empty(), "nobody has asked to be signed in");
    hold(&stage);
    code_of(&mut client.sign_in()).await;
}

async fn m47_the_app_is_told_when_the_time_of_a_trial_is_up(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let client = stage.television("tv-1").build().unwrap();
    let begun = stage.sandbox.clock().now();
    let trial = MvpdId::new("LanternPreview");
    let profile = client.temporary_access(&trial, "lantern.example", None).await.unwrap();
    assert_eq!(profile.profile_type, ProfileType::Temporary);
    let ends = u64::try_from(profile.not_after.as_millis()).unwrap();
    assert!((600_000..605_000).contains(&(ends - begun)), "it ends {} ms after it began", ends - begun);
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());

    stage.clock.advance(Duration::from_secs(540));
    assert!(client.time_left(&profile) <= Duration::from_secs(60));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    stage.clock.advance(Duration::from_secs(61));
    assert_eq!(client.time_left(&profile), Duration::ZERO);
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    // On v2 the service has the last word.
    let words = if api == Api::V1 { "trial is up" } else { "temporary_access_duration_limit_exceeded" };
    assert!(matches!(error, Error::SignInAgain { .. }) && error.to_string().contains(words), "{error}");
    assert!(client.profiles().await.unwrap().is_empty());
    // Nor can it be begun anew.
    let error = client.temporary_access(&trial, "lantern.example", None).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    signed_in_afterwards(&stage, &client).await;
}

/// v2 has a code of its own for it, and ends the trial; v1 denies the title, as any other that is not to be had.
async fn m47_the_app_is_told_when_the_titles_of_a_promotion_are_used_up(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(true)).await;
    stage.let_time_run();
    let kept = store();
    let start = || stage.television("tv-1").store(kept.clone()).build().unwrap();
    let client = start();
    let (gift, identity) = (MvpdId::new("LanternGift"), PromotionalIdentity::new("email", "2f3a").unwrap());
    let profile = client.temporary_access(&gift, "lantern.example", Some(&identity)).await.unwrap();
    assert_eq!(profile.profile_type, ProfileType::Temporary);
    for (title, left) in [("LanternOne", "1"), ("LanternOne", "1"), ("LanternNews", "0")] {
        assert_permitted(&client.authorize(&resource(title)).await.unwrap());
        // What v2 has nothing left to tell of ends with the last title.
        if left != "0" || api == Api::V1 {
            let metadata = client.user_metadata().await.unwrap();
            assert_eq!(metadata.values["remaining_resources"].value.as_list(), [left]);
        }
    }
    drop(client);
    // A restart knows whose trial it is.
    let client = start();
    let outcome = client.authorize(&resource("LanternCinema")).await;
    let told = match (api, outcome) {
        (Api::V1, Ok(decision)) => decision.denial.unwrap().details,
        (Api::V2, Err(Error::SignInAgain { report })) => {
            assert_eq!(report.code.as_deref(), Some("temporary_access_resources_limit_exceeded"));
            assert!(client.profiles().await.unwrap().is_empty());
            report.details
        }
        (_, other) => panic!("{other:?}"),
    };
    assert!(told.unwrap().contains("any more titles"));
    signed_in_afterwards(&stage, &client).await;
}

async fn signed_in_afterwards(stage: &Stage, client: &Client) {
    hold(stage);
    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await;
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    assert_eq!(signed_in(&mut sign_in).await.profile_type, ProfileType::Regular);
}

mod v2_alone {
    use couchpass_sandbox::Fault;

    use super::*;

    /// `partner_logout` is for Apple's devices, and what is not known yet asks a television for nothing.
    #[tokio::test]
    async fn m15_what_is_not_for_a_browser_of_this_device_is_not_handed_out() {
        for (action, rest) in [
            ("partner_logout", r#""actionType": "partner_interactive""#),
            ("dance", r#""actionType": "interactive", "url": "/dance""#),
        ] {
            let stage = Stage::new(Api::V2).await;
            let client = stage.television("tv-1").build().unwrap();
            stage.sign_in_by_code(&client, "everything").await;
            let body = format!(
                r#"{{"logouts": {{"Northwind": {{"actionName": "{action}", "mvpd": "Northwind", {rest}}}}}}}"#
            );
            stage.sandbox.faults().add(Fault::new(answer(200, &body)).on(Endpoint::MvpdLogout));
            assert_eq!(client.sign_out().await.unwrap(), [], "{action}");
        }
    }

    /// The service may know better than the television when a trial has begun.
    #[tokio::test]
    async fn m47_a_trial_that_ends_at_adobe_ends_here() {
        let stage = Stage::new(Api::V2).await;
        stage.let_time_run();
        let client = stage.television("tv-1").build().unwrap();
        let trial = MvpdId::new("LanternPreview");
        client.temporary_access(&trial, "lantern.example", None).await.unwrap();
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
        stage.sandbox.configure(|config| {
            let preview = config.mvpds.iter_mut().find(|mvpd| mvpd.id == "LanternPreview").unwrap();
            preview.temp_pass_s = Some(300);
        });
        stage.clock.advance(Duration::from_secs(301));
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
        let code = error.report().unwrap().code.as_deref();
        assert_eq!(code, Some("temporary_access_duration_limit_exceeded"));
        assert!(client.profiles().await.unwrap().is_empty());
    }
}
