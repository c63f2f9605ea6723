//! A stage for tests: one sandbox, one clock that both sides go by, and televisions in front of it.

// Each test file takes what it needs.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

pub mod outcome;

use std::{sync::Arc, time::Duration};

use couchpass::{
    Api, Client, ClientBuilder, Decision, DeviceId, DeviceInfo, Environment, PlatformTokenFuture, Profile,
    RegistrationCode, Resource, SignIn, SignInEvent, SoftwareStatement,
};
use couchpass_sandbox::{Effect, Endpoint, RecordedRequest, Sandbox, SandboxBuilder, SandboxClock};
use device_auth::{Governor, Limits, MemoryStore, Secret, Store, Timestamp, VirtualClock};

/// When every test begins, in milliseconds since 1970.
pub const START: i64 = 1_790_000_000_000;

/// Every test named, once on each API: as `v1::name` and `v2::name`.
#[macro_export]
macro_rules! on_both_apis {
    ($($name:ident),+ $(,)?) => {
        mod v1 {
            $(#[tokio::test] async fn $name() { super::$name(couchpass::Api::V1).await })+
        }
        mod v2 {
            $(#[tokio::test] async fn $name() { super::$name(couchpass::Api::V2).await })+
        }
    };
}

/// Which endpoint of the sandbox does what, by API.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// Finds what Adobe knows of the device.
    pub find: Endpoint,
    /// Opens a session and brings a code.
    pub open: Endpoint,
    /// Asks whether the code has been used.
    pub poll: Endpoint,
    /// Decides.
    pub authorize: Endpoint,
    /// Brings the media token.
    pub media: Endpoint,
    pub preauthorize: Endpoint,
    pub metadata: Endpoint,
    pub providers: Endpoint,
    pub log_out: Endpoint,
    /// Tells a second screen what a code is for.
    pub look_up: Endpoint,
}

impl Parts {
    pub fn of(api: Api) -> Self {
        match api {
            Api::V1 => Self {
                find: Endpoint::AuthnToken,
                open: Endpoint::CreateCode,
                poll: Endpoint::AuthnToken,
                authorize: Endpoint::Authorize,
                media: Endpoint::MediaToken,
                preauthorize: Endpoint::Preauthorize,
                metadata: Endpoint::UserMetadata,
                providers: Endpoint::ProviderList,
                log_out: Endpoint::Logout,
                look_up: Endpoint::ReadCode,
            },
            Api::V2 => Self {
                find: Endpoint::Profiles,
                open: Endpoint::CreateSession,
                poll: Endpoint::CodeProfile,
                authorize: Endpoint::AuthorizeDecisions,
                media: Endpoint::AuthorizeDecisions,
                preauthorize: Endpoint::PreauthorizeDecisions,
                metadata: Endpoint::MvpdProfile,
                providers: Endpoint::Configuration,
                log_out: Endpoint::MvpdLogout,
                look_up: Endpoint::ReadSession,
            },
        }
    }
}

pub struct Stage {
    pub api: Api,
    pub sandbox: Sandbox,
    pub clock: VirtualClock,
    pub governor: Arc<Governor>,
}

impl Stage {
    pub async fn new(api: Api) -> Self {
        Self::with(api, |sandbox| sandbox).await
    }

    pub async fn with(api: Api, describe: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let clock = VirtualClock::held_at(Timestamp::from_millis(START));
        let sandbox_clock = SandboxClock::frozen_at(u64::try_from(START).unwrap());
        let sandbox = describe(Sandbox::builder().clock(sandbox_clock.clone())).start().await.unwrap();
        clock.on_advance(move |step| sandbox_clock.advance(step));
        // All televisions of a stage send from one address, as in one household.
        let governor = Self::new_governor(&clock);
        Self { api, sandbox, clock, governor }
    }

    /// A governor by Adobe's limits.
    pub fn new_governor(clock: &VirtualClock) -> Arc<Governor> {
        let limits =
            Limits { interval: Duration::from_secs(1), burst: 10, caution: Duration::from_secs(600) };
        Arc::new(Governor::new(limits, Arc::new(clock.clone())))
    }

    pub fn environment(&self) -> Environment {
        Environment::at(&self.sandbox.api_url(), &self.sandbox.sp_url()).unwrap()
    }

    pub fn statement(&self, app: &str) -> SoftwareStatement {
        SoftwareStatement::new(&self.sandbox.software_statement_for(app).unwrap()).unwrap()
    }

    /// An app on a television: Lantern TV, signing in as LANTERN.
    pub fn television(&self, device: &str) -> ClientBuilder {
        Client::builder()
            .api(self.api)
            .environment(self.environment())
            .requestor("LANTERN")
            .software_statement(self.statement("Lantern TV"))
            .device_info(DeviceInfo::new("AFTKA", "Android", "9").version("kara").manufacturer("Amazon"))
            .device_id(DeviceId::new(device).unwrap())
            .clock(Arc::new(self.clock.clone()))
            .governor(Arc::clone(&self.governor))
            .seed(7)
    }

    /// Another app, of another requestor.
    pub fn second_app(&self, device: &str) -> ClientBuilder {
        self.television(device).requestor("MERIDIAN").software_statement(self.statement("Meridian TV"))
    }

    /// A platform token source that answers at once.
    pub fn token(&self, subject: &str) -> impl Fn() -> PlatformTokenFuture + Send + Sync + use<> {
        let token = self.sandbox.platform_token(subject);
        move || {
            let token = Secret::new(token.clone());
            Box::pin(async move { Ok(token) })
        }
    }

    /// Which endpoint does what here.
    pub fn parts(&self) -> Parts {
        Parts::of(self.api)
    }

    /// Lets time run as fast as its sleepers let it.
    pub fn let_time_run(&self) {
        self.clock.run();
    }

    /// Signs in by code: the viewer of this account types it, then time runs until the television has noticed.
    pub async fn sign_in_by_code(&self, client: &Client, account: &str) -> Profile {
        self.clock.hold();
        let mut sign_in = client.sign_in();
        let code = code_of(&mut sign_in).await;
        self.sandbox.viewer(account).approve(&code.code).await.unwrap();
        self.clock.run();
        signed_in(&mut sign_in).await
    }

    /// Signs in where the device has another person's sign-in, or one that has to be renewed. v2 takes whoever chooses the same
    /// TV provider for that person, so the first code ends the old sign-in, and the second begins the new one.
    pub async fn sign_in_anew(&self, client: &Client, account: &str) -> Profile {
        self.clock.hold();
        let mut sign_in = client.sign_in();
        loop {
            match sign_in.next().await.unwrap() {
                SignInEvent::Code(code) => {
                    self.sandbox.viewer(account).approve(&code.code).await.unwrap();
                    self.clock.run();
                }
                SignInEvent::Checking => {}
                SignInEvent::CodeExpired => self.clock.hold(),
                SignInEvent::SignedIn(profile) => return profile,
                other => panic!("{other:?}"),
            }
        }
    }

    /// What the devices have asked for, in order.
    pub fn calls(&self) -> Vec<Endpoint> {
        self.device_requests().iter().map(|request| request.endpoint.unwrap()).collect()
    }

    pub fn device_requests(&self) -> Vec<RecordedRequest> {
        self.sandbox.recorder().device_requests()
    }

    /// Waits until v1 has been told that a code is of no use any more.
    pub async fn code_deleted(&self) {
        let is_deletion = |request: &RecordedRequest| {
            request.endpoint == Some(Endpoint::DeleteCode) && request.status.is_some()
        };
        self.sandbox.recorder().wait_until(|requests| requests.iter().any(is_deletion)).await;
    }

    pub fn clear_record(&self) {
        self.sandbox.recorder().clear();
    }

    /// For the end of a test that did not ask for one.
    pub fn assert_no_429(&self) {
        let refused: Vec<_> = self.device_requests().into_iter().filter(|r| r.status == Some(429)).collect();
        assert!(refused.is_empty(), "{refused:#?}");
    }
}

pub fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

pub fn resource(id: &str) -> Resource {
    Resource::new(id).unwrap()
}

/// The code, after nothing but checking.
pub async fn code_of(sign_in: &mut SignIn) -> RegistrationCode {
    loop {
        match sign_in.next().await {
            Some(SignInEvent::Checking) => {}
            Some(SignInEvent::Code(code)) => return code,
            other => panic!("expected a code, not {other:?}"),
        }
    }
}

/// The profile, whatever comes before it.
pub async fn signed_in(sign_in: &mut SignIn) -> Profile {
    match last_event(sign_in).await {
        SignInEvent::SignedIn(profile) => profile,
        other => panic!("expected to be signed in, not {other:?}"),
    }
}

/// The last event of a sign-in.
pub async fn last_event(sign_in: &mut SignIn) -> SignInEvent {
    let mut last = None;
    while let Some(event) = sign_in.next().await {
        last = Some(event);
    }
    last.unwrap()
}

/// An answer in JSON.
pub fn answer(status: u16, body: &str) -> Effect {
    Effect::Answer { status, content_type: "application/json".into(), body: body.into() }
}

pub fn assert_permitted(decision: &Decision) {
    assert!(decision.authorized, "{decision:?}");
    assert!(decision.media_token.is_some(), "{decision:?}");
}
