//! Origins, formats, TLS, and the life of a sandbox.

use std::sync::Arc;

use couchpass_sandbox::Config;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;

use crate::support::{Ask, Device, START, builder, start};

#[tokio::test]
async fn each_origin_serves_its_own_and_nothing_else() {
    let sandbox = start().await;
    let (api, sp, web) = (sandbox.api_url(), sandbox.sp_url(), sandbox.web_url());
    let status = async |method, url: String| Ask::new(method, url).answer().await.status;
    assert_eq!(status("POST", format!("{api}/o/client/register")).await, 404);
    assert_eq!(status("POST", format!("{sp}/o/client/register")).await, 400);
    assert_eq!(status("GET", format!("{sp}/api/v1/checkauthn")).await, 404);
    assert_eq!(status("GET", format!("{api}/api/v1/checkauthn")).await, 401);
    assert_eq!(status("GET", format!("{api}/activate")).await, 404);
    assert_eq!(status("GET", format!("{web}/activate")).await, 200);
    assert_eq!(status("POST", format!("{api}/api/v1/preauthorize")).await, 405);
}

#[tokio::test]
async fn a_format_is_asked_for_by_suffix_parameter_or_accept_and_xml_is_the_default() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let ask = |path: &str, accept: &str| {
        let mut ask = device.ask("GET", path, &[]);
        ask.headers.retain(|(name, _)| *name != "accept");
        if accept.is_empty() { ask } else { ask.header("accept", accept) }
    };
    let plain = ask("/api/v1/tokens/authn", "").answer().await;
    assert!(plain.header("content-type").starts_with("application/xml"));
    assert!(plain.text.ends_with("<error><status>404</status><message>Not Found</message></error>"));
    assert!(ask("/api/v1/tokens/authn", "application/xml").answer().await.text.starts_with("<?xml"));
    assert!(ask("/api/v1/tokens/authn", "application/json").answer().await.text.starts_with('{'));
    assert!(ask("/api/v1/tokens/authn.json", "").answer().await.text.starts_with('{'));
    let mut by_parameter = ask("/api/v1/tokens/authn", "");
    by_parameter.url.push_str("&format=json");
    assert!(by_parameter.answer().await.text.starts_with('{'));

    let code = device.ask("POST", "/reggie/v1/LANTERN/regcode.xml", &[]).answer().await;
    assert!(
        code.text.contains(r#"<ns2:regcode xmlns:ns2="model.mvc.reggie.pass.adobe.com"><id>"#),
        "{}",
        code.text
    );
    device.sign_in(&sandbox, "basic").await;
    let list = device.get("/api/v1/preauthorize.xml", &[("resource", "LanternOne")]).await.text;
    assert!(
        list.ends_with(
            "<resources><resource><id>LanternOne</id><authorized>true</authorized></resource></resources>"
        ),
        "{list}"
    );
}

#[tokio::test]
async fn answers_carry_the_sandboxs_time() {
    let sandbox = start().await;
    let answer = Ask::new("GET", sandbox.activate_url()).answer().await;
    assert_eq!(answer.header("date"), "Tue, 14 Nov 2023 22:13:20 GMT");
    sandbox.clock().set(START + 60_000);
    let answer = Ask::new("GET", sandbox.activate_url()).answer().await;
    assert_eq!(answer.header("date"), "Tue, 14 Nov 2023 22:14:20 GMT");
}

#[tokio::test]
async fn an_address_or_a_body_that_is_too_long_is_refused() {
    let sandbox = start().await;
    let long = "x".repeat(9_000);
    assert_eq!(
        Ask::new("GET", format!("{}/api/v1/checkauthn?ast={long}", sandbox.api_url())).answer().await.status,
        414
    );
    let long = "x".repeat(100_000);
    let ask = Ask::new("POST", format!("{}/o/client/token", sandbox.sp_url())).form(&[("client_id", &long)]);
    assert_eq!(ask.answer().await.status, 413);
}

#[tokio::test]
async fn tls_is_trusted_by_the_sandboxs_root_alone() {
    let sandbox = builder().tls(true).start().await.unwrap();
    let connect = async |roots: rustls::RootCertStore| {
        let url = url::Url::parse(&format!("{}/api/v1/checkauthn", sandbox.api_tls_url().unwrap())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(url.authority()).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::new(client)).connect(name, stream).await?;
        Ask::new("GET", url).send_over(stream).await
    };
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(sandbox.root_certificate_der().unwrap().to_vec())).unwrap();
    assert_eq!(connect(roots).await.unwrap().status, 401);
    assert!(sandbox.root_certificate_pem().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let other = builder().tls(true).start().await.unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(other.root_certificate_der().unwrap().to_vec())).unwrap();
    assert!(connect(roots).await.is_err());
}

#[tokio::test]
async fn a_dropped_sandbox_stops_and_many_run_side_by_side() {
    let sandboxes = futures(20).await;
    let url = sandboxes[7].activate_url();
    assert_eq!(Ask::new("GET", &url).answer().await.status, 200);
    drop(sandboxes);
    // The listener ends with its task, which the runtime ends before it runs this one again, or a little later.
    let refused = async {
        while Ask::new("GET", &url).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), refused).await.unwrap();
}

async fn futures(count: usize) -> Vec<couchpass_sandbox::Sandbox> {
    let mut starting = tokio::task::JoinSet::new();
    (0..count).for_each(|_| _ = starting.spawn(start()));
    starting.join_all().await
}

#[test]
fn a_configuration_survives_being_written_down_and_a_flawed_one_is_named() {
    let text = serde_json::to_string(&Config::default()).unwrap();
    assert_eq!(serde_json::to_string(&Config::from_json(&text).unwrap()).unwrap(), text);
    let error = Config::from_json(r#"{"requestor":[]}"#).unwrap_err();
    assert!(error.to_string().contains("requestor"), "{error}");
}
