//! Before a playback, and for lists of channels.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use couchpass::Api;
use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};
use device_auth::{CredentialKey, Entry, MemoryStore, Revision, Store, StoreError};

use crate::{
    answer, count, error, list, on_both_apis,
    support::{Stage, assert_permitted, resource, store},
};

on_both_apis! {
    m09_an_authorization_makes_the_attributes_stale_even_where_its_media_token_does_not_come,
    m10_preauthorization_never_decides_playback,
    m11_a_preauthorization_is_tried_three_times_at_most_and_only_where_the_action_is_retry,
    m12_permits_of_preauthorization_stay_in_memory,
    m13_every_playback_is_authorized_and_none_is_ended,
    m14_an_authorization_is_tried_three_times_at_most_and_only_where_the_action_is_retry,
    m28_a_media_token_is_handed_over_untouched,
    m46_media_tokens_are_for_one_use_and_never_kept,
}

async fn m09_an_authorization_makes_the_attributes_stale_even_where_its_media_token_does_not_come(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    client.user_metadata().await.unwrap();
    // On v2 it is inside the decision: the answer as a whole is lost.
    let lost = Fault::new(Effect::Drop).on(stage.parts().media).after_serving();
    stage.sandbox.faults().add(lost.always());
    client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(client.user_metadata().await.unwrap().values.contains_key("allowMirroring"));
}

async fn m10_preauthorization_never_decides_playback(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    // A list that says the opposite of what the provider decides.
    let denied = error(403, "preauthorization_denied_by_mvpd", "none");
    let wrong = list(api, &[("LanternOne", Err(&denied)), ("LanternCinema", Ok(()))]);
    stage.sandbox.faults().add(Fault::new(answer(200, &wrong)).on(stage.parts().preauthorize).always());
    let (one, cinema) = (resource("LanternOne"), resource("LanternCinema"));
    let marks = client.preauthorize(&[one.clone(), cinema.clone()]).await.unwrap();
    assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [false, true]);
    assert_permitted(&client.authorize(&one).await.unwrap());
    assert!(!client.authorize(&cinema).await.unwrap().authorized);
    assert_eq!(count(&stage, stage.parts().authorize), 2);
}

async fn m11_a_preauthorization_is_tried_three_times_at_most_and_only_where_the_action_is_retry(api: Api) {
    for (code, tries) in
        [(ErrorCode::NetworkConnectionTimeout, 3), (ErrorCode::PreauthorizationDeniedByMvpd, 1)]
    {
        let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(true)).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        stage.sandbox.refuse(Refusal::of("LanternNews", code));
        let marks = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
        assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [true, false]);
        assert_eq!(count(&stage, stage.parts().preauthorize), tries, "{code:?}");
    }
}

async fn m12_permits_of_preauthorization_stay_in_memory(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    for _ in 0..3 {
        assert!(client.preauthorize(&[resource("LanternOne")]).await.unwrap()[0].authorized);
    }
    assert_eq!(count(&stage, stage.parts().preauthorize), 1);
    drop(client);
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert!(restarted.preauthorize(&[resource("LanternOne")]).await.unwrap()[0].authorized);
    assert_eq!(count(&stage, stage.parts().preauthorize), 2, "memory ends with the process");
}

async fn m13_every_playback_is_authorized_and_none_is_ended(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    let decisions = [
        client.authorize(&resource("LanternOne")).await.unwrap(),
        client.authorize(&resource("LanternOne")).await.unwrap(),
    ];
    // v2's decisions have the media token inside.
    let playback: &[Endpoint] = match api {
        Api::V1 => &[Endpoint::Authorize, Endpoint::MediaToken],
        Api::V2 => &[Endpoint::AuthorizeDecisions],
    };
    assert_eq!(stage.calls(), playback.repeat(2));
    decisions.iter().for_each(assert_permitted);

    // The stream plays on while its media token expires: nothing is asked, nothing lost.
    let token = decisions[1].media_token.clone().unwrap();
    let now = i64::try_from(stage.sandbox.clock().now()).unwrap();
    let left = u64::try_from(token.not_after.as_millis() - now).unwrap();
    stage.clock.advance(Duration::from_millis(left + 60_000));
    assert_eq!(client.profiles().await.unwrap().len(), 1);
    assert_eq!(stage.calls(), playback.repeat(2));
}

async fn m14_an_authorization_is_tried_three_times_at_most_and_only_where_the_action_is_retry(api: Api) {
    for (code, times, tries, authorized) in [
        (ErrorCode::NetworkConnectionTimeout, 2, 3, Some(true)),
        (ErrorCode::NetworkConnectionTimeout, 9, 3, None),
        (ErrorCode::AuthorizationDeniedByMvpd, 9, 1, Some(false)),
    ] {
        let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(true)).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        stage.sandbox.refuse(Refusal::of("LanternNews", code).times(times));
        let outcome = client.authorize(&resource("LanternNews")).await;
        assert_eq!(outcome.as_ref().ok().map(|decision| decision.authorized), authorized, "{outcome:?}");
        assert_eq!(count(&stage, stage.parts().authorize), tries, "{code:?}");
    }
}

async fn m28_a_media_token_is_handed_over_untouched(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    // Not Base64, not a signature, nothing that anybody but its validator could make sense of.
    let odd = " <signatureInfo>x+/=</signatureInfo>\t\u{e9} ";
    let token = in_json(odd);
    let body = match api {
        Api::V1 => format!(r#"{{"expires": "1790000900000", "serializedToken": {token}}}"#),
        Api::V2 => format!(
            r#"{{"decisions": [{{"resource": "LanternOne", "mvpd": "Northwind", "source": "mvpd", "authorized": true,
            "token": {{"notBefore": 1790000000000, "notAfter": 1790000900000, "serializedToken": {token}}}}}]}}"#
        ),
    };
    stage.sandbox.faults().add(Fault::new(answer(200, &body)).on(stage.parts().media).always());
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

async fn m46_media_tokens_are_for_one_use_and_never_kept(api: Api) {
    let stage = Stage::new(api).await;
    let kept = Arc::new(Watched::default());
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let decision = client.authorize(&resource("LanternOne")).await.unwrap();
        tokens.push(decision.media_token.unwrap().serialized.expose().to_owned());
    }
    assert_eq!(count(&stage, stage.parts().media), 3);
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2]);
    let written = kept.written.lock().unwrap();
    assert!(written.contains(profile.mvpd.as_str()), "the store is the one in use");
    assert!(tokens.iter().all(|token| !written.contains(token)));
}
