//! From the code to the profile.

use std::time::Duration;

use couchpass::{Api, Client, DeviceInfo, Error, Login, LoginPage, MvpdId, SignIn, SignInEvent, SignInWith};
use couchpass_sandbox::{Endpoint, RecordedRequest, SecretKind};

use crate::{
    count, gaps, hold, on_both_apis,
    support::{Stage, code_of, last_event, resource, signed_in, store},
    times,
};

on_both_apis! {
    m04_the_configuration_is_fetched_for_a_picker_alone,
    m05_the_chosen_provider_is_remembered_with_name_and_logo,
    m06_polling_starts_as_soon_as_the_code_is_there,
    m06_on_the_first_screen_polling_starts_when_the_redirect_url_has_loaded,
    m07_polling_stops_on_success,
    m07_polling_stops_on_expiry,
    m07_a_new_code_ends_the_polling_for_the_old_one,
    m08_polls_no_faster_than_every_3_seconds,
    m09_the_profile_and_its_attributes_outlive_the_process,
    m27_all_calls_of_a_sign_in_are_of_one_api,
    m27_a_sign_in_of_one_api_is_none_of_the_other,
}

async fn m04_the_configuration_is_fetched_for_a_picker_alone(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    client.authorize(&resource("LanternOne")).await.unwrap();
    client.preauthorize(&[resource("LanternNews")]).await.unwrap();
    client.user_metadata().await.unwrap();
    client.sign_out().await.unwrap();
    drop(client);
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    stage.sign_in_by_code(&restarted, "basic").await;
    assert_eq!(count(&stage, stage.parts().providers), 0);
    restarted.providers().await.unwrap();
    assert_eq!(count(&stage, stage.parts().providers), 1);
}

async fn m05_the_chosen_provider_is_remembered_with_name_and_logo(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let providers = client.providers().await.unwrap();
    let chosen = providers.iter().find(|provider| provider.id.as_str() == "Harborlight").unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    drop(client);
    stage.clear_record();
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    let remembered = restarted.remembered_provider().unwrap();
    assert_eq!(remembered, *chosen);
    assert_eq!(remembered.display_name, "Harborlight Fiber");
    assert!(remembered.logo_url.is_some());
    assert!(stage.calls().is_empty());
}

/// The questions that were asked since the session was opened.
fn polls<'r>(stage: &Stage, requests: &'r [RecordedRequest]) -> Vec<&'r RecordedRequest> {
    let parts = stage.parts();
    let since = requests.iter().skip_while(|request| request.endpoint != Some(parts.open));
    since.filter(|request| request.endpoint == Some(parts.poll)).collect()
}

async fn m06_polling_starts_as_soon_as_the_code_is_there(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    code_of(&mut sign_in).await;
    // Nobody has told it anything since; the first question is one interval away.
    let until_first = stage.clock.next_sleep().await;
    assert!((3..=5).contains(&until_first.as_secs()), "{until_first:?}");
    assert!(polls(&stage, &stage.device_requests()).is_empty());
    stage.clock.advance(until_first);
    let requests = stage.sandbox.recorder().wait_until(|requests| !polls(&stage, requests).is_empty()).await;
    let issued = times(&stage, stage.parts().open)[0];
    assert!(polls(&stage, &requests)[0].at - issued <= 5_000);
}

/// In the television's own browser.
fn on_this_screen() -> SignInWith {
    let done = "https://lantern.example/done";
    SignInWith::Browser(Login::new(MvpdId::new("Northwind"), "lantern.example", done).unwrap())
}

/// The page, after nothing but checking.
async fn page_of(sign_in: &mut SignIn) -> LoginPage {
    loop {
        match sign_in.next().await {
            Some(SignInEvent::Checking) => {}
            Some(SignInEvent::Page(page)) => return page,
            other => panic!("expected a page, not {other:?}"),
        }
    }
}

async fn m06_on_the_first_screen_polling_starts_when_the_redirect_url_has_loaded(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in_with(on_this_screen());
    let page = page_of(&mut sign_in).await;
    assert_eq!(a_minute_later(&stage, &client).await, 0, "the viewer is still typing");
    let ended = stage.sandbox.viewer("everything").approve_at(&page.url).await.unwrap();
    assert!(ended.starts_with(&page.redirect_url), "{ended}");
    assert_eq!(a_minute_later(&stage, &client).await, 0, "nobody has told that the browser is there");

    stage.clear_record();
    let loaded = stage.sandbox.clock().now();
    client.redirect_reached();
    stage.let_time_run();
    assert_eq!(signed_in(&mut sign_in).await.mvpd.as_str(), "Northwind");
    let asked = times(&stage, stage.parts().poll);
    assert!(asked.len() == 1 && asked[0] - loaded <= 5_000, "loaded at {loaded}, asked at {asked:?}");
}

/// Makes other calls over a minute, so that whoever still polled would have been heard.
async fn a_minute_later(stage: &Stage, client: &Client) -> usize {
    stage.clear_record();
    for _ in 0..6 {
        stage.clock.advance(Duration::from_secs(10));
        client.second_screen().look_up("NOSUCH").await.unwrap();
    }
    assert_eq!(count(stage, stage.parts().look_up), 6);
    count(stage, stage.parts().poll)
}

async fn m07_polling_stops_on_success(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(a_minute_later(&stage, &client).await, 0);
}

async fn m07_polling_stops_on_expiry(api: Api) {
    let stage = Stage::new(api).await;
    stage.sandbox.configure(|config| config.lifetimes.code_s = 60);
    stage.let_time_run();
    let client = stage.television("tv-1").build().unwrap();
    assert_eq!(last_event(&mut client.sign_in()).await, SignInEvent::Expired);
    assert_eq!(a_minute_later(&stage, &client).await, 0);
}

async fn m07_a_new_code_ends_the_polling_for_the_old_one(api: Api) {
    let stage = Stage::new(api).await;
    stage.sandbox.configure(|config| config.lifetimes.code_s = 60);
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    let first = code_of(&mut sign_in).await;
    client.new_code();
    let second = code_of(&mut sign_in).await;
    assert_ne!(first, second);
    stage.let_time_run();
    last_event(&mut sign_in).await;
    // Two that polled side by side would come closer than one alone may.
    let gaps = gaps(&times(&stage, stage.parts().poll));
    assert!(gaps.len() > 10 && gaps.iter().all(|gap| *gap >= 3_000), "{gaps:?}");
    // v1 asks for the device, v2 for the code.
    let about = |code: &str| {
        let requests = stage.device_requests();
        polls(&stage, &requests).into_iter().filter(|request| request.path.ends_with(code)).count()
    };
    assert_eq!((about(&first.code), about(&second.code) > 5), (0, api == Api::V2));
}

async fn m08_polls_no_faster_than_every_3_seconds(api: Api) {
    let stage = Stage::new(api).await;
    stage.sandbox.configure(|config| config.lifetimes.code_s = 300);
    stage.let_time_run();
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    loop {
        match sign_in.next().await.unwrap() {
            SignInEvent::CodeExpired => break,
            SignInEvent::Checking | SignInEvent::Code(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let asked = times(&stage, stage.parts().poll);
    let issued = times(&stage, stage.parts().open)[0];
    let of_this_code: Vec<_> =
        asked.into_iter().filter(|at| (issued + 1..issued + 300_000).contains(at)).collect();
    assert!((3_000..=5_000).contains(&(of_this_code[0] - issued)), "{of_this_code:?}");
    let gaps = gaps(&of_this_code);
    assert!(gaps.len() >= 50, "{gaps:?}");
    assert!(gaps.iter().all(|gap| (3_000..=5_000).contains(gap)), "{gaps:?}");
    assert!(gaps.windows(2).any(|pair| pair[0] != pair[1]), "televisions in step: {gaps:?}");
}

async fn m09_the_profile_and_its_attributes_outlive_the_process(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    let metadata = client.user_metadata().await.unwrap();
    assert!(metadata.values.contains_key("householdID") && !metadata.values.contains_key("allowMirroring"));
    // v2 has told it with the profile, v1 has a call for it.
    let asked = usize::from(api == Api::V1);
    assert_eq!(count(&stage, stage.parts().metadata), asked);
    drop(client);
    stage.clear_record();

    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(restarted.profiles().await.unwrap(), [profile]);
    assert_eq!(restarted.user_metadata().await.unwrap(), metadata);
    assert!(stage.calls().is_empty());
    // This provider tells one thing more at an authorization.
    restarted.authorize(&resource("LanternOne")).await.unwrap();
    assert!(restarted.user_metadata().await.unwrap().values.contains_key("allowMirroring"));
    assert_eq!(count(&stage, stage.parts().metadata), 1);
}

/// Which API a call belongs to; registration and the pages of TV providers belong to both.
fn api_of(request: &RecordedRequest) -> Option<Api> {
    match request.endpoint {
        Some(Endpoint::Register | Endpoint::Token | Endpoint::Page) => None,
        _ if request.path.starts_with("/api/v2/") => Some(Api::V2),
        _ if request.path.starts_with("/api/v1/") || request.path.starts_with("/reggie/v1/") => Some(Api::V1),
        _ => panic!("{request:#?}"),
    }
}

async fn m27_all_calls_of_a_sign_in_are_of_one_api(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    client.authorize(&resource("LanternOne")).await.unwrap();
    client.sign_out().await.unwrap();
    hold(&stage);
    let mut sign_in = client.sign_in_with(on_this_screen());
    let page = page_of(&mut sign_in).await;
    stage.sandbox.viewer("everything").approve_at(&page.url).await.unwrap();
    client.redirect_reached();
    stage.let_time_run();
    signed_in(&mut sign_in).await;
    // The browser's calls too: both screens go by one API.
    let requests = stage.sandbox.recorder().requests();
    let spoken: Vec<_> = requests.iter().filter_map(api_of).collect();
    assert!(spoken.len() > 6 && spoken.iter().all(|spoken| *spoken == api), "{spoken:?}");
}

/// An update of the app from one API to the other, or back: the store is the same.
async fn m27_a_sign_in_of_one_api_is_none_of_the_other(api: Api) {
    let other = match api {
        Api::V1 => Api::V2,
        Api::V2 => Api::V1,
    };
    let stage = Stage::new(api).await;
    let kept = store();
    let start = |api: Api| {
        let client = Client::builder()
            .api(api)
            .environment(stage.environment())
            .requestor("LANTERN")
            .software_statement(stage.statement("Lantern TV"))
            .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
            .clock(std::sync::Arc::new(stage.clock.clone()))
            .store(kept.clone());
        client.build().unwrap()
    };
    let before = start(api);
    before.providers().await.unwrap();
    let profile = stage.sign_in_by_code(&before, "everything").await;
    let chosen = before.remembered_provider().unwrap();
    assert_eq!((chosen.id.as_str(), chosen.display_name.as_str()), ("Northwind", "Northwind Cable"));
    let device = |stage: &Stage| -> Vec<String> {
        let requests = stage.device_requests();
        let mut ids: Vec<_> =
            requests.iter().filter_map(|r| r.fingerprint(SecretKind::DeviceId)).map(str::to_owned).collect();
        ids.dedup();
        ids
    };
    let id = device(&stage);
    assert_eq!(id.len(), 1);
    drop(before);
    stage.clear_record();

    let after = start(other);
    assert_eq!(after.remembered_provider(), Some(chosen));
    assert!(after.profiles().await.unwrap().is_empty());
    let error = after.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    assert!(stage.calls().is_empty());
    hold(&stage);
    code_of(&mut after.sign_in()).await;
    assert_eq!(device(&stage), id);
    drop(after);
    // Nor has it cost the other one anything.
    assert_eq!(start(api).profiles().await.unwrap(), [profile]);
}
