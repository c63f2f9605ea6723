//! Every fault against every call of the client: a recovery or a typed error, never a hang, a panic, a lost session, a
//! second registration or a second sign-in. The table that comes out is `docs/fault-matrix.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod support;

use std::{fmt::Write as _, time::Duration};

use couchpass::{Api, Client, ClientBuilder, CodeRecord, Error, Login, MvpdId, SignInEvent};
use couchpass_sandbox::{Effect, Endpoint, Fault};
use support::{Stage, code_of, last_event, resource, store};

/// What an app, or the sign-in on its behalf, does when the fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    StartSignIn,
    FinishSignIn,
    CancelSignIn,
    Authorize,
    AuthorizeDenied,
    RememberedPermit,
    Preauthorize,
    Metadata,
    Providers,
    SignOut,
    Trial,
    LookUpCode,
    LogIn,
    CheckCode,
    ProfileByCode,
    PreauthorizeByCode,
}

/// A call as the table names it, where it is served, and what makes the client send it.
type Call = (&'static str, Api, Endpoint, Deed);

const CALLS: &[Call] = &[
    ("register", Api::V1, Endpoint::Register, Deed::StartSignIn),
    ("token", Api::V1, Endpoint::Token, Deed::StartSignIn),
    ("tokens/authn, first", Api::V1, Endpoint::AuthnToken, Deed::StartSignIn),
    ("regcode", Api::V1, Endpoint::CreateCode, Deed::StartSignIn),
    ("tokens/authn, polled", Api::V1, Endpoint::AuthnToken, Deed::FinishSignIn),
    ("regcode, delete", Api::V1, Endpoint::DeleteCode, Deed::CancelSignIn),
    ("authorize", Api::V1, Endpoint::Authorize, Deed::Authorize),
    ("tokens/media", Api::V1, Endpoint::MediaToken, Deed::Authorize),
    ("checkauthn", Api::V1, Endpoint::CheckAuthn, Deed::AuthorizeDenied),
    ("tokens/authz", Api::V1, Endpoint::AuthzToken, Deed::RememberedPermit),
    ("preauthorize", Api::V1, Endpoint::Preauthorize, Deed::Preauthorize),
    ("tokens/usermetadata", Api::V1, Endpoint::UserMetadata, Deed::Metadata),
    ("config", Api::V1, Endpoint::ProviderList, Deed::Providers),
    ("freepreview", Api::V1, Endpoint::FreePreview, Deed::Trial),
    ("regcode, read", Api::V1, Endpoint::ReadCode, Deed::LookUpCode),
    ("checkauthn, code", Api::V1, Endpoint::CheckAuthnCode, Deed::CheckCode),
    ("authenticate, code", Api::V1, Endpoint::AuthenticateCode, Deed::ProfileByCode),
    ("preauthorize, code", Api::V1, Endpoint::PreauthorizeCode, Deed::PreauthorizeByCode),
    ("logout", Api::V1, Endpoint::Logout, Deed::SignOut),
    ("v2: profiles", Api::V2, Endpoint::Profiles, Deed::StartSignIn),
    ("v2: sessions", Api::V2, Endpoint::CreateSession, Deed::StartSignIn),
    ("v2: profiles/code, polled", Api::V2, Endpoint::CodeProfile, Deed::FinishSignIn),
    ("v2: decisions/authorize", Api::V2, Endpoint::AuthorizeDecisions, Deed::Authorize),
    ("v2: decisions/preauthorize", Api::V2, Endpoint::PreauthorizeDecisions, Deed::Preauthorize),
    ("v2: profiles/mvpd", Api::V2, Endpoint::MvpdProfile, Deed::Metadata),
    ("v2: profiles/mvpd, of a trial", Api::V2, Endpoint::MvpdProfile, Deed::Trial),
    ("v2: configuration", Api::V2, Endpoint::Configuration, Deed::Providers),
    ("v2: sessions/code", Api::V2, Endpoint::ReadSession, Deed::LookUpCode),
    ("v2: sessions/resume", Api::V2, Endpoint::ResumeSession, Deed::LogIn),
    ("v2: profiles/code", Api::V2, Endpoint::CodeProfile, Deed::CheckCode),
    ("v2: logout", Api::V2, Endpoint::MvpdLogout, Deed::SignOut),
];

fn faults() -> Vec<(&'static str, Fault)> {
    let answer = |status, content_type: &str, body: &str| {
        Fault::new(Effect::Answer { status, content_type: content_type.into(), body: body.into() })
    };
    let html = "<!DOCTYPE html><html><body><h1>Welcome to the hotel</h1></body></html>";
    vec![
        ("connection closed", Fault::new(Effect::Drop)),
        ("connection closed after serving", Fault::new(Effect::Drop).after_serving()),
        ("connection reset", Fault::new(Effect::Reset)),
        ("no answer", Fault::new(Effect::Hold { name: "held".into() })),
        ("answer cut short", Fault::new(Effect::Truncate { keep: 5 })),
        ("garbage", Fault::new(Effect::Garbage)),
        ("empty 200", Fault::new(Effect::Empty)),
        ("2 MB of nothing", Fault::new(Effect::Oversized { bytes: 2_000_000 })),
        ("hotel login page", answer(200, "text/html", html)),
        ("wrong content type", Fault::new(Effect::ContentType { is: "image/png".into() })),
        ("redirect", Fault::new(Effect::Redirect { status: 302, to: "http://127.0.0.1:9/".into() })),
        ("400", answer(400, "application/json", r#"{"status": 400, "message": "Bad request"}"#)),
        ("403 page", answer(403, "text/html", html)),
        ("404", answer(404, "application/json", r#"{"status": 404, "message": "Not Found"}"#)),
        ("410", answer(410, "application/json", r#"{"status": 410, "message": "Gone"}"#)),
        ("451", answer(451, "application/json", r#"{"status": 451, "message": "Unavailable"}"#)),
        ("500", answer(500, "application/json", r#"{"status": 500, "message": "Internal error"}"#)),
        ("503 page", answer(503, "text/html", html)),
        ("429", Fault::new(Effect::TooManyRequests)),
        ("401", Fault::new(Effect::BearerExpired)),
    ]
}

/// Long enough for any real-time part of a deed, far too long for a person: beyond it, it hangs.
const HANGS: Duration = Duration::from_secs(60);

struct Scene {
    stage: Stage,
    client: Client,
    code: Option<String>,
    record: Option<CodeRecord>,
}

/// Where no answer comes, nobody waits long for it; elsewhere a busy machine may take its time.
fn describe(stage: &Stage, fault: &Fault) -> ClientBuilder {
    let is_silent = matches!(fault.effect, Effect::Hold { .. });
    let limit = if is_silent { Duration::from_secs(1) } else { Duration::from_secs(15) };
    stage.television("tv-1").store(store()).answer_within(limit)
}

/// Brings everything to the moment before the deed.
async fn prepare(api: Api, deed: Deed, fault: &Fault) -> Scene {
    let stage = Stage::new(api).await;
    stage.sandbox.configure(|config| config.lifetimes.code_s = 10);
    let client = describe(&stage, fault).build().unwrap();
    let (mut code, mut record) = (None, None);
    match deed {
        Deed::StartSignIn => {}
        Deed::FinishSignIn | Deed::CancelSignIn | Deed::LookUpCode => {
            code = Some(code_of(&mut client.sign_in()).await.code);
        }
        Deed::Providers | Deed::Trial => {
            client.providers().await.unwrap();
            stage.clock.advance(Duration::from_secs(600));
        }
        Deed::LogIn => {
            let shown = code_of(&mut client.sign_in()).await.code;
            record = client.second_screen().look_up(&shown).await.unwrap();
        }
        Deed::CheckCode | Deed::ProfileByCode | Deed::PreauthorizeByCode => {
            let shown = code_of(&mut client.sign_in()).await.code;
            stage.sandbox.viewer("basic").approve(&shown).await.unwrap();
            code = Some(shown);
        }
        _ => {
            stage.sign_in_by_code(&client, "basic").await;
            // On v2 the metadata comes with the profile, and is stale after an authorization.
            if deed == Deed::RememberedPermit || (deed, api) == (Deed::Metadata, Api::V2) {
                client.authorize(&resource("LanternOne")).await.unwrap();
            }
        }
    }
    if let (Deed::FinishSignIn, Some(code)) = (deed, &code) {
        stage.sandbox.viewer("basic").approve(code).await.unwrap();
    }
    if deed != Deed::FinishSignIn {
        stage.let_time_run();
    }
    Scene { stage, client, code, record }
}

impl Scene {
    /// Does it; a sign-in that begins counts as done when it shows a code.
    async fn perform(&self, deed: Deed) -> Result<(), Error> {
        let (client, screen) = (&self.client, self.client.second_screen());
        let code = self.code.as_deref().unwrap_or_default();
        let channels = ["LanternOne", "LanternNews"].map(resource);
        match deed {
            Deed::StartSignIn => {
                let mut sign_in = client.sign_in();
                loop {
                    match sign_in.next().await.unwrap() {
                        SignInEvent::Checking => {}
                        SignInEvent::Code(_) => return Ok(()),
                        last => return verdict(last),
                    }
                }
            }
            Deed::FinishSignIn => {
                self.stage.let_time_run();
                verdict(last_event(&mut client.sign_in()).await)
            }
            Deed::CancelSignIn => {
                client.cancel_sign_in().await;
                Ok(())
            }
            Deed::Authorize => client.authorize(&channels[0]).await.map(drop),
            Deed::AuthorizeDenied => client.authorize(&resource("LanternCinema")).await.map(drop),
            Deed::RememberedPermit => client.remembered_permit(&channels[0]).await.map(drop),
            Deed::Preauthorize => client.preauthorize(&channels).await.map(drop),
            Deed::Metadata => client.user_metadata().await.map(drop),
            Deed::Providers => client.providers().await.map(drop),
            Deed::SignOut => client.sign_out().await.map(drop),
            Deed::Trial => client
                .temporary_access(&MvpdId::new("LanternPreview"), "lantern.example", None)
                .await
                .map(drop),
            Deed::LookUpCode => screen.look_up(code).await.map(drop),
            Deed::LogIn => {
                let login =
                    Login::new(MvpdId::new("Harborlight"), "lantern.example", "https://lantern.example/done");
                screen.log_in(self.record.as_ref().unwrap(), &login.unwrap(), None).await.map(drop)
            }
            Deed::CheckCode => screen.is_authenticated(code).await.map(drop),
            Deed::ProfileByCode => screen.profile(code).await.map(drop),
            Deed::PreauthorizeByCode => screen.preauthorize(code, &channels).await.map(drop),
        }
    }
}

fn verdict(last: SignInEvent) -> Result<(), Error> {
    match last {
        SignInEvent::SignedIn(_) => Ok(()),
        SignInEvent::Denied(report) => Err(Error::TellViewer { report }),
        SignInEvent::Failed(error) => Err(error),
        SignInEvent::Expired => Err(Error::Cancelled),
        other => panic!("{other:?}"),
    }
}

fn in_a_word(outcome: &Result<(), Error>) -> &'static str {
    match outcome {
        Ok(()) => "goes on",
        Err(Error::RetryLater { .. }) => "retry later",
        Err(Error::SignInAgain { .. }) => "sign in again",
        Err(Error::TellViewer { .. }) => "tell the viewer",
        Err(Error::FixConfiguration { .. }) => "fix configuration",
        Err(Error::Support { .. }) => "support",
        Err(_) => "code expires",
    }
}

/// One cell: the fault strikes once, or every time.
async fn cell(call: &Call, fault: &Fault, always: bool) -> &'static str {
    let (_, api, endpoint, deed) = *call;
    let scene = prepare(api, deed, fault).await;
    let was_signed_in = !scene.client.profiles().await.unwrap().is_empty();
    let registrations = scene.stage.sandbox.registrations();
    let fault = fault.clone().on(endpoint);
    scene.stage.sandbox.faults().add(if always { fault.always() } else { fault.first(1) });
    let place = format!("{endpoint:?}, {fault:?}, always: {always}", fault = scene.stage.sandbox.faults());

    let outcome = tokio::time::timeout(HANGS, scene.perform(deed)).await;
    let outcome = outcome.unwrap_or_else(|_| panic!("it hangs: {place}"));
    scene.stage.sandbox.faults().clear();
    scene.stage.sandbox.faults().release("held");

    // Nothing is left behind that should not be.
    let again = scene.stage.sandbox.registrations() - registrations;
    let may_register = endpoint == Endpoint::Register || deed == Deed::StartSignIn;
    assert!(again <= usize::from(may_register), "{again} registrations: {place}");
    assert!(scene.stage.sandbox.authentications().len() <= 1, "two sign-ins: {place}");
    let is_signed_in = !scene.client.profiles().await.unwrap().is_empty();
    let is_told_so =
        matches!(outcome, Err(Error::SignInAgain { .. })) || deed == Deed::SignOut && outcome.is_ok();
    assert!(!was_signed_in || is_signed_in || is_told_so, "the session is lost: {place}: {outcome:?}");

    if deed == Deed::StartSignIn {
        // The same again, without the fault: an app instance has one registration, unless the answer to one was lost.
        scene.client.cancel_sign_in().await;
        let next = tokio::time::timeout(HANGS, scene.perform(deed)).await;
        next.unwrap_or_else(|_| panic!("it hangs afterwards: {place}")).unwrap();
        let lost = usize::from(endpoint == Endpoint::Register);
        assert!(scene.stage.sandbox.registrations() <= 1 + lost, "it registers again: {place}");
    }

    // And life goes on: the same again, without the fault. Only a sign-out may have come through unnoticed.
    if was_signed_in && is_signed_in {
        let decision = tokio::time::timeout(HANGS, scene.client.authorize(&resource("LanternOne"))).await;
        match decision.unwrap_or_else(|_| panic!("it hangs afterwards: {place}")) {
            Ok(decision) => assert!(decision.authorized, "{place}"),
            Err(Error::SignInAgain { .. }) if deed == Deed::SignOut => {}
            Err(error) => panic!("{error}: {place}"),
        }
    }
    in_a_word(&outcome)
}

fn row(call: &Call) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut row = String::new();
        for (fault_name, fault) in faults() {
            let once = cell(call, &fault, false).await;
            let always = cell(call, &fault, true).await;
            let _ = writeln!(row, "| {} | {fault_name} | {once} | {always} |", call.0);
        }
        row
    })
}

#[test]
fn every_fault_against_every_call() {
    // Each row on a thread of its own: most of it is waiting for answers that do not come.
    let rows = std::thread::scope(|scope| {
        let threads: Vec<_> = CALLS.iter().map(|call| scope.spawn(|| row(call))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<String>()
    });
    let table = format!("{HEAD}{rows}");
    println!("{table}");
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fault-matrix.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(kept, &table).unwrap();
    }
    let kept = std::fs::read_to_string(kept).unwrap_or_default();
    assert!(
        kept == table,
        "docs/fault-matrix.md is not what comes out: run this test with UPDATE_DOCS=1 and look at the change"
    );
}

const HEAD: &str = "\
# What a fault does to a call

Each line is one call of Adobe's and one thing that goes wrong with it: what the app meets when that happens once, and when
it happens every time. *Goes on* means that nobody notices; all else is an `Error` by what to do next. In no case does
anything hang, panic, lose the session, register or sign in a second time.

This page is written by `rust/couchpass/tests/fault_matrix.rs`, which fails when it no longer holds. `./test faults` prints it.

| call | what goes wrong | once | every time |
| --- | --- | --- | --- |
";
