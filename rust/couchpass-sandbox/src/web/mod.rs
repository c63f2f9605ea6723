//! The second screen: the programmer's login page and the MVPD's own pages, for any browser, with scripts or without.
//!
//! Adobe's pages: "REST API Cookbook (Client to Server)": the login web app's part; for v2 "Basic authentication flow
//! performed within secondary application".

mod assets;
mod logo;
mod pages;
mod programmer;
mod provider;

pub(crate) use assets::{Asset, asset};

use crate::call::{Call, Outcome, Reply};
use crate::problem::Problem;
use crate::state::CodeRecord;

/// Serves any page.
pub(crate) fn serve(call: &mut Call<'_>) -> Outcome {
    let path = call.request.path.clone();
    match (call.request.method.as_str(), path.as_str()) {
        ("GET", "/") => Ok(redirect("/activate")),
        ("GET", "/activate") => Ok(programmer::activate(call)),
        ("POST", "/activate") => Ok(programmer::entered(call)),
        ("GET", "/providers") => Ok(programmer::picker(call)),
        ("GET", "/resume") => programmer::resume(call),
        ("GET", "/done") => Ok(programmer::done(call)),
        ("GET", "/mvpd/login") => Ok(provider::login(call)),
        ("POST", "/mvpd/login") => Ok(provider::log_in(call)),
        ("GET", "/mvpd/consent") => Ok(provider::consent(call)),
        ("POST", "/mvpd/consent") => Ok(provider::answer(call)),
        ("GET", "/mvpd/logout") => provider::log_out(call),
        _ => Err(Problem::page(404, "404 Not Found")),
    }
}

/// Serves what the pages are made with.
pub(crate) fn serve_asset(call: &Call<'_>) -> Outcome {
    let path = call.request.path.as_str();
    let found = asset(path).map(Reply::Asset);
    found.or_else(|| logo(call, path)).ok_or_else(|| Problem::page(404, "404 Not Found"))
}

/// The page after a form has been sent, so that reloading it sends nothing twice.
fn redirect(to: impl Into<String>) -> Reply {
    Reply::Redirect { status: 303, to: to.into() }
}

/// The app and the device behind a code, in the words of a page.
fn screen(record: &CodeRecord) -> pages::Screen {
    pages::Screen { app: record.app_name.clone(), device: crate::device::spoken(&record.device_info) }
}

/// The logo of an MVPD or of a requestor.
fn logo(call: &Call<'_>, path: &str) -> Option<Reply> {
    let id = path.strip_prefix("/logo/")?.strip_suffix(".svg")?;
    let config = &call.state.config;
    let mvpd = config.mvpd(id).map(|mvpd| mvpd.display_name.as_str());
    let name = mvpd.or_else(|| config.requestor(id).map(|requestor| requestor.name.as_str()))?;
    Some(Reply::Svg(logo::draw(id, name)))
}
