//! The app instance's credentials and its bearer token: registered once, refreshed before expiry, one refresh for all.
//!
//! Adobe's page: "Dynamic Client Registration Flow".

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use device_auth::{Clock, Secret, Timestamp, stored};
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

/// What is kept of a registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credentials {
    client: Option<Client>,
    token: Option<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Client {
    id: String,
    #[serde(with = "stored")]
    secret: Secret,
    #[serde(default)]
    scopes: Vec<String>,
    /// Another SDK has registered it, and may have signed the viewer in with it.
    #[serde(default)]
    is_imported: bool,
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
    /// The service has made us register anew, and has accepted nothing by the new registration yet.
    is_on_trial: AtomicBool,
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
                is_on_trial: AtomicBool::new(false),
            }),
        }
    }

    /// Takes over what another SDK has registered for this app instance, unless there is a registration already.
    pub(crate) fn import(&self, credentials: &ClientCredentials) {
        self.shared.kept.update(|kept| {
            kept.client.get_or_insert_with(|| Client {
                id: credentials.id.clone(),
                secret: credentials.secret.clone(),
                scopes: Vec::new(),
                is_imported: true,
            });
        });
    }

    /// Whether another SDK has made the registration.
    pub(crate) fn is_imported(&self) -> bool {
        self.shared.kept.get().client.is_some_and(|client| client.is_imported)
    }

    /// The service has accepted a call under the current registration.
    pub(crate) fn note_accepted(&self) {
        self.shared.is_on_trial.store(false, Ordering::Relaxed);
    }

    /// The id of the registration that the next call will use, where there is one already.
    pub(crate) fn client_id(&self) -> Option<String> {
        self.shared.kept.get().client.map(|client| client.id)
    }

    /// What the registration allows, as the service has put it.
    pub(crate) fn scopes(&self) -> Vec<String> {
        self.shared.kept.get().client.map(|client| client.scopes).unwrap_or_default()
    }

    /// Until when the bearer token that is kept may be used, where there is one.
    pub(crate) fn token_until(&self) -> Option<Timestamp> {
        self.shared.kept.get().token.map(|token| token.expires)
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
        task.await.unwrap_or_else(|ended| {
            Err(Failure::Known(if ended.is_panic() {
                Error::broken("registration ended in a panic; the app's own log has it")
            } else {
                Error::Cancelled
            }))
        })
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
        // Another client on the same store may have registered, or got a token, meanwhile; the app is one instance all the
        // same. After a refusal only a new token will do: the other one's may have been refused as well.
        self.kept.refresh();
        if matches!(rejected, Rejected::Nothing)
            && let Some(bearer) = self.at_hand(rejected)
        {
            return Ok(bearer);
        }
        let client = match (self.kept.get().client, rejected) {
            (Some(client), Rejected::Client(id)) if client.id == *id => {
                self.register_anew(&client.id).await?
            }
            (Some(client), _) => client,
            (None, _) => self.register(None).await?,
        };
        match self.token_for(&client).await {
            Err(failure) if is_invalid_client(&failure) => {
                let client = self.register_anew(&client.id).await?;
                self.token_for(&client).await
            }
            outcome => outcome,
        }
        .map_err(explain)
    }

    /// The service has forgotten us. Once is a reason to register again; a second time, without a single call accepted in
    /// between, is not.
    async fn register_anew(&self, forgotten: &str) -> Result<Client, Failure> {
        if self.is_on_trial.load(Ordering::Relaxed) {
            return Err(Failure::Known(Error::fix(
                "the service refuses the credentials it has just issued",
                "check with Adobe that the registered application and its software statement are still approved",
            )));
        }
        log::info!("the service does not know this registration any more: registering again");
        let client = self.register(Some(forgotten)).await?;
        self.is_on_trial.store(true, Ordering::Relaxed);
        Ok(client)
    }

    /// Registers, in place of a registration that the service has forgotten.
    async fn register(&self, forgotten: Option<&str>) -> Result<Client, Failure> {
        let registered = self.courier.ask(&Register { statement: &self.statement }).await.map_err(explain)?;
        let ours = Client {
            id: registered.client_id,
            secret: registered.client_secret,
            scopes: registered.scopes,
            is_imported: false,
        };
        let kept = self.kept.update(|kept| {
            // Two clients that registered at the same moment agree on what was noted first.
            let theirs = kept.client.take_if(|client| Some(client.id.as_str()) != forgotten);
            if theirs.is_none() {
                kept.token = None;
            }
            kept.client = Some(theirs.unwrap_or_else(|| ours.clone()));
        });
        Ok(kept.client.unwrap_or(ours))
    }

    async fn token_for(&self, client: &Client) -> Result<Bearer, Failure> {
        let request =
            AccessToken { client_id: &client.id, client_secret: &client.secret, now: self.clock.now() };
        let answer = self.courier.ask(&request).await?;
        let token = Token { text: answer.token, expires: answer.expires };
        self.kept.update(|kept| kept.token = Some(token.clone()));
        Ok(Bearer { token: token.text, client_id: client.id.clone() })
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
