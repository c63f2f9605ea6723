//! An app on a device that speaks REST API v2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use couchpass_sandbox::{App, Sandbox};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::support::{Answer, Ask, DEVICE_INFO, register, token};

/// Where the tests' browsers end.
pub(crate) const BACK: &str = "https://lantern.example/signed-in?from=tv";

/// The parameters of a session that lacks nothing, but for the MVPD.
pub(crate) const REST: [(&str, &str); 2] = [("domainName", "lantern.example"), ("redirectUrl", BACK)];

#[derive(Clone, Debug)]
pub(crate) struct Tv {
    pub(crate) sp: String,
    pub(crate) provider: &'static str,
    pub(crate) id: String,
    pub(crate) bearer: String,
    pub(crate) platform_token: Option<String>,
    pub(crate) identity: Option<&'static str>,
}

impl Tv {
    pub(crate) async fn register(sandbox: &Sandbox, id: &str, provider: &'static str) -> Self {
        Self::of_app(sandbox, id, provider, App::default()).await
    }

    pub(crate) async fn of_app(sandbox: &Sandbox, id: &str, provider: &'static str, app: App) -> Self {
        let registered = register(sandbox, &sandbox.software_statement(app)).await.json();
        let text = |name: &str| registered[name].as_str().unwrap().to_owned();
        let bearer = token(sandbox, &text("client_id"), &text("client_secret")).await.json();
        Self {
            sp: sandbox.sp_url(),
            provider,
            id: id.to_owned(),
            bearer: bearer["access_token"].as_str().unwrap().to_owned(),
            platform_token: None,
            identity: None,
        }
    }

    pub(crate) fn with_platform_token(&self, token: &str) -> Self {
        Self { platform_token: Some(token.to_owned()), ..self.clone() }
    }

    /// A promotional TempPass asks who the viewer is.
    pub(crate) fn with_identity(&self, json: &'static str) -> Self {
        Self { identity: Some(json), ..self.clone() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/api/v2/{}/{path}", self.sp, self.provider)
    }

    /// A call with all headers that any call may need.
    pub(crate) fn ask(&self, method: &'static str, path: &str) -> Ask {
        let mut ask = Ask::new(method, self.url(path))
            .header("authorization", format!("Bearer {}", self.bearer))
            .header("ap-device-identifier", format!("fingerprint {}", STANDARD.encode(&self.id)))
            .header("x-device-info", DEVICE_INFO);
        if let Some(token) = &self.platform_token {
            ask = ask.header("adobe-subject-token", token);
        }
        if let Some(identity) = self.identity {
            ask = ask.header("ap-temppass-identity", STANDARD.encode(identity));
        }
        ask
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).answer().await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask("POST", path).form(form).answer().await
    }

    /// A session for this MVPD that lacks nothing.
    pub(crate) async fn session(&self, mvpd: &str) -> Value {
        let [domain, back] = REST;
        let answer = self.post("sessions", &[("mvpd", mvpd), domain, back]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// A code for a second screen that chooses the MVPD.
    pub(crate) async fn code(&self) -> String {
        let session = self.post("sessions", &[]).await.json();
        assert_eq!(session["actionName"], "resume", "{session}");
        text(&session["code"])
    }

    /// Signed in on the second screen.
    pub(crate) async fn sign_in(&self, sandbox: &Sandbox, account: &str) {
        sandbox.viewer(account).approve(&self.code().await).await.unwrap();
    }

    pub(crate) async fn profiles(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["profiles"].clone()
    }

    async fn decide(&self, kind: &str, mvpd: &str, resources: &[&str]) -> Value {
        let ask = self.ask("POST", &format!("decisions/{kind}/{mvpd}"));
        let answer = ask.json(&json!({ "resources": resources })).answer().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["decisions"].clone()
    }

    pub(crate) async fn preauthorize(&self, mvpd: &str, resources: &[&str]) -> Value {
        self.decide("preauthorize", mvpd, resources).await
    }

    /// The decision about one resource.
    pub(crate) async fn authorize(&self, mvpd: &str, resource: &str) -> Value {
        self.decide("authorize", mvpd, &[resource]).await[0].clone()
    }

    /// What a logout asks for.
    pub(crate) async fn log_out(&self, mvpd: &str) -> Value {
        let query = Serializer::new(String::new()).append_pair("redirectUrl", BACK).finish();
        let answer = self.get(&format!("logout/{mvpd}?{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["logouts"][mvpd].clone()
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Whether this is a refusal with this status and code, in the shape of the catalogue.
pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{answer:?}");
    assert_error(&answer.json(), status);
    assert!(answer.header("content-type").starts_with("application/json"));
}

/// Whether this is an enhanced error.
pub(crate) fn assert_error(error: &Value, status: u16) {
    assert_eq!(error["status"], status, "{error}");
    assert_eq!(error["trace"].as_str().unwrap().len(), 36);
    assert!(error["helpUrl"].as_str().unwrap().starts_with("https://"));
    assert!(!error["action"].as_str().unwrap().is_empty() && !error["message"].as_str().unwrap().is_empty());
}
