//! Planted secrets appear nowhere: in no log line at the most talkative level, no error, no debug output, no record.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use couchpass::{Api, MvpdId, PlatformTokenCarrier, PromotionalIdentity, SignInEvent};
use couchpass_sandbox::{Effect, Fault};
use device_auth::{FileStore, StoreKey};
use support::{Stage, last_event, resource};

/// Keeps every line that anything in the process logs.
struct Listener(Mutex<String>);

static LISTENER: Listener = Listener(Mutex::new(String::new()));

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}: {}\n", record.level(), record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }
    fn flush(&self) {}
}

#[tokio::test]
async fn no_planted_secret_is_ever_seen() {
    log::set_logger(&LISTENER).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let directory = tempfile::tempdir().unwrap();
    let mut shown = String::new();
    let mut secrets = Vec::new();

    for (api, carrier) in [
        (Api::V1, PlatformTokenCarrier::Header),
        (Api::V1, PlatformTokenCarrier::Query),
        (Api::V1, PlatformTokenCarrier::Post),
        (Api::V2, PlatformTokenCarrier::Header),
    ] {
        let stage = Stage::new(api).await;
        let device = format!("canary-device-{api:?}-{carrier:?}");
        let path = directory.path().join(format!("{api:?}-{carrier:?}"));
        let kept = Arc::new(FileStore::open(&path, StoreKey::new([5; 32])).unwrap());
        let builder = stage
            .television(&device)
            .store(kept.clone())
            .platform_tokens(stage.token("amazon-1"))
            .platform_token_carrier(carrier);
        shown += &format!("{builder:#?}\n");
        let client = builder.build().unwrap();
        let profile = stage.sign_in_by_code(&client, "basic").await;
        let permit = client.authorize(&resource("LanternOne")).await.unwrap();
        let deny = client.authorize(&resource("LanternCinema")).await.unwrap();
        shown += &format!("{client:#?} {profile:#?} {permit:#?} {deny:#?} {:#?}\n", client.sso_report());
        secrets.push(permit.media_token.unwrap().serialized.expose().to_owned());

        for effect in [
            Effect::Drop,
            Effect::Garbage,
            Effect::Truncate { keep: 9 },
            Effect::BearerExpired,
            Effect::TooManyRequests,
            Effect::Redirect { status: 302, to: "http://127.0.0.1:9/".into() },
            Effect::Answer { status: 500, content_type: "text/html".into(), body: "<html>".into() },
        ] {
            stage.sandbox.faults().add(Fault::new(effect).on(stage.parts().authorize).always());
            let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
            shown += &format!("{error} {error:#?}\n");
            stage.sandbox.faults().clear();
        }
        shown += &format!("{:#?}\n", client.user_metadata().await.unwrap());
        shown += &format!("{:?}\n", client.sign_out().await);
        let identity = PromotionalIdentity::new("email", "canary-hashed-address").unwrap();
        let trial = MvpdId::new("LanternGift");
        shown += &format!(
            "{identity:?} {:?}\n",
            client.temporary_access(&trial, "lantern.example", Some(&identity)).await
        );
        stage.sandbox.faults().add(Fault::new(Effect::Garbage).on(stage.parts().open).always());
        let last = last_event(&mut client.sign_in()).await;
        assert!(matches!(last, SignInEvent::Failed(_)), "{last:?}");
        shown += &format!("{last:?}\n");

        for request in stage.sandbox.recorder().requests() {
            shown += &format!("{request:?} {}\n", serde_json::to_string(&request).unwrap());
        }
        shown += &format!("{:?} {kept:?}\n", stage.sandbox);
        shown += &String::from_utf8_lossy(&std::fs::read(&path).unwrap());
        let statement = stage.sandbox.software_statement_for("Lantern TV").unwrap();
        secrets.extend(["canary-hashed-address".to_owned(), "household-basic".to_owned()]);
        secrets.extend([device, stage.sandbox.platform_token("amazon-1"), statement]);
        secrets.extend(stage.sandbox.secrets());
    }

    let logged = LISTENER.0.lock().unwrap().clone();
    for call in ["/api/v1/authorize", "/decisions/authorize"] {
        assert!(logged.contains(call), "the listener hears nothing of {call}");
    }
    assert!(secrets.len() >= 15 && secrets.iter().all(|secret| secret.len() > 8), "{}", secrets.len());
    // v2 carries some of them in Base64.
    let encoded: Vec<_> = secrets.iter().map(|secret| STANDARD.encode(secret)).collect();
    secrets.extend(encoded);
    secrets.push(STANDARD.encode(r#"{"email":"canary-hashed-address"}"#));
    for secret in &secrets {
        for (place, text) in [("a log", &logged), ("an error, a debug output, a record or a file", &shown)] {
            if let Some(at) = text.find(secret.as_str()) {
                let around = text[at.saturating_sub(200)..at].to_owned();
                panic!("{}… is in {place}, after: {around}", &secret[..4]);
            }
        }
    }
}
