//! The test that holds this codec and Kotlin's together: one example of each message, and the bytes that both write for it.
//!
//! `messages.golden` has a line for each example: its name and its bytes. Kotlin's test (`GoldenTest.kt`) reads the same file.
//! A new message goes into both tests; `COUCHPASS_WRITE_GOLDEN=1 cargo test -p couchpass-jni` writes the file again.

use std::{collections::BTreeMap, fmt::Debug, fmt::Write as _, path::Path};

use device_auth::Secret;

use crate::{
    calls::answer,
    codec::{Bytes, Crosses, decode, encode},
    failure::Failure,
    messages::*,
};

fn text(text: &str) -> String {
    text.to_owned()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The examples by their names, as they are collected.
#[derive(Default)]
struct Examples(BTreeMap<&'static str, String>);

impl Examples {
    /// Adds a message, which has to survive its own codec.
    fn add<T: Crosses + PartialEq + Debug>(&mut self, name: &'static str, message: &T) {
        let bytes = encode(message);
        assert_eq!(decode::<T>(&bytes).as_ref(), Ok(message), "{name}");
        self.add_bytes(name, &bytes);
    }

    fn add_bytes(&mut self, name: &'static str, bytes: &[u8]) {
        assert!(self.0.insert(name, hex(bytes)).is_none(), "{name} is there twice");
    }
}

fn report() -> Report {
    Report {
        message: text("the service is busy"),
        details: some("Tournez s'il vous plaît 📺"),
        call: some("authorize"),
        status: Some(503),
        code: some("network_busy"),
        trace: some("trace-1"),
    }
}

fn profile() -> Profile {
    Profile {
        mvpd: text("Northwind"),
        user_id: some("user-1"),
        not_after: 1_800_000_000_123,
        profile_type: text("platformSSO"),
    }
}

fn denial() -> Denial {
    Denial {
        code: some("not_subscribed"),
        message: text("Not in your package."),
        details: some("Add it at northwind.example."),
        trace: None,
    }
}

fn login() -> Login {
    Login { mvpd: text("Northwind"), domain: text("lantern.example"), redirect_url: text("lantern://done") }
}

#[test]
fn every_message_is_as_the_golden_file_has_it() {
    let mut examples = Examples::default();
    from_kotlin(&mut examples);
    key_origins(&mut examples);
    answers(&mut examples);
    events(&mut examples);
    reports_and_errors(&mut examples);
    metrics(&mut examples);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages.golden");
    let written: String =
        examples.0.iter().map(|(name, bytes)| format!("{name} {bytes}\n")).collect::<Vec<_>>().concat();
    if std::env::var_os("COUCHPASS_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    for (line, expected) in written.lines().zip(golden.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(written.lines().count(), golden.lines().count(), "an example is missing on one side");
}

fn from_kotlin(examples: &mut Examples) {
    examples.add(
        "config_full",
        &Config {
            v2: true,
            environment: Environment::At { api: text("http://127.0.0.1:1"), sp: text("http://127.0.0.1:2") },
            requestor: text("LANTERN"),
            statement: secret("a.b.c"),
            device_info: vec![
                Named { name: text("model"), value: text("AFTKA") },
                Named { name: text("osName"), value: text("Android") },
            ],
            device_id: Some(secret("device-1")),
            initial_device_id: Some(secret("device-2")),
            imported: Some(Credentials { id: text("client-1"), secret: secret("secret-1") }),
            store: Some(StoreFile {
                path: text("/data/couchpass/store"),
                key: Bytes::new((0..32).collect()),
                key_origin: KeyOrigin::Replaced { reason: text("gone") },
            }),
            platform_tokens: true,
            carrier: Carrier::Post {},
            patience: Some(3_000),
            code_lifetime: Some(600_000),
            last_provider_first: true,
            redirect_url: some("lantern://done"),
            tls_roots: vec![text("-----BEGIN CERTIFICATE-----")],
            answer_within: Some(15_000),
            preauthorized_at_once: Some(10),
            proxy: Some(secret("http://10.0.0.5:8888")),
        },
    );
    examples.add(
        "config_least",
        &Config {
            v2: false,
            environment: Environment::Known { name: text("release-staging") },
            requestor: text("LANTERN"),
            statement: secret("a.b.c"),
            device_info: vec![],
            device_id: None,
            initial_device_id: None,
            imported: None,
            store: None,
            platform_tokens: false,
            carrier: Carrier::Header {},
            patience: None,
            code_lifetime: None,
            last_provider_first: false,
            redirect_url: None,
            tls_roots: vec![],
            answer_within: None,
            preauthorized_at_once: None,
            proxy: None,
        },
    );
    examples.add("way_code", &Way::Code {});
    examples.add("way_code_for", &Way::CodeFor { login: login() });
    examples.add("way_browser", &Way::Browser { login: login() });

    examples.add("operation_next_event", &Operation::NextEvent {});
    examples.add("operation_cancel_sign_in", &Operation::CancelSignIn {});
    examples.add("operation_profiles", &Operation::Profiles {});
    examples.add("operation_select_profile", &Operation::SelectProfile { mvpd: text("Northwind") });
    examples.add("operation_providers", &Operation::Providers {});
    examples.add("operation_remember_provider", &Operation::RememberProvider { mvpd: text("Northwind") });
    examples.add("operation_authorize", &Operation::Authorize { resource: text("LanternOne") });
    examples.add(
        "operation_preauthorize",
        &Operation::Preauthorize { resources: vec![text("LanternOne"), text("LanternTwo")] },
    );
    examples
        .add("operation_remembered_permit", &Operation::RememberedPermit { resource: text("LanternOne") });
    examples.add("operation_user_metadata", &Operation::UserMetadata {});
    examples.add(
        "operation_temporary_access",
        &Operation::TemporaryAccess {
            mvpd: text("Trial"),
            domain: text("lantern.example"),
            identity: Some(Identity { key: text("email"), hashed_value: secret("abc") }),
        },
    );
    examples.add("operation_time_left", &Operation::TimeLeft { mvpd: text("Trial") });
    examples.add("operation_sign_out", &Operation::SignOut {});

    examples.add("question_new_code", &Question::NewCode {});
    examples.add("question_redirect_reached", &Question::RedirectReached {});
    examples.add("question_sso_report", &Question::SsoReport {});
    examples.add("question_remembered_provider", &Question::RememberedProvider {});
    examples.add("question_store_report", &Question::StoreReport {});

    examples.add("token_given", &TokenAnswer::Token { token: secret("x.y.z") });
    examples.add("token_library_absent", &TokenAnswer::LibraryAbsent {});
    examples.add("token_disabled", &TokenAnswer::Disabled {});
    examples.add("token_unusable", &TokenAnswer::Unusable { reason: text("no instance") });
    examples
        .add("token_refused", &TokenAnswer::Refused { code: Some(-7), description: text("not on the list") });
}

fn key_origins(examples: &mut Examples) {
    examples.add("key_lasting", &KeyOrigin::Lasting {});
    examples.add("key_replaced", &KeyOrigin::Replaced { reason: text("gone") });
    examples.add("key_temporary", &KeyOrigin::Temporary { reason: text("away") });
}

fn answers(examples: &mut Examples) {
    examples.add_bytes("answer_nothing", &answer(Ok(())));
    examples.add_bytes("answer_cancelled", &answer::<()>(Err(Failure::Closed)));
    examples.add("profiles", &vec![profile(), Profile { user_id: None, ..profile() }]);
    let provider = Provider {
        id: text("Northwind"),
        display_name: text("Northwind Kabel"),
        logo_url: some("https://northwind.example/logo.png"),
        is_temp_pass: false,
        platform_sso: true,
    };
    examples.add("provider", &Some(provider.clone()));
    examples.add("providers", &vec![provider]);
    examples.add("no_provider", &None::<Provider>);
    let permit = Decision {
        resource: text("LanternOne"),
        authorized: true,
        mvpd: some("Northwind"),
        source: text("mvpd"),
        not_after: Some(1_800_000_000_000),
        media_token: Some(MediaToken { serialized: secret("m.t"), not_after: 1_799_999_999_000 }),
        denial: None,
    };
    examples.add(
        "decision_deny",
        &Decision {
            authorized: false,
            mvpd: None,
            not_after: None,
            media_token: None,
            denial: Some(denial()),
            ..permit.clone()
        },
    );
    examples.add("decision_permit", &permit);
    examples.add(
        "preauthorizations",
        &vec![
            Preauthorization { resource: text("LanternOne"), authorized: true, denial: None },
            Preauthorization { resource: text("LanternTwo"), authorized: false, denial: Some(denial()) },
        ],
    );
    examples.add(
        "user_metadata",
        &UserMetadata {
            updated: Some(1_700_000_000_000),
            values: vec![
                Metadatum {
                    name: text("channelID"),
                    encrypted: false,
                    value: MetadataValue::List { texts: vec![secret("one"), secret("two")] },
                },
                Metadatum {
                    name: text("maxRating"),
                    encrypted: false,
                    value: MetadataValue::Map {
                        texts: vec![MapEntry { name: text("VCHIP"), value: secret("TV-MA") }],
                    },
                },
                Metadatum {
                    name: text("zip"),
                    encrypted: true,
                    value: MetadataValue::Text { text: secret("Y2lwaGVy") },
                },
            ],
        },
    );
    examples.add(
        "sign_out_actions",
        &vec![SignOutAction::OpenUrl { mvpd: text("Northwind"), url: text("https://northwind.example/bye") }],
    );
    examples.add("instant", &Some(1_800_000_000_000_i64));
    examples.add("no_instant", &None::<i64>);
    examples.add("flag", &true);
}

fn events(examples: &mut Examples) {
    examples.add("event_checking", &SignInEvent::Checking {});
    examples.add(
        "event_code",
        &SignInEvent::Code { code: text("ABC123"), expires: 1_800_000_000_000, left: 1_800_000 },
    );
    examples.add(
        "event_page",
        &SignInEvent::Page { url: text("https://sp.example/login"), redirect_url: text("lantern://done") },
    );
    examples.add("event_code_expired", &SignInEvent::CodeExpired {});
    examples.add("event_signed_in", &SignInEvent::SignedIn { profile: profile() });
    examples.add("event_denied", &SignInEvent::Denied { report: report() });
    examples.add("event_expired", &SignInEvent::Expired {});
    examples.add("event_cancelled", &SignInEvent::Cancelled {});
    examples.add("event_failed", &SignInEvent::Failed { error: Error::SignInAgain { report: report() } });
    examples.add("no_event", &None::<SignInEvent>);
}

fn reports_and_errors(examples: &mut Examples) {
    let sso = |outcome| SsoReport { outcome, asked: Some(1_700_000_000_000), answered: None };
    examples.add("sso_not_asked", &sso(SsoOutcome::NotAsked {}));
    examples.add("sso_waiting", &sso(SsoOutcome::Waiting { timed_out: true }));
    examples.add("sso_library_absent", &sso(SsoOutcome::LibraryAbsent {}));
    examples.add("sso_disabled", &sso(SsoOutcome::Disabled {}));
    examples.add("sso_unusable", &sso(SsoOutcome::Unusable { reason: text("no instance") }));
    examples
        .add("sso_refused", &sso(SsoOutcome::Refused { code: None, description: text("not on the list") }));
    examples.add("sso_malformed", &sso(SsoOutcome::Malformed {}));
    examples.add("sso_unsigned", &sso(SsoOutcome::Unsigned {}));
    examples.add("sso_expired", &sso(SsoOutcome::Expired {}));
    examples.add("sso_sent", &sso(SsoOutcome::Sent { honoured: Some(true) }));
    examples.add("sso_sent_unknown", &sso(SsoOutcome::Sent { honoured: None }));

    examples.add("store_whole", &StoreReport::Whole {});
    examples.add("store_lost", &StoreReport::Lost { reason: text("gone") });
    examples.add("store_temporary", &StoreReport::Temporary { reason: text("away") });

    examples.add("error_retry_later", &Error::RetryLater { after: 30_000, report: report() });
    examples.add("error_sign_in_again", &Error::SignInAgain { report: report() });
    examples.add("error_tell_viewer", &Error::TellViewer { report: report() });
    examples.add(
        "error_fix_configuration",
        &Error::FixConfiguration { remedy: text("name the requestor"), report: report() },
    );
    examples.add("error_support", &Error::support("a mistake"));
    examples.add("error_cancelled", &Error::Cancelled {});
}

fn metrics(examples: &mut Examples) {
    let ended = |outcome| {
        Some(RequestMetrics {
            call: text("authorize"),
            attempt: 2,
            waited: 1_000,
            took: 120,
            outcome,
            missed: 3,
        })
    };
    examples.add("metrics_answered", &ended(RequestOutcome::Answered { status: 200 }));
    examples.add("metrics_no_connection", &ended(RequestOutcome::NoConnection {}));
    examples.add("metrics_untrusted", &ended(RequestOutcome::Untrusted {}));
    examples.add("metrics_timed_out", &ended(RequestOutcome::TimedOut {}));
    examples.add("metrics_broken", &ended(RequestOutcome::Broken {}));
}
