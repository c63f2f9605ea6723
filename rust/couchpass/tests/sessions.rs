//! What is remembered, across restarts, updates, other profiles of the device, and clocks that are wrong.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use couchpass::{
    Api, Client, ClientBuilder, ClientCredentials, Error, PlatformTokenFuture, ProfileType, RegistrationCode,
    RequestMetrics, RequestOutcome, SignInEvent, SsoOutcome,
};
use couchpass_sandbox::{Effect, Fault, SandboxClock};
use device_auth::{
    CredentialKey, Entry, FileStore, Revision, Secret, Store, StoreError, StoreKey, Timestamp, VirtualClock,
};
use support::{Stage, assert_permitted, code_of, last_event, resource, signed_in, store};

on_both_apis! {
    a_sign_in_goes_on_with_its_code_after_the_process_died,
    a_viewer_who_finished_while_the_process_was_dead_is_signed_in_at_once,
    another_amazon_profile_gets_a_sign_in_of_its_own,
    two_amazon_profiles_may_share_one_account,
    a_full_disk_stops_nobody_from_watching,
    a_late_answer_does_not_end_a_newer_session,
    two_clients_on_one_store_share_a_registration,
    what_one_client_does_another_on_its_store_knows,
    an_update_to_this_sdk_signs_nobody_out,
    after_a_sign_out_the_platform_is_not_asked_until_the_viewer_asks,
    a_clock_that_is_years_off_signs_nobody_out,
    a_lost_key_or_a_torn_file_means_signed_out_and_nothing_worse,
    an_app_can_count_requests_waits_and_outcomes,
    a_server_calls_in_the_name_of_a_device,
}

/// A process of its own, as far as a client can tell: its tasks end without a word when it is killed.
struct Process(tokio::runtime::Runtime);

impl Process {
    fn start() -> Self {
        Self(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
    }

    /// A client of this process, and the code that it shows.
    async fn show_a_code(&self, builder: ClientBuilder) -> (Client, RegistrationCode) {
        let showing = async move {
            let client = builder.build().unwrap();
            let code = code_of(&mut client.sign_in()).await;
            (client, code)
        };
        self.0.spawn(showing).await.unwrap()
    }

    /// Its client is never dropped, as in a process that is killed: a task that is just being stopped would still hear of it
    /// and release the code.
    fn kill(self, client: Client) {
        std::mem::forget(client);
        self.0.shutdown_background();
    }
}

async fn a_sign_in_goes_on_with_its_code_after_the_process_died(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let doomed = Process::start();
    let (client, code) = doomed.show_a_code(stage.television("tv-1").store(kept.clone())).await;
    doomed.kill(client);
    assert_eq!(stage.sandbox.live_codes().len(), 1, "dying releases nothing");

    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    let mut sign_in = restarted.sign_in();
    assert_eq!(code_of(&mut sign_in).await, code);
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    signed_in(&mut sign_in).await;
    assert_eq!(stage.sandbox.registrations(), 1);
}

async fn a_viewer_who_finished_while_the_process_was_dead_is_signed_in_at_once(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let doomed = Process::start();
    let (client, code) = doomed.show_a_code(stage.television("tv-1").store(kept.clone())).await;
    doomed.kill(client);
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    let mut sign_in = restarted.sign_in();
    assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
    assert!(matches!(sign_in.next().await, Some(SignInEvent::SignedIn(_))));
}

async fn another_amazon_profile_gets_a_sign_in_of_its_own(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let of = |subject: &str| {
        stage.television("tv-1").store(kept.clone()).platform_tokens(stage.token(subject)).build().unwrap()
    };
    let parents = of("parents");
    let profile = stage.sign_in_by_code(&parents, "everything").await;
    assert_permitted(&parents.authorize(&resource("LanternNight")).await.unwrap());
    drop(parents);

    // Adobe still has the parents' authentication for this device, and would let the children use it.
    stage.clock.hold();
    stage.clock.advance(Duration::from_secs(60));
    let children = of("children");
    assert!(children.profiles().await.unwrap().is_empty());
    let error = children.authorize(&resource("LanternNight")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    code_of(&mut children.sign_in()).await;
    children.cancel_sign_in().await;
    assert_eq!(stage.sandbox.authentications().len(), 1, "a screen that was opened ends nobody's sign-in");
    stage.sign_in_anew(&children, "family").await;
    assert!(!children.authorize(&resource("LanternNight")).await.unwrap().authorized);
    drop(children);

    stage.clock.hold();
    stage.clock.advance(Duration::from_secs(60));
    let parents = of("parents");
    assert!(
        parents.profiles().await.unwrap().is_empty(),
        "the device's authentication is the children's now"
    );
    stage.let_time_run();
    let again = stage.sign_in_anew(&parents, "everything").await;
    assert_eq!((again.mvpd, again.user_id), (profile.mvpd, profile.user_id));
}

async fn two_amazon_profiles_may_share_one_account(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let television = || stage.television("tv-1").store(kept.clone());
    let parents = television().platform_tokens(stage.token("parents")).build().unwrap();
    stage.sign_in_by_code(&parents, "everything").await;
    drop(parents);
    stage.clock.advance(Duration::from_secs(60));
    let children = television().platform_tokens(stage.token("children")).build().unwrap();
    stage.sign_in_anew(&children, "everything").await;
    assert_permitted(&children.authorize(&resource("LanternOne")).await.unwrap());
    drop(children);
    // And where the platform vouches for nobody, the device's own authentication is good enough.
    stage.clock.advance(Duration::from_secs(60));
    let anybody = television().build().unwrap();
    signed_in(&mut anybody.sign_in()).await;
    assert_permitted(&anybody.authorize(&resource("LanternOne")).await.unwrap());
}

/// A store on a full disk: it can be read, and not written.
#[derive(Debug)]
struct FullDisk(Arc<dyn Store>);

impl Store for FullDisk {
    fn load(&self, key: &CredentialKey) -> Result<Option<Entry>, StoreError> {
        self.0.load(key)
    }
    fn replace(
        &self,
        _: &CredentialKey,
        _: Option<Revision>,
        _: Option<&[u8]>,
    ) -> Result<Option<Revision>, StoreError> {
        Err(StoreError::Io { store: "the test's".into(), source: std::io::ErrorKind::StorageFull.into() })
    }
}

async fn a_full_disk_stops_nobody_from_watching(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").store(Arc::new(FullDisk(store()))).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    client.user_metadata().await.unwrap();
    stage.clock.advance(Duration::from_secs(30 * 3_600));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(stage.sandbox.registrations(), 1);
    client.sign_out().await.unwrap();
    assert!(client.profiles().await.unwrap().is_empty());
}

async fn a_late_answer_does_not_end_a_newer_session(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(true)).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    stage.sandbox.sign_out_everyone();
    let hold = Fault::new(Effect::Hold { name: "late".into() }).on(stage.parts().authorize).after_serving();
    stage.sandbox.faults().add(hold);
    let (asking, channel) = (client.clone(), resource("LanternOne"));
    let late = tokio::spawn(async move { asking.authorize(&channel).await });
    stage.sandbox.faults().held("late").await;
    client.sign_out().await.unwrap();
    let newer = stage.sign_in_by_code(&client, "everything").await;
    stage.sandbox.faults().release("late");
    assert!(matches!(late.await.unwrap(), Err(Error::SignInAgain { .. })));
    assert_eq!(client.profiles().await.unwrap(), [newer]);
}

async fn two_clients_on_one_store_share_a_registration(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let first = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let second = stage.television("tv-1").requestor("MERIDIAN").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;
    stage.clock.advance(Duration::from_secs(60));
    stage.sign_in_by_code(&second, "everything").await;
    assert_eq!(stage.sandbox.registrations(), 1);
    drop((first, second));
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(restarted.profiles().await.unwrap().len(), 1);
}

async fn what_one_client_does_another_on_its_store_knows(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let first = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let second = stage.television("tv-1").store(kept).build().unwrap();

    stage.clock.hold();
    let mut here = first.sign_in();
    let code = code_of(&mut here).await;
    let mut there = second.sign_in();
    assert_eq!(code_of(&mut there).await, code, "two screens show one code");
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    signed_in(&mut here).await;
    signed_in(&mut there).await;

    assert_permitted(&second.authorize(&resource("LanternOne")).await.unwrap());
    assert!(second.remembered_permit(&resource("LanternOne")).await.unwrap().is_some());
    first.sign_out().await.unwrap();
    assert!(second.profiles().await.unwrap().is_empty());
    assert!(second.remembered_permit(&resource("LanternOne")).await.is_err());
    assert!(matches!(
        second.authorize(&resource("LanternOne")).await,
        Err(Error::SignInAgain { report }) if report.message.contains("signed out")
    ));
}

async fn an_update_to_this_sdk_signs_nobody_out(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    // What the app has done so far with another SDK: registered, signed in, and kept three values.
    let before = stage.television("their-device-id").build().unwrap();
    stage.sign_in_by_code(&before, "everything").await;
    let (id, secret) = stage.sandbox.credentials().pop().unwrap();

    let imported = ClientCredentials::new(id, secret).unwrap();
    let after =
        stage.television("their-device-id").store(store()).import_credentials(imported).build().unwrap();
    let mut sign_in = after.sign_in();
    assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
    assert_eq!(signed_in(&mut sign_in).await.profile_type, ProfileType::Regular);
    assert_permitted(&after.authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(stage.sandbox.registrations(), 1);
    assert!(ClientCredentials::new("id", "").is_err());
}

async fn after_a_sign_out_the_platform_is_not_asked_until_the_viewer_asks(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let asked = Arc::new(Mutex::new(0));
    let source = || {
        let (asked, token) = (Arc::clone(&asked), stage.sandbox.platform_token("amazon-1"));
        move || -> PlatformTokenFuture {
            *asked.lock().unwrap() += 1;
            let token = Secret::new(token.clone());
            Box::pin(async move { Ok(token) })
        }
    };
    let first = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;
    let second = stage.second_app("tv-2").store(kept.clone()).platform_tokens(source()).build().unwrap();
    signed_in(&mut second.sign_in()).await;
    second.sign_out().await.unwrap();
    drop(second);
    *asked.lock().unwrap() = 0;
    stage.clear_record();

    let restarted = stage.second_app("tv-2").store(kept).platform_tokens(source()).build().unwrap();
    assert!(restarted.authorize(&resource("MeridianPrime")).await.is_err());
    assert!(restarted.profiles().await.unwrap().is_empty());
    assert_eq!((*asked.lock().unwrap(), stage.calls().len()), (0, 0));
    restarted.providers().await.unwrap();
    assert_eq!(*asked.lock().unwrap(), 0);
    assert!(stage.device_requests().iter().all(|request| request.platform_token_carriers().is_empty()));
    let honoured = match api {
        Api::V1 => {
            signed_in(&mut restarted.sign_in()).await;
            true
        }
        // v2's logout is one for all apps of the device: what the token stands for has ended too.
        _ => {
            stage.clock.hold();
            code_of(&mut restarted.sign_in()).await;
            false
        }
    };
    assert_eq!(restarted.sso_report().outcome, SsoOutcome::Sent { honoured: Some(honoured) });
}

async fn a_clock_that_is_years_off_signs_nobody_out(api: Api) {
    for years in [10_i64, -10] {
        let stage = Stage::new(api).await;
        let off = support::START + years * 365 * 86_400_000;
        let clock = VirtualClock::held_at(Timestamp::from_millis(off));
        let service: SandboxClock = stage.sandbox.clock().clone();
        clock.on_advance(move |step| service.advance(step));
        let kept = store();
        let television = || {
            let described = stage.television("tv-1").store(kept.clone()).clock(Arc::new(clock.clone()));
            described.governor(Stage::new_governor(&clock))
        };
        let client = television().build().unwrap();
        let mut sign_in = client.sign_in();
        let code = code_of(&mut sign_in).await;
        assert_eq!(client.code_time_left(&code), Duration::from_secs(30 * 60), "{years} years off");
        stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
        clock.run();
        signed_in(&mut sign_in).await;
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
        assert_eq!(client.profiles().await.unwrap().len(), 1, "{years} years off");
        drop(client);
        let restarted = television().build().unwrap();
        assert_permitted(&restarted.authorize(&resource("LanternOne")).await.unwrap());
    }
}

async fn a_lost_key_or_a_torn_file_means_signed_out_and_nothing_worse(api: Api) {
    let stage = Stage::new(api).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let open = |key: u8| Arc::new(FileStore::open(&path, StoreKey::new([key; 32])).unwrap());
    let client = stage.television("tv-1").store(open(1)).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    drop(client);

    let reopened = open(2);
    assert!(reopened.lost().unwrap().contains("another key"));
    let client = stage.television("tv-1").store(reopened).build().unwrap();
    assert!(client.profiles().await.unwrap().is_empty());
    stage.sign_in_by_code(&client, "everything").await;
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
}

async fn an_app_can_count_requests_waits_and_outcomes(api: Api) {
    let stage = Stage::new(api).await;
    let seen: Arc<Mutex<Vec<RequestMetrics>>> = Arc::default();
    let listener = Arc::clone(&seen);
    let client = stage
        .television("tv-1")
        .metrics(move |request| listener.lock().unwrap().push(*request))
        .build()
        .unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    if api == Api::V1 {
        stage.sandbox.faults().add(Fault::new(Effect::Drop).on(stage.parts().authorize).first(1));
    }
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(stage.parts().media).first(1));
    client.authorize(&resource("LanternOne")).await.unwrap();
    let seen = seen.lock().unwrap();
    let shape: Vec<_> = seen.iter().map(|m| (m.call, m.attempt, m.outcome)).collect();
    assert_eq!(
        shape[..2],
        [("register", 1, RequestOutcome::Answered(201)), ("token", 1, RequestOutcome::Answered(201))]
    );
    let last: Vec<_> = shape.iter().rev().take(4).rev().copied().collect();
    match api {
        Api::V1 => assert_eq!(
            last,
            [
                ("authorize", 1, RequestOutcome::Broken),
                ("authorize", 2, RequestOutcome::Answered(200)),
                ("tokens/media", 1, RequestOutcome::Answered(429)),
                ("tokens/media", 2, RequestOutcome::Answered(200)),
            ]
        ),
        _ => assert_eq!(
            last[2..],
            [
                ("decisions/authorize", 1, RequestOutcome::Answered(429)),
                ("decisions/authorize", 2, RequestOutcome::Answered(200)),
            ]
        ),
    }
    assert!(seen.last().unwrap().waited >= Duration::from_secs(1), "the silence after a 429 is a wait");
}

async fn a_server_calls_in_the_name_of_a_device(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let mut clients = Vec::new();
    for device in 1..=3_u8 {
        let address = std::net::Ipv4Addr::new(203, 0, 113, device);
        let own = Stage::new_governor(&stage.clock);
        let client = stage
            .television(&format!("tv-{device}"))
            .governor(own)
            .forwarded_for(address.into())
            .build()
            .unwrap();
        stage.clock.hold();
        code_of(&mut client.sign_in()).await;
        clients.push(client);
    }
    let counted: std::collections::BTreeSet<_> =
        stage.device_requests().into_iter().map(|r| r.client).collect();
    assert_eq!(counted.into_iter().collect::<Vec<_>>(), ["203.0.113.1", "203.0.113.2", "203.0.113.3"]);
    stage.assert_no_429();
    for client in clients {
        let mut sign_in = client.sign_in();
        client.cancel_sign_in().await;
        assert_eq!(last_event(&mut sign_in).await, SignInEvent::Cancelled);
    }
}
