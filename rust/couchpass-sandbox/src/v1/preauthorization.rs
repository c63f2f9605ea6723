//! Which of these may this viewer watch: for a list of channels, without playing any.
//!
//! Adobe's pages: "Retrieve List of Preauthorized Resources", and the same "by Second Screen Web App".

use crate::call::{Call, Outcome, Reply};
use crate::problem::{Code, Problem};
use crate::random;
use crate::render::{Document, Node, map};
use crate::resource::{Asked, Denial};
use crate::state::{Authentication, NoAuthentication};

/// `GET /api/v1/preauthorize`
pub(super) fn by_device(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let asked = resources(call)?;
    let authentication = call.authentication(&holder).map_err(not_signed_in)?;
    decide(call, &authentication, &asked)
}

/// `GET /api/v1/preauthorize/{code}`
pub(super) fn by_code(call: &mut Call<'_>) -> Outcome {
    let missing = || not_signed_in(NoAuthentication::Missing);
    let holder = call.holder_of_code()?.ok_or_else(missing)?;
    let asked = resources(call)?;
    let authentication = call.state.authentication(&holder, None, call.now).map_err(not_signed_in)?;
    decide(call, &authentication, &asked)
}

fn resources(call: &Call<'_>) -> Result<Vec<Asked>, Problem> {
    let list =
        call.request.parameter("resource").map(Asked::read_list).transpose()?.filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| Problem::absent(Code::MissingResource, "resource"))?;
    let most = call.state.config.limits.preauthorized_resources;
    if list.len() > most {
        let message = format!("{} resources are more than {most}", list.len());
        return Err(Problem::new(403, Code::TooManyResources, message).detailed(None));
    }
    Ok(list)
}

fn not_signed_in(why: NoAuthentication) -> Problem {
    let code = match why {
        NoAuthentication::Missing => Code::PreauthorizationAuthenticationSessionMissing,
        NoAuthentication::Expired => Code::PreauthorizationAuthenticationSessionExpired,
    };
    Problem::new(412, code, "User not authenticated").detailed(None)
}

fn decide(call: &Call<'_>, authentication: &Authentication, asked: &[Asked]) -> Outcome {
    let decided = asked.iter().map(|asked| {
        let decision = call.state.decision(authentication, asked);
        let mut fields =
            vec![("id".into(), asked.text.as_str().into()), ("authorized".into(), decision.is_ok().into())];
        if let Some(denial) = decision.err().filter(|_| call.enhanced) {
            fields.push(("error".into(), error(denial)));
        }
        Node::Map(fields)
    });
    let document =
        Document::new("resources", map([("resources", Node::List("resource", decided.collect()))]));
    let headers =
        vec![("adobe-request-id", random::uuid()), ("adobe-response-confidence", "full".to_owned())];
    Ok(Reply::Document { status: 200, document: document.list_as_root(), headers })
}

fn error(denial: Denial) -> Node {
    let code = if denial.parental {
        Code::AuthorizationDeniedByParentalControls
    } else {
        Code::PreauthorizationDeniedByMvpd
    };
    Problem::new(403, code, "").detailed(Some(denial.details)).enhanced()
}
