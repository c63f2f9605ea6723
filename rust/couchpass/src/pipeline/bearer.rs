//! The app instance's credentials and its bearer token: registered once, refreshed before expiry, one refresh for all.
//!
//! Adobe's page: "Dynamic Client Registration Flow".

use std::{sync::Arc, time::Duration};

use device_auth::{Clock, Secret, StoreError, Timestamp, stored};
use serde::{Deserialize, Serialize};

use super::courier::Courier;
use crate::{
    ClientCredentials, Error, Result, SoftwareStatement,
    endpoints::registration::{AccessToken, Register},
    failure::Failure,
    slot::Slot,
};

/// A token this close to its end is not sent any more: the request has to arrive before it.
const MARGIN: Duration = Duration::from_secs(60);
/// Credentials refused again this soon after a new registration are not the problem: the statement is.
const REREGISTER_AFTER: Duration = Duration::from_secs(3600);

/// What is kept of a registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credentials {
    client: Option<Client>,
    token: Option<Token>,
    /// When the service last made us register anew.
    reregistered: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Client {
    id: String,
    #[serde(with = "stored")]
    secret: Secret,
    #[serde(default)]
    scopes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    #[serde(with = "stored")]
    text: Secret,
    expires: Timestamp,
}

/// A bearer token and the registration it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub(crate) token: Secret,
    pub(crate) client_id: String,
}

/// What a caller knows to be of no use.
#[derive(Clone, Debug)]
pub(crate) enum Rejected {
    Nothing,
    /// The service has refused this token.
    Token(Secret),
    /// The service does not know this registration any more.
    Client(String),
}

/// Hands out bearer tokens.
#[derive(Clone, Debug)]
pub(crate) struct Bearers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    courier: Arc<Courier>,
    statement: SoftwareStatement,
    clock: Arc<dyn Clock>,
    kept: Slot<Credentials>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl Bearers {
    pub(crate) fn new(
        courier: Arc<Courier>,
        statement: SoftwareStatement,
        clock: Arc<dyn Clock>,
        kept: Slot<Credentials>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                courier,
                statement,
                clock,
                kept,
                one_at_a_time: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Takes over what another SDK has registered for this app instance, unless there is a registration already.
    pub(crate) fn import(&self, credentials: &ClientCredentials) -> Result<(), StoreError> {
        self.shared.keep(|kept| {
            kept.client.get_or_insert_with(|| Client {
                id: credentials.id.clone(),
                secret: credentials.secret.clone(),
                scopes: Vec::new(),
            });
        })
    }

    /// The id of the registration that the next call will use, where there is one already.
    pub(crate) fn client_id(&self) -> Option<String> {
        self.shared.kept.get().client.map(|client| client.id)
    }

    /// What the registration allows, as the service has put it.
    pub(crate) fn scopes(&self) -> Vec<String> {
        self.shared.kept.get().client.map(|client| client.scopes).unwrap_or_default()
    }

    /// A token that is none of the rejected.
    ///
    /// Registering and refreshing go on in a task of their own: a caller that gives up must not leave a registration
    /// behind that nobody has noted.
    pub(crate) async fn current(&self, rejected: Rejected) -> Result<Bearer, Failure> {
        if let Some(bearer) = self.shared.at_hand(&rejected) {
            return Ok(bearer);
        }
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let _turn = shared.one_at_a_time.lock().await;
            match shared.at_hand(&rejected) {
                Some(bearer) => Ok(bearer),
                None => shared.obtain(&rejected).await,
            }
        });
        task.await.unwrap_or(Err(Failure::Known(Error::Cancelled)))
    }
}

impl Shared {
    fn at_hand(&self, rejected: &Rejected) -> Option<Bearer> {
        let Credentials { client: Some(client), token: Some(token), .. } = self.kept.get() else {
            return None;
        };
        let is_rejected = match rejected {
            Rejected::Nothing => false,
            Rejected::Token(text) => *text == token.text,
            Rejected::Client(id) => *id == client.id,
        };
        let is_fresh = token.expires.since(self.clock.now()) > MARGIN;
        (!is_rejected && is_fresh).then_some(Bearer { token: token.text, client_id: client.id })
    }

    async fn obtain(&self, rejected: &Rejected) -> Result<Bearer, Failure> {
        // An app may have several clients over one store, and is one instance all the same: another one may have
        // registered, or got a token, since this one was built. After a refusal only a new token will do: that of the
        // other one may have been refused as well.
        let kept = self.kept.reload()?;
        if matches!(rejected, Rejected::Nothing)
            && let Some(bearer) = self.at_hand(rejected)
        {
            return Ok(bearer);
        }
        let client = match (kept.client, rejected) {
            (Some(client), Rejected::Client(id)) if client.id == *id => self.register_anew().await?,
            (Some(client), _) => client,
            (None, _) => self.register(|_| ()).await?,
        };
        match self.token_for(&client).await {
            Err(failure) if is_invalid_client(&failure) => {
                let client = self.register_anew().await?;
                self.token_for(&client).await
            }
            outcome => outcome,
        }
        .map_err(explain)
    }

    /// The service has forgotten us. Once is a reason to register again; twice in a row is not.
    async fn register_anew(&self) -> Result<Client, Failure> {
        let now = self.clock.now();
        if self.kept.get().reregistered.is_some_and(|last| now.since(last) < REREGISTER_AFTER) {
            return Err(Failure::Known(Error::fix(
                "the service refuses the credentials it has just issued",
                "check with Adobe that the registered application and its software statement are still approved",
            )));
        }
        log::info!("the service does not know this registration any more: registering again");
        self.register(|kept| kept.reregistered = Some(now)).await
    }

    async fn register(&self, note: impl Fn(&mut Credentials)) -> Result<Client, Failure> {
        let before = self.kept.get().client;
        let registered = self.courier.ask(&Register { statement: &self.statement }).await.map_err(explain)?;
        let client =
            Client { id: registered.client_id, secret: registered.client_secret, scopes: registered.scopes };
        let kept = self.kept.update(|kept| {
            // Whoever was quicker has named this installation; ours goes unused.
            if kept.client.is_none() || kept.client == before {
                kept.client = Some(client.clone());
                kept.token = None;
                note(kept);
            }
        })?;
        Ok(kept.client.unwrap_or(client))
    }

    async fn token_for(&self, client: &Client) -> Result<Bearer, Failure> {
        let request =
            AccessToken { client_id: &client.id, client_secret: &client.secret, now: self.clock.now() };
        let answer = self.courier.ask(&request).await?;
        let token = Token { text: answer.token, expires: answer.expires };
        self.keep(|kept| kept.token = Some(token.clone()))?;
        Ok(Bearer { token: token.text, client_id: client.id.clone() })
    }

    fn keep(&self, change: impl Fn(&mut Credentials)) -> Result<(), StoreError> {
        self.kept.update(change).map(|_| ())
    }
}

fn is_invalid_client(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { complaint, .. } if complaint.code() == Some("invalid_client"))
}

/// The registration's error words, as something that a developer can act on.
fn explain(failure: Failure) -> Failure {
    let Failure::Refused { call, status, complaint } = &failure else { return failure };
    let remedy = match complaint.code() {
        Some("invalid_software_statement") => {
            "the software statement is not Adobe's or was altered: download it again"
        }
        Some("unapproved_software_statement") => {
            "the software statement is revoked or not approved: ask Adobe for a new one, no retry helps"
        }
        Some("invalid_redirect_uri") => {
            "the registered application's redirect URI does not fit: check it with Adobe"
        }
        Some("unauthorized_client" | "unsupported_grant_type") => {
            "the registered application may not obtain tokens this way: check its scopes with Adobe"
        }
        Some("invalid_client") => {
            "the registration is not accepted: check the registered application with Adobe"
        }
        // Whatever a bare 4xx means for other calls, here it means that this is not where, or who, may register.
        _ if (401..500).contains(status) => {
            "registration is not possible here: check the environment and the registered application"
        }
        _ => return failure,
    };
    Failure::Known(Error::FixConfiguration {
        remedy: remedy.to_owned(),
        report: complaint.report(call, *status),
    })
}
