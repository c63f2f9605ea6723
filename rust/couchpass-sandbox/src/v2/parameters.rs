//! The parameters of v2's calls: in the query, in a form, or in JSON, and no others than those.
//!
//! Adobe's page: "REST API V2 Checklist", which announces a 400 for what is not expected. v2's catalogue has no code for
//! it, nor for a wrong media type, so the body tells in words alone.

use serde::Deserialize;
use url::Url;

use crate::call::Call;
use crate::catalogue::ErrorCode;
use crate::problem::Problem;
use crate::request::Pairs;
use crate::resource::Asked;

/// The carrier of a platform token in a query or a form, as v1 has it.
const PLATFORM_TOKEN: &str = "ast";

#[derive(Deserialize)]
struct Resources {
    resources: Vec<String>,
}

impl Call<'_> {
    /// The query holds these and nothing else.
    pub(super) fn expect_query(&self, names: &[&str]) -> Result<(), Problem> {
        expect(&self.request.query, names)
    }

    /// The body is a form, and holds these and nothing else.
    pub(super) fn expect_form(&self, names: &[&str]) -> Result<(), Problem> {
        self.expect_query(&[])?;
        if !self.request.is("application/x-www-form-urlencoded") {
            return Err(Problem::plain(400, "The body is not application/x-www-form-urlencoded"));
        }
        expect(&self.request.form, names)
    }

    /// The list of resources in a JSON body.
    pub(super) fn resources(&self, most: usize) -> Result<Vec<Asked>, Problem> {
        self.expect_query(&[])?;
        if !self.request.is("application/json") {
            return Err(Problem::plain(400, "The body is not application/json"));
        }
        let flawed = || Problem::of(ErrorCode::InvalidParameterResources);
        let Resources { resources } = serde_json::from_slice(&self.request.body).map_err(|_| flawed())?;
        if resources.is_empty() || resources.iter().any(|resource| resource.trim().is_empty()) {
            return Err(flawed());
        }
        if resources.len() > most {
            // Its own status is 403, but the reference of the decisions knows 400 for a request that is to be corrected.
            return Err(Problem::of(ErrorCode::TooManyResources).answered_with(400));
        }
        resources.iter().map(|text| Asked::read(text).map_err(|_| flawed())).collect()
    }
}

fn expect(pairs: &Pairs, names: &[&str]) -> Result<(), Problem> {
    let stranger = pairs.iter().find(|(name, _)| name != PLATFORM_TOKEN && !names.contains(&name.as_str()));
    let refused = |name: &str| Problem::plain(400, format!("Unexpected parameter '{name}'"));
    stranger.map_or(Ok(()), |(name, _)| Err(refused(name)))
}

/// An address that a browser can end at: any scheme, since apps have their own, but nothing that runs by itself.
pub(super) fn redirect_url(text: &str) -> Result<String, Problem> {
    let inert = |url: &Url| !matches!(url.scheme(), "data" | "javascript");
    match Url::parse(text) {
        Ok(url) if inert(&url) => Ok(text.to_owned()),
        _ => Err(Problem::of(ErrorCode::InvalidParameterRedirectUrl)),
    }
}
