//! The sandbox's control API, as far as a load needs it. It is what tells a sandbox from any other service: whoever does not
//! answer like one, on this machine, gets no load.

use bytes::Bytes;
use couchpass::is_loopback;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use url::Url;

use crate::failure::Failure;

/// The control API of a sandbox on this machine.
#[derive(Clone, Debug)]
pub(super) struct Control {
    url: Url,
}

/// Where the sandbox is.
#[derive(Debug)]
pub(super) struct Addresses {
    pub(super) api: String,
    pub(super) sp: String,
}

impl Control {
    /// Takes an address of this machine and no other.
    pub(super) fn at(address: &str) -> Result<Self, Failure> {
        match Url::parse(address) {
            Ok(url) if url.scheme() == "http" && is_loopback(&url) => Ok(Self { url }),
            _ => Err(Failure::configuration(
                "a load is for a sandbox on this machine alone, and this is no plain http address of it",
                "start couchpass sandbox --control-port PORT here and name http://127.0.0.1:PORT, or leave --control out",
            )),
        }
    }

    /// Makes sure that it is a sandbox, all of it on this machine.
    pub(super) async fn addresses(&self) -> Result<Addresses, Failure> {
        let told = self.ask(Method::GET, "/", None).await?;
        let address = |name: &str| {
            let address = told[name].as_str()?;
            Url::parse(address).is_ok_and(|url| is_loopback(&url)).then(|| address.to_owned())
        };
        match (address("api"), address("sp"), address("web")) {
            (Some(api), Some(sp), Some(_)) => Ok(Addresses { api, sp }),
            _ => Err(no_sandbox("it does not tell where it is, or is not on this machine alone")),
        }
    }

    /// The software statement of one of the sandbox's own apps.
    pub(super) async fn statement(&self, app: &str) -> Result<String, Failure> {
        let told = self.ask(Method::POST, "/statements", Some(json!({ "app": app }))).await?;
        text(&told, "software_statement")
    }

    /// A platform token for one viewer.
    pub(super) async fn platform_token(&self, subject: &str) -> Result<String, Failure> {
        let told = self.ask(Method::POST, "/platform-tokens", Some(json!({ "subject": subject }))).await?;
        text(&told, "token")
    }

    /// Plays the viewer who types a code and signs in.
    pub(super) async fn approve(&self, code: &str, account: &str) -> Result<(), Failure> {
        let path = format!("/codes/{code}/approve");
        self.ask(Method::POST, &path, Some(json!({ "account": account }))).await.map(drop)
    }

    /// One request on a connection of its own. Nothing of an answer but the sandbox's own message is repeated.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let (status, answer) = self.exchange(method, path, body).await.map_err(|error| no_sandbox(&error))?;
        let told: Value = serde_json::from_slice(&answer).unwrap_or_default();
        match status {
            200..300 => Ok(told),
            _ => Err(no_sandbox(
                told["message"].as_str().unwrap_or("it answers with an error that is not a sandbox's"),
            )),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Bytes), String> {
        let authority = self.url.authority();
        let port = self.url.port_or_known_default().unwrap_or_default();
        let host = self.url.host_str().unwrap_or_default();
        let stream = TcpStream::connect(format!("{host}:{port}")).await.map_err(|error| error.to_string())?;
        let words = |error: hyper::Error| error.to_string();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(words)?;
        let connection = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, authority)
            .header("couchpass-control", "1")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.map(|body| body.to_string()).unwrap_or_default())))
            .map_err(|error| error.to_string())?;
        let answer = sender.send_request(request).await.map_err(words)?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(words)?.to_bytes();
        connection.abort();
        Ok((status, body))
    }
}

fn text(told: &Value, name: &str) -> Result<String, Failure> {
    told[name].as_str().map(str::to_owned).ok_or_else(|| no_sandbox("an answer of it is not a sandbox's"))
}

fn no_sandbox(why: &str) -> Failure {
    Failure::configuration(
        format!("there is no sandbox to put a load on: {why}"),
        "leave --control out for a sandbox of its own, or name the control address of one with the built-in configuration",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_ever_asked() {
        for good in ["http://127.0.0.1:4599", "http://localhost:1", "http://[::1]:4599"] {
            assert!(Control::at(good).is_ok(), "{good}");
        }
        for bad in [
            "https://api.auth.adobe.com",
            "http://sp.auth-staging.adobe.com",
            "http://10.0.0.7:4599",
            "http://127.0.0.1.example:80",
            "https://127.0.0.1:4599",
            "4599",
        ] {
            assert!(Control::at(bad).is_err(), "{bad}");
        }
    }
}
