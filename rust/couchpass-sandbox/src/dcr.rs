//! Dynamic Client Registration: credentials for an app instance, and bearer tokens for its calls.
//!
//! Adobe's pages: "Retrieve client credentials", "Retrieve access token".

use serde::Deserialize;

use crate::call::{Call, Outcome, Reply};
use crate::device;
use crate::problem::Problem;
use crate::random;
use crate::render::{Document, Node, map};

/// The body of a registration. Fields that nobody has asked for are let through.
#[derive(Deserialize)]
struct Registration {
    #[serde(default)]
    software_statement: String,
    redirect_uri: Option<String>,
}

const INVALID_REQUEST: &str = "invalid_request";

/// `POST /o/client/register`
pub(crate) fn register(call: &mut Call<'_>) -> Outcome {
    let invalid = || Problem::oauth(400, INVALID_REQUEST);
    device::info(call.request).map_err(|_| invalid())?;
    if !call.request.is("application/json") {
        return Err(invalid());
    }
    // A repeated field is an error of its own with serde.
    let registration: Registration = serde_json::from_slice(&call.request.body).map_err(|_| invalid())?;
    if registration.software_statement.is_empty() {
        return Err(invalid());
    }
    if registration.redirect_uri.as_ref().is_some_and(|uri| url::Url::parse(uri).is_err()) {
        return Err(Problem::oauth(400, "invalid_redirect_uri"));
    }
    let registered = call.state.register(&registration.software_statement)?;
    let texts = |texts: Vec<String>| Node::List("value", texts.into_iter().map(Node::from).collect());
    let redirect_uri = registration.redirect_uri.unwrap_or_else(|| format!("app://{}", registered.id));
    let document = Document::new(
        "client",
        map([
            ("client_id", registered.id.into()),
            ("client_secret", registered.secret.into()),
            ("client_id_issued_at", (call.now / 1000).into()),
            ("redirect_uris", texts(vec![redirect_uri])),
            ("grant_types", texts(vec!["client_credentials".into()])),
            ("scopes", texts(registered.scopes)),
        ]),
    );
    Ok(Reply::Json { status: 201, document })
}

/// `POST /o/client/token`
pub(crate) fn token(call: &mut Call<'_>) -> Outcome {
    let invalid = || Problem::oauth(400, INVALID_REQUEST);
    let request = call.request;
    device::info(request).map_err(|_| invalid())?;
    // More than one way to authenticate the client is invalid, too.
    if !request.is("application/x-www-form-urlencoded") || request.header("authorization").is_some() {
        return Err(invalid());
    }
    let field = |name| request.form(name).filter(|_| !request.repeats(name)).ok_or_else(invalid);
    let (client, secret, grant) = (field("client_id")?, field("client_secret")?, field("grant_type")?);
    if grant != "client_credentials" {
        return Err(Problem::oauth(400, "unsupported_grant_type"));
    }
    let (token, lives_s) = call.state.bearer(client, secret, call.now)?;
    let document = Document::new(
        "token",
        map([
            ("id", random::uuid().into()),
            ("access_token", token.into()),
            ("created_at", call.now.into()),
            ("expires_in", lives_s.into()),
            ("token_type", "bearer".into()),
        ]),
    );
    Ok(Reply::Json { status: 201, document })
}
