//! Registered applications, their clients, and the clients' bearer tokens.
//!
//! Adobe's pages: "Retrieve client credentials" and "Retrieve access token".

use serde::{Deserialize, Serialize};

use super::{State, seconds};
use crate::catalogue::ErrorCode;
use crate::clock::Millis;
use crate::config::{App, SCOPE_V1, SCOPE_V2};
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::random;
use crate::record::fingerprint;

/// The audience of a software statement, so that no platform token passes for one.
const AUDIENCE: &str = "couchpass-sandbox-dcr";

pub(super) struct Client {
    secret: String,
    software_id: String,
}

pub(super) struct Bearer {
    client: String,
    expires: Millis,
}

#[derive(Deserialize, Serialize)]
struct Statement {
    aud: String,
    software_id: String,
    client_name: String,
    /// Which app this is, if the sandbox that reads it has not heard of it.
    scopes: Vec<String>,
    requestors: Vec<String>,
}

/// A client that may call the API.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) client: String,
    pub(crate) app: App,
}

impl Caller {
    /// Refuses a requestor that its application is not registered for.
    pub(crate) fn speaks_for(&self, requestor: &str) -> Result<(), Problem> {
        if self.app.requestors.is_empty() || self.app.requestors.iter().any(|id| id == requestor) {
            return Ok(());
        }
        Err(Problem::new(401, ErrorCode::InvalidAccessTokenServiceProvider, "Unauthorized"))
    }
}

/// A client that is registered, without its secrets.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct KnownClient {
    /// The [`fingerprint`](crate::fingerprint) of its `client_id`.
    pub fingerprint: String,
    /// The app that it is an instance of.
    pub software_id: String,
}

/// What a registration hands out.
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) scopes: Vec<String>,
}

impl State {
    /// The software statement of an app, and the app known from now on.
    pub(crate) fn statement(&mut self, app: &App) -> String {
        self.config.apps.retain(|known| known.software_id != app.software_id);
        self.config.apps.push(app.clone());
        self.key.sign(&Statement {
            aud: AUDIENCE.into(),
            software_id: app.software_id.clone(),
            client_name: app.name.clone(),
            scopes: app.scopes.clone(),
            requestors: app.requestors.clone(),
        })
    }

    pub(crate) fn register(&mut self, statement: &str) -> Result<Registered, Problem> {
        let Some(statement) =
            self.key.read::<Statement>(statement).filter(|statement| statement.aud == AUDIENCE)
        else {
            return Err(Problem::oauth(400, "invalid_software_statement"));
        };
        let software_id = statement.software_id.clone();
        if self.app(&software_id).is_none() {
            // Signed with our key: made by a sandbox before this one. The apps of the configuration are known anyway.
            self.config.apps.push(App {
                name: statement.client_name,
                software_id: statement.software_id,
                scopes: statement.scopes,
                requestors: statement.requestors,
                revoked: false,
            });
        }
        let app = self.app(&software_id).expect("it is known by now");
        if app.revoked {
            return Err(Problem::oauth(400, "unapproved_software_statement"));
        }
        let registered =
            Registered { id: random::uuid(), secret: random::token(), scopes: app.scopes.clone() };
        self.registrations += 1;
        self.clients.insert(registered.id.clone(), Client { secret: registered.secret.clone(), software_id });
        Ok(registered)
    }

    /// A bearer token and its lifetime in seconds.
    pub(crate) fn bearer(
        &mut self,
        client: &str,
        secret: &str,
        now: Millis,
    ) -> Result<(String, u64), Problem> {
        let known = self.clients.get(client).filter(|known| known.secret == secret);
        let Some(app) = known.and_then(|known| self.app(&known.software_id)).filter(|app| !app.revoked)
        else {
            return Err(Problem::oauth(400, "invalid_client"));
        };
        if app.scopes.is_empty() {
            return Err(Problem::oauth(400, "unauthorized_client"));
        }
        let lives = self.config.lifetimes.bearer_s;
        let token = random::token();
        self.bearers.insert(
            token.clone(),
            Bearer { client: client.to_owned(), expires: now.saturating_add(seconds(lives)) },
        );
        Ok((token, lives))
    }

    /// The client behind a bearer token, if its application may call this version of the API.
    ///
    /// v2's checklist has a 401 for an application without its scope, and v2's catalogue one code for whatever is wrong
    /// with the application, which asks for another registration.
    pub(crate) fn caller(&self, token: Option<&str>, api: Api, now: Millis) -> Result<Caller, Problem> {
        let (scope, unfit) = match api {
            Api::V1 => (SCOPE_V1, None),
            Api::V2 => (SCOPE_V2, Some(Problem::of(ErrorCode::InvalidAccessTokenClientApplication))),
        };
        let bearer = token.and_then(|token| self.bearers.get(token)).filter(|bearer| bearer.expires > now);
        let Some(bearer) = bearer else { return Err(Problem::oauth(401, "access_denied")) };
        let Some(client) = self.clients.get(&bearer.client) else {
            return Err(unfit.unwrap_or_else(|| Problem::oauth(403, "invalid_client")));
        };
        let app = self.app(&client.software_id).filter(|app| !app.revoked);
        let Some(app) = app else {
            return Err(Problem::new(401, ErrorCode::InvalidAccessTokenClientApplication, "Unauthorized"));
        };
        if !app.scopes.iter().any(|have| have == scope) {
            return Err(unfit.unwrap_or_else(|| Problem::oauth(403, "insufficient_scope")));
        }
        Ok(Caller { client: bearer.client.clone(), app: app.clone() })
    }

    pub(crate) fn app(&self, software_id: &str) -> Option<&App> {
        self.config.apps.iter().find(|app| app.software_id == software_id)
    }

    /// The app with this name or software id.
    pub(crate) fn app_named(&self, app: &str) -> Option<&App> {
        self.config.apps.iter().find(|known| known.name == app || known.software_id == app)
    }

    /// Revokes the statement of the app with this name or software id.
    pub(crate) fn revoke(&mut self, app: &str) {
        self.config
            .apps
            .iter_mut()
            .filter(|a| a.name == app || a.software_id == app)
            .for_each(|a| a.revoked = true);
    }

    /// The secrets that clients hold now: their own, and their bearer tokens.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let own = self.clients.values().map(|client| client.secret.clone());
        own.chain(self.bearers.keys().cloned()).collect()
    }

    /// The clients that are registered now: id and secret.
    pub(crate) fn credentials(&self) -> Vec<(String, String)> {
        self.clients.iter().map(|(id, client)| (id.clone(), client.secret.clone())).collect()
    }

    pub(crate) fn expire_bearers(&mut self) {
        self.bearers.clear();
    }

    /// The clients that are registered now, in the order of their fingerprints.
    pub(crate) fn known_clients(&self) -> Vec<KnownClient> {
        let known = |(id, client): (&String, &Client)| KnownClient {
            fingerprint: fingerprint(id),
            software_id: client.software_id.clone(),
        };
        let mut clients: Vec<_> = self.clients.iter().map(known).collect();
        clients.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        clients
    }

    /// Forgets a client, by its id or the fingerprint of it: its credentials are invalid from now on, and what it had
    /// is out of reach. `false` if there is none.
    pub(crate) fn forget_client(&mut self, client: &str) -> bool {
        let before = self.clients.len();
        self.clients.retain(|id, _| id != client && fingerprint(id) != client);
        self.clients.len() < before
    }

    pub(crate) fn forget_clients(&mut self) {
        self.clients.clear();
    }
}
