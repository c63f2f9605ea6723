//! The platform token: what is sent of it, and what happens without it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use couchpass::{Absence, Api, PlatformTokenFuture, ProfileType, SsoOutcome};
use couchpass_sandbox::{SecretKind, fingerprint};
use device_auth::Secret;

use crate::{
    on_both_apis,
    support::{START, Stage, assert_permitted, code_of, resource},
};

on_both_apis! {
    m43_without_a_companion_or_a_token_there_is_a_code,
    m45_a_platform_token_that_runs_out_is_replaced_before_the_next_call,
    m45_a_token_that_is_unsigned_or_expired_is_not_sent,
}

async fn m43_without_a_companion_or_a_token_there_is_a_code(api: Api) {
    for absence in
        [Absence::LibraryAbsent, Absence::Disabled, Absence::Refused { code: None, description: "no".into() }]
    {
        let stage = Stage::new(api).await;
        let answer = absence.clone();
        let source = move || -> PlatformTokenFuture {
            let answer = answer.clone();
            Box::pin(async move { Err(answer) })
        };
        let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
        let profile = stage.sign_in_by_code(&client, "everything").await;
        assert_eq!(profile.profile_type, ProfileType::Regular);
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
        assert_eq!(client.sso_report().outcome, SsoOutcome::Absent(absence));
        assert!(stage.device_requests().iter().all(|request| request.platform_token_carriers().is_empty()));
    }
}

async fn m45_a_platform_token_that_runs_out_is_replaced_before_the_next_call(api: Api) {
    let stage = Stage::new(api).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let tokens = [60, 86_400]
        .map(|seconds| stage.sandbox.platform_token_builder("amazon-1").lives_for(seconds).build());
    let expected = tokens.clone().map(|token| fingerprint(&token));
    let turn = Arc::clone(&asked);
    let source = move || -> PlatformTokenFuture {
        let token = Secret::new(tokens[turn.fetch_add(1, Ordering::Relaxed).min(1)].clone());
        Box::pin(async move { Ok(token) })
    };
    let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    stage.clock.advance(Duration::from_secs(60));
    client.authorize(&resource("LanternOne")).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    for request in stage.device_requests() {
        let Some(sent) = request.fingerprint(SecretKind::PlatformToken) else { continue };
        let is_old = request.at < START as u64 + 60_000;
        assert_eq!(sent, expected[usize::from(!is_old)], "{request:#?}");
    }
}

async fn m45_a_token_that_is_unsigned_or_expired_is_not_sent(api: Api) {
    let stage = Stage::new(api).await;
    let of = |subject: &str| stage.sandbox.platform_token_builder(subject);
    for (token, outcome) in [
        (of("a").unsigned().build(), SsoOutcome::Unsigned),
        (of("a").expired().build(), SsoOutcome::Expired),
        (of("a").malformed(), SsoOutcome::Malformed),
    ] {
        stage.clock.hold();
        stage.clock.advance(Duration::from_secs(60));
        stage.clear_record();
        let source = move || -> PlatformTokenFuture {
            let token = Secret::new(token.clone());
            Box::pin(async move { Ok(token) })
        };
        let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
        let mut sign_in = client.sign_in();
        code_of(&mut sign_in).await;
        assert_eq!(client.sso_report().outcome, outcome);
        let requests = stage.device_requests();
        assert!(requests.iter().any(|request| request.endpoint == Some(stage.parts().find)));
        assert!(requests.iter().all(|request| request.platform_token_carriers().is_empty()));
        client.cancel_sign_in().await;
    }
}
