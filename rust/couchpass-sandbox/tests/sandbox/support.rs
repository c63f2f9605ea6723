//! A device in a few lines: raw HTTP, so that the tests see what is on the wire.

use std::io;

use bytes::Bytes;
use couchpass_sandbox::{App, Sandbox, SandboxBuilder, SandboxClock};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::form_urlencoded::Serializer;

/// An afternoon in November 2023, in milliseconds since 1970.
pub(crate) const START: u64 = 1_700_000_000_000;

/// `{"model":"AFTKA","osName":"Android"}` and what a Fire TV adds.
pub(crate) const DEVICE_INFO: &str = "eyJtb2RlbCI6IkFGVEtBIiwib3NOYW1lIjoiQW5kcm9pZCIsIm9zVmVyc2lvbiI6IjkiLCJ2ZXJzaW9uIjoia2FyYSIsImNvbm5lY3Rpb25UeXBlIjoiV0lGSSJ9";

pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder().clock(SandboxClock::frozen_at(START)).throttling(couchpass_sandbox::Throttling::Off)
}

pub(crate) async fn start() -> Sandbox {
    builder().start().await.unwrap()
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// One request of any kind.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Ask {
    pub(crate) fn new(method: &'static str, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text_as_json(body.to_string())
    }

    /// Says that it is JSON, whether it is or not.
    pub(crate) fn text_as_json(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self.header("content-type", "application/json")
    }

    pub(crate) async fn send(self) -> io::Result<Answer> {
        let url = url::Url::parse(&self.url).unwrap();
        let stream = TcpStream::connect(url.authority()).await?;
        self.send_over(stream).await
    }

    pub(crate) async fn send_over(self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<Answer> {
        let url = url::Url::parse(&self.url).unwrap();
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = Request::builder().method(self.method).uri(target).header("host", url.authority());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::from(self.body.clone()))).unwrap();
        let exchange = async move {
            let response = sender.send_request(request).await.map_err(io::Error::other)?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
            let text = String::from_utf8_lossy(&body).into_owned();
            Ok(Answer { status: head.status.as_u16(), headers: head.headers, text })
        };
        tokio::pin!(exchange, connection);
        tokio::select! {
            done = &mut exchange => done,
            _ = &mut connection => exchange.await,
        }
    }

    pub(crate) async fn answer(self) -> Answer {
        self.send().await.unwrap()
    }
}

/// An app on a device, with a bearer token.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) api: String,
    pub(crate) requestor: &'static str,
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) bearer: String,
    pub(crate) platform_token: Option<String>,
}

impl Device {
    /// Registered with an app of the built-in configuration's kind.
    pub(crate) async fn register(sandbox: &Sandbox, id: &str, requestor: &'static str) -> Self {
        let registered = register(sandbox, &sandbox.software_statement(App::default())).await.json();
        let text = |name: &str| registered[name].as_str().unwrap().to_owned();
        let (client_id, client_secret) = (text("client_id"), text("client_secret"));
        let bearer = token(sandbox, &client_id, &client_secret).await.json();
        Self {
            api: sandbox.api_url(),
            requestor,
            id: id.to_owned(),
            client_id,
            client_secret,
            bearer: bearer["access_token"].as_str().unwrap().to_owned(),
            platform_token: None,
        }
    }

    pub(crate) fn with_platform_token(mut self, token: String) -> Self {
        self.platform_token = Some(token);
        self
    }

    /// A call with all that nearly every call needs.
    pub(crate) fn ask(&self, method: &'static str, path: &str, extra: &[(&str, &str)]) -> Ask {
        let query = Serializer::new(String::new())
            .append_pair("deviceId", &self.id)
            .append_pair("requestor", self.requestor)
            .extend_pairs(extra)
            .finish();
        let ask = Ask::new(method, format!("{}{path}?{query}", self.api))
            .header("authorization", format!("Bearer {}", self.bearer))
            .header("accept", "application/json")
            .header("x-device-info", DEVICE_INFO);
        match &self.platform_token {
            Some(token) => ask.header("adobe-subject-token", token),
            None => ask,
        }
    }

    pub(crate) async fn get(&self, path: &str, extra: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, extra).answer().await
    }

    /// A fresh registration code.
    pub(crate) async fn code(&self) -> String {
        let path = format!("/reggie/v1/{}/regcode", self.requestor);
        let answer = self.ask("POST", &path, &[]).answer().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["code"].as_str().unwrap().to_owned()
    }

    /// Signed in by code with this account.
    pub(crate) async fn sign_in(&self, sandbox: &Sandbox, account: &str) {
        let code = self.code().await;
        sandbox.viewer(account).approve(&code).await.unwrap();
    }

    pub(crate) async fn signed_in(&self) -> bool {
        self.get("/api/v1/checkauthn", &[]).await.status == 200
    }
}

pub(crate) async fn register(sandbox: &Sandbox, statement: &str) -> Answer {
    Ask::new("POST", format!("{}/o/client/register", sandbox.sp_url()))
        .header("x-device-info", DEVICE_INFO)
        .json(&serde_json::json!({ "software_statement": statement }))
        .answer()
        .await
}

pub(crate) async fn token(sandbox: &Sandbox, client_id: &str, client_secret: &str) -> Answer {
    token_with(
        sandbox,
        &[("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", client_secret)],
    )
    .await
}

pub(crate) async fn token_with(sandbox: &Sandbox, fields: &[(&str, &str)]) -> Answer {
    Ask::new("POST", format!("{}/o/client/token", sandbox.sp_url()))
        .header("x-device-info", DEVICE_INFO)
        .form(fields)
        .answer()
        .await
}
