//! The second screen: the programmer's login page and the MVPD's own pages, for any browser, without scripts.
//!
//! Adobe's pages: "REST API Cookbook (Client to Server)": the login web app's part; for v2 "Basic authentication flow
//! performed within secondary application".

mod pages;

use url::form_urlencoded::Serializer;

use crate::call::{Call, Outcome, Reply};
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::state::{CodeRecord, CodeState, Destination, Login};
use crate::v2;

/// Serves any page.
pub(crate) fn serve(call: &mut Call<'_>) -> Outcome {
    let path = call.request.path.clone();
    match (call.request.method.as_str(), path.as_str()) {
        ("GET", "/") => Ok(redirect("/activate")),
        ("GET", "/activate") => Ok(activate(call)),
        ("POST", "/activate") => Ok(entered(call)),
        ("GET", "/providers") => Ok(picker(call)),
        ("GET", "/resume") => resume(call),
        ("GET", "/mvpd/login") => login(call),
        ("POST", "/mvpd/login") => log_in(call),
        ("GET", "/mvpd/consent") => consent(call),
        ("POST", "/mvpd/consent") => answer(call),
        ("GET", "/mvpd/logout") => log_out(call),
        ("GET", "/done") => Ok(done(call)),
        ("GET", path) => logo(call, path).ok_or_else(|| Problem::page(404, "404 Not Found")),
        _ => Err(Problem::page(404, "404 Not Found")),
    }
}

/// The page after a form has been sent, so that reloading it sends nothing twice.
fn redirect(to: impl Into<String>) -> Reply {
    Reply::Redirect { status: 303, to: to.into() }
}

fn activate(call: &Call<'_>) -> Reply {
    let code = call.request.query("code").unwrap_or_default();
    Reply::Html { status: 200, html: pages::activate(code, None) }
}

fn entered(call: &Call<'_>) -> Reply {
    let typed = call.request.form("code").unwrap_or_default();
    match call.state.any_code(typed, call.now) {
        Some(record) => redirect(format!("/providers?code={}", record.live.code)),
        None => unknown_code(typed),
    }
}

fn unknown_code(typed: &str) -> Reply {
    let why = "This code is not known, or no longer valid. Look at your TV for the current one.";
    Reply::Html { status: 404, html: pages::activate(typed, Some(why)) }
}

fn picker(call: &Call<'_>) -> Reply {
    let typed = call.request.query("code").unwrap_or_default();
    let Some(record) = call.state.any_code(typed, call.now) else { return unknown_code(typed) };
    // The device may have asked for an MVPD: then there is nothing to pick.
    if let Some(mvpd) = &record.live.mvpd {
        return redirect(chosen(call, record, mvpd));
    }
    let Some(requestor) = call.state.config.requestor(&record.live.requestor) else {
        return unknown_code(typed);
    };
    let choices = requestor.mvpds.iter().filter_map(|id| call.state.config.mvpd(id));
    let choices = choices.filter(|mvpd| mvpd.temp_pass_s.is_none());
    let choices: Vec<_> = choices
        .map(|mvpd| pages::Choice {
            name: mvpd.display_name.clone(),
            logo: crate::v1::logo(mvpd, &call.addresses.web),
            address: chosen(call, record, &mvpd.id),
        })
        .collect();
    Reply::Html { status: 200, html: pages::picker(&requestor.name, &choices) }
}

/// The address that goes on with an MVPD.
fn chosen(call: &Call<'_>, record: &CodeRecord, mvpd: &str) -> String {
    match record.live.api {
        Api::V1 => authenticate(call, record, mvpd),
        Api::V2 => {
            let query = Serializer::new(String::new())
                .append_pair("code", &record.live.code)
                .append_pair("mso_id", mvpd)
                .finish();
            format!("{}/resume?{query}", call.addresses.web)
        }
    }
}

/// The page that ends a sign-in, where the device has named no other.
fn done_page(call: &Call<'_>, code: &str) -> String {
    format!("{}/done?code={code}", call.addresses.web)
}

/// Completes a session of v2 as a login web app does, and goes on to the MVPD. Whoever is signed in already goes on to
/// the end.
fn resume(call: &mut Call<'_>) -> Outcome {
    let absent = || Problem::page(404, "404 Not Found");
    let typed = call.request.query("code").unwrap_or_default();
    let record = call.state.any_code(typed, call.now).filter(|record| record.live.api == Api::V2);
    let Some(record) = record.cloned() else { return Ok(unknown_code(typed)) };
    let requestor = call.state.config.requestor(&record.live.requestor).ok_or_else(absent)?;
    let mvpd = call.request.query("mso_id").unwrap_or_default();
    let integrated = call.state.config.integration(&requestor.id, mvpd);
    let mvpd = integrated.filter(|mvpd| mvpd.temp_pass_s.is_none()).ok_or_else(absent)?.id.clone();
    let had = record.destination.clone();
    let redirect_url = had.redirect_url.unwrap_or_else(|| done_page(call, &record.live.code));
    let domain = had.domain.or_else(|| requestor.domains.first().cloned());
    let signed_in = v2::reason(call.state, &record.holder, &mvpd, None, call.now).is_some();
    let destination = Destination { domain, redirect_url: Some(redirect_url.clone()) };
    call.state.complete_code(&record.live.code, Some(mvpd), destination);
    if signed_in {
        return Ok(redirect(redirect_url));
    }
    Ok(redirect(format!("{}{}", call.addresses.sp, v2::authenticate_path(&record))))
}

/// The MVPD's own logout: it ends its session, of which the sandbox has none, and sends the browser on.
fn log_out(call: &Call<'_>) -> Outcome {
    let back = call.request.query("redirect_url").ok_or_else(|| Problem::page(400, "400 Bad Request"))?;
    Ok(Reply::Redirect { status: 302, to: back.to_owned() })
}

/// The address that sends the browser to the MVPD: `reg_code` first and `redirect_url` last, as Adobe asks.
fn authenticate(call: &Call<'_>, record: &CodeRecord, mvpd: &str) -> String {
    let live = &record.live;
    let domain = call.state.config.requestor(&live.requestor).and_then(|requestor| requestor.domains.first());
    let back = done_page(call, &live.code);
    let query = Serializer::new(String::new())
        .append_pair("reg_code", &live.code)
        .append_pair("requestor_id", &live.requestor)
        .append_pair("domain_name", domain.map_or("", String::as_str))
        .append_pair("noflash", "true")
        .append_pair("no_iframe", "true")
        .append_pair("mso_id", mvpd)
        .append_pair("redirect_url", &back)
        .finish();
    format!("{}/api/v1/authenticate?{query}", call.addresses.api)
}

/// The login under way that a request names, and its name.
fn session(call: &Call<'_>) -> Result<(String, Login), Problem> {
    let name = call.request.parameter("session").unwrap_or_default();
    let login = call.state.login(name).cloned();
    login.map(|login| (name.to_owned(), login)).ok_or_else(|| Problem::page(404, "404 Not Found"))
}

fn mvpd_name(call: &Call<'_>, login: &Login) -> String {
    call.state.config.mvpd(&login.mvpd).map_or_else(|| login.mvpd.clone(), |mvpd| mvpd.display_name.clone())
}

fn login(call: &Call<'_>) -> Outcome {
    let (name, login) = session(call)?;
    Ok(Reply::Html { status: 200, html: pages::login(&mvpd_name(call, &login), &name, "", None) })
}

fn log_in(call: &mut Call<'_>) -> Outcome {
    let (name, login) = session(call)?;
    let user = call.request.form("user").unwrap_or_default().trim();
    let password = call.request.form("password").unwrap_or_default();
    let account = call.state.config.account(user);
    let account = account.filter(|account| account.mvpd == login.mvpd && account.password == password);
    let Some(account) = account.map(|account| account.name.clone()) else {
        let why = "Name or password are not right.";
        let html = pages::login(&mvpd_name(call, &login), &name, user, Some(why));
        return Ok(Reply::Html { status: 403, html });
    };
    call.state.login_as(&name, &account);
    Ok(redirect(format!("/mvpd/consent?session={name}")))
}

fn consent(call: &Call<'_>) -> Outcome {
    let (name, login) = session(call)?;
    if login.account.is_none() {
        return Ok(redirect(format!("/mvpd/login?session={name}")));
    }
    Ok(Reply::Html { status: 200, html: pages::consent(&mvpd_name(call, &login), &login.code, &name) })
}

fn answer(call: &mut Call<'_>) -> Outcome {
    let (name, _) = session(call)?;
    let login = call.state.end_login(&name).ok_or_else(|| Problem::page(404, "404 Not Found"))?;
    let record = call.state.any_code(&login.code, call.now).cloned();
    // The code may have expired, or been deleted or replaced by the device, while the viewer was typing: then nobody is
    // signed in.
    match (record, &login.account) {
        (Some(record), Some(account)) if call.request.form("answer") == Some("allow") => {
            call.state.approve(&record, &login, account, call.now);
        }
        (Some(record), _) => call.state.mark_code(&record.live.code, CodeState::Denied),
        // v1 leaves it to the page at the end to find out; v2's browser is told in HTML.
        (None, _) if login.api == Api::V2 => return Err(Problem::page(400, "400 Bad Request")),
        (None, _) => {}
    }
    Ok(redirect(login.redirect_url))
}

fn done(call: &mut Call<'_>) -> Reply {
    let typed = call.request.query("code").unwrap_or_default();
    let Some(record) = call.state.any_code(typed, call.now).cloned() else { return unknown_code(typed) };
    // Adobe advises the login page to ask before it promises anything.
    let signed_in = match (record.live.api, &record.live.mvpd) {
        (Api::V1, _) => {
            let authenticated = call.state.authentication(&record.holder, None, call.now).is_ok();
            authenticated && record.live.state == CodeState::Approved
        }
        (Api::V2, Some(mvpd)) => v2::reason(call.state, &record.holder, mvpd, None, call.now).is_some(),
        (Api::V2, None) => false,
    };
    Reply::Html { status: 200, html: pages::done(&record.live.code, signed_in) }
}

fn logo(call: &Call<'_>, path: &str) -> Option<Reply> {
    let id = path.strip_prefix("/logo/")?.strip_suffix(".svg")?;
    Some(Reply::Svg(pages::logo(&call.state.config.mvpd(id)?.display_name)))
}
