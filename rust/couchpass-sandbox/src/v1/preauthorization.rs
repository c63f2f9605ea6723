//! Which of these may this viewer watch: for a list of channels, without playing any.
//!
//! Adobe's pages: "Retrieve List of Preauthorized Resources", and the same "by Second Screen Web App".

use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::problem::Problem;
use crate::random;
use crate::render::{Document, Node, map};
use crate::resource::{Asked, Why};
use crate::state::{Authentication, Holder, NoAuthentication};

/// `GET /api/v1/preauthorize`
pub(super) fn by_device(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let asked = resources(call)?;
    let authentication = call.authentication(&holder).map_err(not_signed_in)?;
    decide(call, &holder, &authentication, &asked)
}

/// `GET /api/v1/preauthorize/{code}`
pub(super) fn by_code(call: &mut Call<'_>) -> Outcome {
    let missing = || not_signed_in(NoAuthentication::Missing);
    let holder = call.holder_of_code()?.ok_or_else(missing)?;
    let asked = resources(call)?;
    let authentication = call.state.authentication(&holder, None, call.now).map_err(not_signed_in)?;
    decide(call, &holder, &authentication, &asked)
}

fn resources(call: &Call<'_>) -> Result<Vec<Asked>, Problem> {
    let list =
        call.request.parameter("resource").map(Asked::read_list).transpose()?.filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| Problem::absent(ErrorCode::MissingResource, "resource"))?;
    let most = call.state.config.limits.preauthorized_resources;
    if list.len() > most {
        let message = format!("{} resources are more than {most}", list.len());
        return Err(Problem::new(403, ErrorCode::TooManyResources, message).detailed(None));
    }
    Ok(list)
}

fn not_signed_in(why: NoAuthentication) -> Problem {
    let code = match why {
        NoAuthentication::Missing => ErrorCode::PreauthorizationAuthenticationSessionMissing,
        NoAuthentication::Expired => ErrorCode::PreauthorizationAuthenticationSessionExpired,
    };
    Problem::new(412, code, "User not authenticated").detailed(None)
}

fn decide(call: &mut Call<'_>, holder: &Holder, authentication: &Authentication, asked: &[Asked]) -> Outcome {
    let enhanced = call.state.enhanced;
    let items = asked.iter().map(|asked| {
        let why = refusal(call, holder, authentication, asked);
        let mut fields =
            vec![("id".into(), asked.text.as_str().into()), ("authorized".into(), why.is_none().into())];
        if let Some(problem) = why.filter(|_| enhanced) {
            fields.push(("error".into(), problem.enhanced()));
        }
        Node::Map(fields)
    });
    let list = Node::List("resource", items.collect());
    let document = Document::new("resources", map([("resources", list)]));
    let headers =
        vec![("adobe-request-id", random::uuid()), ("adobe-response-confidence", "full".to_owned())];
    Ok(Reply::Document { status: 200, document: document.list_as_root(), headers })
}

/// Why this resource may not be watched, if it may not.
fn refusal(
    call: &mut Call<'_>,
    holder: &Holder,
    authentication: &Authentication,
    asked: &Asked,
) -> Option<Problem> {
    if let Some(refusal) = call.state.refused(holder, asked) {
        return Some(Problem::new(refusal.code.status(), refusal.code, "").detailed(refusal.details));
    }
    let denial = call.state.decision(holder, authentication, asked, call.now).err()?;
    let code = if denial.why == Why::Parental {
        ErrorCode::AuthorizationDeniedByParentalControls
    } else {
        ErrorCode::PreauthorizationDeniedByMvpd
    };
    Some(Problem::new(403, code, "").detailed(Some(denial.details)))
}
