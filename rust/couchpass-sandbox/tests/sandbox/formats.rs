//! Every row of the endpoint table, in JSON and in XML, by each of the three ways to ask for them.

use couchpass_sandbox::Sandbox;
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::support::{Answer, Ask, Device, builder, start};

/// The three ways, for one format.
fn ways(ask: &Ask, format: &'static str) -> [Ask; 3] {
    let bare = || {
        let mut bare = ask.clone();
        bare.headers.retain(|(name, _)| *name != "accept");
        bare
    };
    let (path, query) = ask.url.split_once('?').unwrap();
    let suffixed = Ask { url: format!("{path}.{format}?{query}"), ..bare() };
    let asked = Ask { url: format!("{}&format={format}", ask.url), ..bare() };
    [bare().header("accept", format!("application/{format}")), suffixed, asked]
}

/// Whether an element says what a JSON value says; without `values`, only whether it has the same fields.
fn same(json: &Value, element: Node<'_, '_>, values: bool) -> bool {
    let children = || element.children().filter(Node::is_element);
    match json {
        Value::Object(fields) => {
            let there: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).collect();
            there.iter().all(|(name, value)| {
                let found: Vec<_> = children().filter(|child| child.has_tag_name(name.as_str())).collect();
                found.len() == 1 && same(value, found[0], values)
            }) && children().count() == there.len()
        }
        Value::Array(items) => {
            children().count() == items.len()
                && items.iter().zip(children()).all(|(item, child)| same(item, child, values))
        }
        Value::String(text) => !values || element.text().unwrap_or_default() == text,
        Value::Bool(value) => !values || element.text() == Some(if *value { "true" } else { "false" }),
        other => !values || element.text().and_then(|text| text.parse().ok()) == other.as_u64(),
    }
}

/// Asks for a call in all ways and checks that they agree. Gives back the JSON and the XML.
async fn row(ask: Ask, status: u16, root: &str, values: bool) -> (Value, String) {
    let mut last = None;
    for ask in ways(&ask, "json") {
        let answer = ask.answer().await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
        last = Some(answer.json());
    }
    let json = last.unwrap();
    let mut text = String::new();
    for ask in ways(&ask, "xml") {
        let answer: Answer = ask.answer().await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.header("content-type").starts_with("application/xml"), "{answer:?}");
        let document = Document::parse(&answer.text).unwrap();
        let element = document.root_element();
        assert_eq!(element.tag_name().name(), root, "{}", answer.text);
        // The list of resources has no element around it but the root.
        let json = if root == "resources" { &json["resources"] } else { &json };
        assert!(same(json, element, values), "{json}\n{}", answer.text);
        text = answer.text;
    }
    (json, text)
}

async fn signed_in(sandbox: &Sandbox) -> Device {
    let device = Device::register(sandbox, "tv", "LANTERN").await;
    device.sign_in(sandbox, "everything").await;
    device
}

#[tokio::test]
async fn registration_codes() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let path = "/reggie/v1/LANTERN/regcode";
    let (json, xml) = row(device.ask("POST", path, &[("mvpd", "Cedar")]), 201, "regcode", false).await;
    assert!(json["generated"].is_u64() && json["expires"].is_u64(), "numbers, as in Adobe's sample");
    let document = Document::parse(&xml).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().namespace(), Some("model.mvc.reggie.pass.adobe.com"));
    assert!(xml.contains("<ns2:regcode xmlns:ns2="), "{xml}");
    let id = root.children().find(|child| child.has_tag_name("id")).unwrap();
    assert_eq!(id.tag_name().namespace(), None, "elementFormDefault is unqualified");

    let path = format!("{path}/{}", json["code"].as_str().unwrap());
    let (read, _) = row(device.ask("GET", &path, &[]), 200, "regcode", true).await;
    assert_eq!(read["code"], json["code"]);
    row(device.ask("GET", "/reggie/v1/LANTERN/regcode/AAAAAAA", &[]), 404, "error", true).await;
    row(device.ask("POST", "/reggie/v1/LANTERN/regcode", &[("ttl", "40000")]), 400, "error", true).await;
    let deleted = device.ask("DELETE", &format!("{path}.xml"), &[]).answer().await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
}

#[tokio::test]
async fn the_providers() {
    let sandbox = start().await;
    sandbox.configure(|config| {
        config.mvpds[0].iframe = Some(couchpass_sandbox::Iframe { width: 450, height: 280 });
        config.mvpds[3].platform_picker_only = true;
    });
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let (json, _) = row(device.ask("GET", "/api/v1/config/LANTERN", &[]), 200, "config", true).await;
    let mvpds = &json["requestor"]["mvpds"];
    assert_eq!((&mvpds[0]["iFrameWidth"], &mvpds[0]["iFrameRequired"]), (&450.into(), &true.into()));
    assert_eq!(
        (&mvpds[3]["boardingStatus"], &mvpds[3]["enablePlatformServices"]),
        (&"PICKER".into(), &false.into())
    );
    row(device.ask("GET", "/api/v1/config/NOBODY", &[]), 400, "error", true).await;
}

#[tokio::test]
async fn authentication() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let code = device.code().await;
    let (by_code, check_code) =
        (format!("/api/v1/authenticate/{code}"), format!("/api/v1/checkauthn/{code}"));
    for (path, status) in
        [("/api/v1/checkauthn", 403), (&check_code, 403), ("/api/v1/tokens/authn", 404), (&by_code, 404)]
    {
        let (json, _) = row(device.ask("GET", path, &[]), status, "error", true).await;
        assert_eq!(json["status"], status, "{path}");
    }
    sandbox.viewer("everything").approve(&code).await.unwrap();
    for path in ["/api/v1/tokens/authn", &by_code] {
        let (json, _) = row(device.ask("GET", path, &[]), 200, "authentication", true).await;
        assert!(json["expires"].is_string(), "as in Adobe's sample");
        let fields: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["expires", "mvpd", "requestor", "userId"]);
    }
    for path in ["/api/v1/checkauthn.xml", "/api/v1/checkauthn.json", &format!("{check_code}.json")] {
        assert_eq!(device.get(path, &[]).await.status, 200);
    }
    assert_eq!(device.ask("DELETE", "/api/v1/logout.json", &[]).answer().await.status, 204);
    sandbox.configure(|config| config.lifetimes.authentication_s = 60);
    device.sign_in(&sandbox, "everything").await;
    sandbox.clock().advance(std::time::Duration::from_secs(61));
    row(device.ask("GET", "/api/v1/tokens/authn", &[]), 410, "error", true).await;
}

#[tokio::test]
async fn authorization() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let one = [("resource", "LanternOne")];
    row(device.ask("GET", "/api/v1/authorize", &one), 403, "error", true).await;
    row(device.ask("GET", "/api/v1/tokens/authz", &one), 412, "error", true).await;
    device.sign_in(&sandbox, "dish").await;
    row(device.ask("GET", "/api/v1/tokens/authz", &one), 404, "error", true).await;
    row(device.ask("GET", "/api/v1/tokens/media", &one), 403, "error", true).await;
    let denied = [("resource", "Unheard <of> & \"so\"")];
    let (denial, _) = row(device.ask("GET", "/api/v1/authorize", &denied), 403, "error", true).await;
    assert!(denial["details"].as_str().unwrap().contains("Unheard <of>"));
    for path in ["/api/v1/authorize", "/api/v1/tokens/authz"] {
        let (json, _) = row(device.ask("GET", path, &one), 200, "authorization", true).await;
        assert!(json["expires"].is_string() && json["proxyMvpd"] == "CedarProxy");
    }
    for path in ["/api/v1/tokens/media", "/api/v1/mediatoken"] {
        let (json, _) = row(device.ask("GET", path, &one), 200, "play", false).await;
        assert!(json["expires"].is_string());
        let fields: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["expires", "mvpdId", "requestor", "resource", "serializedToken", "userId"]);
    }
    sandbox.expire_authorizations();
    row(device.ask("GET", "/api/v1/tokens/authz", &one), 410, "error", true).await;
    row(device.ask("GET", "/api/v1/authorize", &[]), 400, "error", true).await;
}

#[tokio::test]
async fn preauthorization() {
    for enhanced in [false, true] {
        let sandbox = builder().enhanced_errors(enhanced).start().await.unwrap();
        let device = Device::register(&sandbox, "tv", "LANTERN").await;
        let list = [("resource", "LanternOne,Nothing")];
        row(device.ask("GET", "/api/v1/preauthorize", &list), 412, "error", false).await;
        let code = device.code().await;
        sandbox.viewer("everything").approve(&code).await.unwrap();
        for path in ["/api/v1/preauthorize", &format!("/api/v1/preauthorize/{code}")] {
            let (json, _) = row(device.ask("GET", path, &list), 200, "resources", false).await;
            assert_eq!(json["resources"][1]["authorized"], false);
            assert_eq!(json["resources"][1].get("error").is_some(), enhanced);
        }
        row(device.ask("GET", "/api/v1/preauthorize", &[]), 400, "error", false).await;
        row(device.ask("GET", "/api/v1/preauthorize", &[("resource", "1,2,3,4,5,6")]), 403, "error", false)
            .await;
    }
}

#[tokio::test]
async fn user_metadata() {
    let sandbox = start().await;
    let stranger = Device::register(&sandbox, "other", "LANTERN").await;
    row(stranger.ask("GET", "/api/v1/tokens/usermetadata", &[]), 412, "error", true).await;
    let device = signed_in(&sandbox).await;
    let (json, xml) = row(device.ask("GET", "/api/v1/tokens/usermetadata", &[]), 200, "metadata", true).await;
    assert!(json["updated"].is_u64());
    assert!(xml.contains("<encrypted><value>encryptedZip</value><value>zip</value></encrypted>"), "{xml}");
}

#[tokio::test]
async fn the_free_preview_and_the_browsers_way() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    let path = "/api/v1/authenticate/freepreview";
    let good =
        [("requestor_id", "LANTERN"), ("mso_id", "LanternPreview"), ("domain_name", "lantern.example")];
    row(device.ask("POST", path, &good[..2]), 400, "error", true).await;
    assert_eq!(device.ask("POST", &format!("{path}.json"), &good).answer().await.status, 204);
    row(device.ask("GET", "/api/v1/authenticate", &[("reg_code", "AAAAAAA")]), 400, "error", true).await;
}
