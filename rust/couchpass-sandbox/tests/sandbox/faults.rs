//! Faults on demand.

use std::time::Duration;

use couchpass_sandbox::{Effect, Endpoint, Fault, Phase};

use crate::support::{Device, start};

const AUTHN: &str = "/api/v1/checkauthn";

#[tokio::test]
async fn only_the_named_call_of_the_named_endpoint_is_struck() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let maintenance =
        Effect::Answer { status: 503, content_type: "text/plain".into(), body: "maintenance".into() };
    let fault = sandbox.faults().add(Fault::new(maintenance).on(Endpoint::CheckAuthn).nth(2));
    assert_eq!(device.get("/api/v1/tokens/authn", &[]).await.status, 404);
    let statuses = [403, 503, 403];
    for status in statuses {
        let answer = device.get(AUTHN, &[]).await;
        assert_eq!((answer.status, answer.text == "maintenance"), (status, status == 503));
    }
    sandbox.faults().remove(fault);
    let storm = sandbox.faults().add(Fault::new(Effect::TooManyRequests).always());
    for _ in 0..5 {
        assert_eq!(device.get(AUTHN, &[]).await.status, 429);
    }
    sandbox.faults().remove(storm);
    assert_eq!(device.get(AUTHN, &[]).await.status, 403);
}

#[tokio::test]
async fn a_dropped_or_reset_connection_has_no_answer() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    for effect in [Effect::Drop, Effect::Reset] {
        sandbox.faults().add(Fault::new(effect.clone()));
        let error = device.ask("GET", AUTHN, &[]).send().await.unwrap_err();
        assert_eq!(
            format!("{error:?}").contains("ConnectionReset"),
            effect == Effect::Reset,
            "{effect:?}: {error:?}"
        );
        let last = sandbox.recorder().wait_until(|all| all.last().unwrap().fault.is_some()).await;
        assert_eq!(last.last().unwrap().status, None);
    }
}

#[tokio::test]
async fn a_lost_answer_has_taken_effect() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.faults().add(Fault::new(Effect::Drop).on(Endpoint::CreateCode).after_serving());
    let path = "/reggie/v1/LANTERN/regcode";
    device.ask("POST", path, &[]).send().await.unwrap_err();
    assert_eq!(sandbox.live_codes().len(), 1);
    sandbox.faults().add(Fault::new(Effect::Drop).on(Endpoint::CreateCode));
    device.ask("POST", path, &[]).send().await.unwrap_err();
    assert_eq!(sandbox.live_codes().len(), 1);
}

#[tokio::test]
async fn a_truncated_answer_arrives_in_part() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.faults().add(Fault::new(Effect::Truncate { keep: 10 }).on(Endpoint::AuthnToken));
    let ask = device.ask("GET", "/api/v1/tokens/authn", &[]);
    let url = url::Url::parse(&ask.url).unwrap();
    let mut stream = tokio::net::TcpStream::connect(url.authority()).await.unwrap();
    let mut head = format!("GET {} HTTP/1.1\r\nhost: x\r\n", &url[url::Position::BeforePath..]);
    ask.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).await.unwrap();
    assert!(received.starts_with("HTTP/1.1 404"), "{received}");
    assert!(received.ends_with("\r\n\r\n{\"status\":"), "{received}");
    sandbox.faults().add(Fault::new(Effect::Truncate { keep: 10 }).on(Endpoint::AuthnToken));
    device.ask("GET", "/api/v1/tokens/authn", &[]).send().await.unwrap_err();
}

#[tokio::test]
async fn bodies_can_be_wrong_in_many_ways() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let strike = async |effect| {
        sandbox.faults().add(Fault::new(effect));
        device.get("/api/v1/tokens/authn", &[]).await
    };
    let answer = strike(Effect::ContentType { is: "text/html".into() }).await;
    assert_eq!((answer.status, answer.header("content-type")), (404, "text/html"));
    let answer = strike(Effect::Redirect { status: 302, to: "http://elsewhere.example/".into() }).await;
    assert_eq!((answer.status, answer.header("location")), (302, "http://elsewhere.example/"));
    let answer = strike(Effect::Garbage).await;
    assert!(answer.status == 200 && serde_json::from_str::<serde_json::Value>(&answer.text).is_err());
    let answer = strike(Effect::Empty).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    let answer = strike(Effect::Oversized { bytes: 3_000_000 }).await;
    assert_eq!((answer.status, answer.text.len()), (200, 3_000_000));
    assert_eq!(strike(Effect::BearerExpired).await.status, 401);
}

#[tokio::test]
async fn a_call_can_be_held_and_let_go() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.faults().add(Fault::new(Effect::Hold { name: "slow".into() }));
    let call = tokio::spawn(device.ask("GET", AUTHN, &[]).answer());
    sandbox.faults().held("slow").await;
    assert!(!call.is_finished());
    sandbox.faults().release("slow");
    assert_eq!(call.await.unwrap().status, 403);
}

#[tokio::test]
async fn a_delay_goes_by_the_sandboxs_clock() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    sandbox.faults().add(Fault::new(Effect::Delay { millis: 3_600_000 }).on(Endpoint::CheckAuthn));
    let call = tokio::spawn(device.ask("GET", AUTHN, &[]).answer());
    sandbox.recorder().wait_until(|all| all.len() == 3).await;
    assert!(!call.is_finished());
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(call.await.unwrap().status, 403);
}

#[test]
fn a_rule_reads_from_json() {
    let rule =
        r#"{"effect":{"truncate":{"keep":3}},"endpoint":"authorize","calls":{"nth":2},"phase":"after"}"#;
    let rule: Fault = serde_json::from_str(rule).unwrap();
    assert_eq!(rule, Fault::new(Effect::Truncate { keep: 3 }).on(Endpoint::Authorize).nth(2));
    let rule: Fault = serde_json::from_str(r#"{"effect":"drop"}"#).unwrap();
    assert_eq!((rule.phase, rule), (Phase::Before, Fault::new(Effect::Drop)));
}
