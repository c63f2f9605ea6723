//! Before a playback, and for lists of channels.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};
use device_auth::{CredentialKey, Entry, MemoryStore, Revision, Store, StoreError};

use crate::{
    answer, count,
    support::{Stage, assert_permitted, resource, store},
};

#[tokio::test]
async fn m09_an_authorization_makes_the_attributes_stale_even_where_its_media_token_does_not_come() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    client.user_metadata().await.unwrap();
    stage.sandbox.faults().add(Fault::new(Effect::Drop).on(Endpoint::MediaToken).always());
    client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(client.user_metadata().await.unwrap().values.contains_key("allowMirroring"));
}

#[tokio::test]
async fn m10_preauthorization_never_decides_playback() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    // A list that says the opposite of what the provider decides.
    let wrong = r#"{"resources": [{"id": "LanternOne", "authorized": false}, {"id": "LanternCinema", "authorized": true}]}"#;
    stage.sandbox.faults().add(Fault::new(answer(200, wrong)).on(Endpoint::Preauthorize).always());
    let (one, cinema) = (resource("LanternOne"), resource("LanternCinema"));
    let marks = client.preauthorize(&[one.clone(), cinema.clone()]).await.unwrap();
    assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [false, true]);
    assert_permitted(&client.authorize(&one).await.unwrap());
    assert!(!client.authorize(&cinema).await.unwrap().authorized);
    assert_eq!(count(&stage, Endpoint::Authorize), 2);
}

#[tokio::test]
async fn m11_a_preauthorization_is_tried_three_times_at_most_and_only_where_the_action_is_retry() {
    for (code, tries) in
        [(ErrorCode::NetworkConnectionTimeout, 3), (ErrorCode::PreauthorizationDeniedByMvpd, 1)]
    {
        let stage = Stage::with(|sandbox| sandbox.enhanced_errors(true)).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        stage.sandbox.refuse(Refusal::of("LanternNews", code));
        let marks = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
        assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [true, false]);
        assert_eq!(count(&stage, Endpoint::Preauthorize), tries, "{code:?}");
    }
}

#[tokio::test]
async fn m12_permits_of_preauthorization_stay_in_memory() {
    let stage = Stage::new().await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    for _ in 0..3 {
        assert!(client.preauthorize(&[resource("LanternOne")]).await.unwrap()[0].authorized);
    }
    assert_eq!(count(&stage, Endpoint::Preauthorize), 1);
    drop(client);
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert!(restarted.preauthorize(&[resource("LanternOne")]).await.unwrap()[0].authorized);
    assert_eq!(count(&stage, Endpoint::Preauthorize), 2, "memory ends with the process");
}

#[tokio::test]
async fn m13_every_playback_is_authorized_and_none_is_ended() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    let decisions = [
        client.authorize(&resource("LanternOne")).await.unwrap(),
        client.authorize(&resource("LanternOne")).await.unwrap(),
    ];
    assert_eq!((count(&stage, Endpoint::Authorize), count(&stage, Endpoint::MediaToken)), (2, 2));

    // The stream plays on while its media token expires: nothing is asked, nothing lost.
    let token = decisions[1].media_token.clone().unwrap();
    let now = i64::try_from(stage.sandbox.clock().now()).unwrap();
    let left = u64::try_from(token.not_after.as_millis() - now).unwrap();
    stage.clock.advance(Duration::from_millis(left + 60_000));
    assert_eq!(client.profiles().await.unwrap().len(), 1);
    assert_eq!(stage.calls().len(), 4);
}

#[tokio::test]
async fn m14_an_authorization_is_tried_three_times_at_most_and_only_where_the_action_is_retry() {
    for (code, times, tries, authorized) in [
        (ErrorCode::NetworkConnectionTimeout, 2, 3, Some(true)),
        (ErrorCode::NetworkConnectionTimeout, 9, 3, None),
        (ErrorCode::AuthorizationDeniedByMvpd, 9, 1, Some(false)),
    ] {
        let stage = Stage::with(|sandbox| sandbox.enhanced_errors(true)).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        stage.sandbox.refuse(Refusal::of("LanternNews", code).times(times));
        let outcome = client.authorize(&resource("LanternNews")).await;
        assert_eq!(outcome.as_ref().ok().map(|decision| decision.authorized), authorized, "{outcome:?}");
        assert_eq!(count(&stage, Endpoint::Authorize), tries, "{code:?}");
    }
}

#[tokio::test]
async fn m28_a_media_token_is_handed_over_untouched() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    // Not Base64, not a signature, nothing that anybody but its validator could make sense of.
    let odd = " <signatureInfo>x+/=</signatureInfo>\t\u{e9} ";
    let body = format!(r#"{{"expires": "1790000900000", "serializedToken": {}}}"#, in_json(odd));
    stage.sandbox.faults().add(Fault::new(answer(200, &body)).on(Endpoint::MediaToken).always());
    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert_eq!(decision.media_token.unwrap().serialized.expose(), odd);
}

/// Text as JSON has it.
fn in_json(text: &str) -> String {
    format!("\"{}\"", text.replace('\t', "\\t"))
}

/// Remembers everything that was ever written.
#[derive(Debug, Default)]
struct Watched {
    inner: MemoryStore,
    written: Mutex<String>,
}

impl Store for Watched {
    fn load(&self, key: &CredentialKey) -> Result<Option<Entry>, StoreError> {
        self.inner.load(key)
    }

    fn replace(
        &self,
        key: &CredentialKey,
        expected: Option<Revision>,
        new: Option<&[u8]>,
    ) -> Result<Option<Revision>, StoreError> {
        self.written.lock().unwrap().push_str(&String::from_utf8_lossy(new.unwrap_or_default()));
        self.inner.replace(key, expected, new)
    }
}

#[tokio::test]
async fn m46_media_tokens_are_for_one_use_and_never_kept() {
    let stage = Stage::new().await;
    let kept = Arc::new(Watched::default());
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let decision = client.authorize(&resource("LanternOne")).await.unwrap();
        tokens.push(decision.media_token.unwrap().serialized.expose().to_owned());
    }
    assert_eq!(count(&stage, Endpoint::MediaToken), 3);
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2]);
    let written = kept.written.lock().unwrap();
    assert!(written.contains(profile.mvpd.as_str()), "the store is the one in use");
    assert!(tokens.iter().all(|token| !written.contains(token)));
}
