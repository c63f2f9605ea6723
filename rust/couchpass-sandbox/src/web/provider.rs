//! The MVPD's own pages: sign in, allow or deny, log out.

use super::{pages, redirect, screen};
use crate::call::{Call, Outcome, Reply};
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::state::{CodeState, Login};
use crate::v1;

/// The login under way that a request names, and its name.
fn session(call: &Call<'_>) -> Option<(String, Login)> {
    let name = call.request.parameter("session")?;
    Some((name.to_owned(), call.state.login(name)?.clone()))
}

/// No such login, or not any more.
fn over(status: u16) -> Reply {
    Reply::Html { status, html: pages::over() }
}

/// Shows a page of the MVPD that a login is with.
fn shown(
    call: &Call<'_>,
    name: &str,
    login: &Login,
    status: u16,
    page: impl Fn(&pages::Visit<'_>) -> String,
) -> Reply {
    let mvpd = call.state.config.mvpd(&login.mvpd);
    // Who was sent here from the picker may go back to it. Else the device has named the provider, and waits for it.
    let record = call.state.any_code(&login.code, call.now);
    let others = record.filter(|record| record.live.mvpd.is_none() || record.picked);
    let others = others.map(|record| format!("/providers?code={}", record.live.code));
    let visit = pages::Visit {
        mvpd: mvpd.map_or(&login.mvpd, |mvpd| &mvpd.display_name),
        logo: &mvpd.map(|mvpd| v1::logo(mvpd, &call.addresses.web)).unwrap_or_default(),
        session: name,
        others: others.as_deref(),
    };
    Reply::Html { status, html: page(&visit) }
}

pub(super) fn login(call: &Call<'_>) -> Reply {
    let Some((name, login)) = session(call) else { return over(404) };
    shown(call, &name, &login, 200, |visit| pages::login(visit, "", None))
}

pub(super) fn log_in(call: &mut Call<'_>) -> Reply {
    let Some((name, login)) = session(call) else { return over(404) };
    let user = call.request.form("user").unwrap_or_default().trim();
    let password = call.request.form("password").unwrap_or_default();
    let account = call.state.config.account(user);
    let account = account.filter(|account| account.mvpd == login.mvpd && account.password == password);
    let Some(account) = account.map(|account| account.name.clone()) else {
        let why = "The name or the password is not right.";
        return shown(call, &name, &login, 403, |visit| pages::login(visit, user, Some(why)));
    };
    call.state.login_as(&name, &account);
    redirect(format!("/mvpd/consent?session={name}"))
}

pub(super) fn consent(call: &Call<'_>) -> Reply {
    let Some((name, login)) = session(call) else { return over(404) };
    if login.account.is_none() {
        return redirect(format!("/mvpd/login?session={name}"));
    }
    let Some(record) = call.state.any_code(&login.code, call.now) else { return over(400) };
    let screen = screen(record);
    shown(call, &name, &login, 200, |visit| pages::consent(visit, &login.code, &screen))
}

pub(super) fn answer(call: &mut Call<'_>) -> Reply {
    let Some((name, _)) = session(call) else { return over(404) };
    let Some(login) = call.state.end_login(&name) else { return over(404) };
    let record = call.state.any_code(&login.code, call.now).cloned();
    // The code may have expired, or been deleted or replaced by the device, while the viewer was typing: then nobody is
    // signed in.
    match (record, &login.account) {
        (Some(record), Some(account)) if call.request.form("answer") == Some("allow") => {
            call.state.approve(&record, &login, account, call.now);
        }
        (Some(record), _) => call.state.mark_code(&record.live.code, CodeState::Denied),
        // v1 leaves it to the page at the end to find out; v2's browser is told in HTML.
        (None, _) if login.api == Api::V2 => return over(400),
        (None, _) => {}
    }
    redirect(login.redirect_url)
}

/// The MVPD's own logout: it ends its session, of which the sandbox has none, and sends the browser on.
pub(super) fn log_out(call: &Call<'_>) -> Outcome {
    let back = call.request.query("redirect_url").ok_or_else(|| Problem::page(400, "400 Bad Request"))?;
    Ok(Reply::Redirect { status: 302, to: back.to_owned() })
}
