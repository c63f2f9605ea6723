//! The programmer's own pages: enter the code, choose the provider, see how it has ended.

use url::form_urlencoded::Serializer;

use super::{pages, redirect, screen};
use crate::call::{Call, Outcome, Reply};
use crate::endpoint::Api;
use crate::problem::Problem;
use crate::state::{CodeRecord, CodeState, Destination};
use crate::{v1, v2};

pub(super) fn activate(call: &Call<'_>) -> Reply {
    let code = call.request.query("code").unwrap_or_default();
    let Some(record) = call.state.any_code(code, call.now) else {
        // Nothing is wrong with an empty field.
        if code.is_empty() {
            return Reply::Html { status: 200, html: pages::activate(code, None, None) };
        }
        return unknown_code(call, code);
    };
    // Whoever has scanned a QR code confirms what it says: the code may be another's.
    Reply::Html { status: 200, html: pages::activate(&record.live.code, Some(&screen(record)), None) }
}

pub(super) fn entered(call: &Call<'_>) -> Reply {
    let typed = call.request.form("code").unwrap_or_default();
    match call.state.any_code(typed, call.now) {
        Some(record) => redirect(format!("/providers?code={}", record.live.code)),
        None => unknown_code(call, typed),
    }
}

fn unknown_code(call: &Call<'_>, typed: &str) -> Reply {
    if !typed.contains(char::is_alphanumeric) {
        let why = "Type the code that your TV shows.";
        return Reply::Html { status: 400, html: pages::activate("", None, Some(why)) };
    }
    let why = if call.state.has_expired(typed, call.now) {
        "This code has expired. Start again on your TV, and enter the code that it shows then."
    } else {
        "This code is not known, or no longer valid. Look at your TV for the current one."
    };
    Reply::Html { status: 404, html: pages::activate(typed, None, Some(why)) }
}

pub(super) fn picker(call: &Call<'_>) -> Reply {
    let typed = call.request.query("code").unwrap_or_default();
    let Some(record) = call.state.any_code(typed, call.now) else { return unknown_code(call, typed) };
    // The device may have asked for an MVPD: then there is nothing to pick.
    if let Some(mvpd) = record.live.mvpd.as_ref().filter(|_| !record.picked) {
        return redirect(chosen(call, record, mvpd));
    }
    let Some(requestor) = call.state.config.requestor(&record.live.requestor) else {
        return unknown_code(call, typed);
    };
    let sought = call.request.query("q").unwrap_or_default().trim();
    let fits = |name: &str| name.to_lowercase().contains(&sought.to_lowercase());
    let choices = requestor.mvpds.iter().filter_map(|id| call.state.config.mvpd(id));
    let choices = choices.filter(|mvpd| mvpd.temp_pass_s.is_none() && fits(&mvpd.display_name));
    let choices: Vec<_> = choices
        .map(|mvpd| pages::Choice {
            name: mvpd.display_name.clone(),
            logo: v1::logo(mvpd, &call.addresses.web),
            address: chosen(call, record, &mvpd.id),
        })
        .collect();
    let page = pages::Picker {
        requestor: &requestor.name,
        logo: &format!("/logo/{}.svg", requestor.id),
        screen: &screen(record),
        code: &record.live.code,
        sought,
        choices: &choices,
    };
    Reply::Html { status: 200, html: pages::picker(&page) }
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
pub(super) fn resume(call: &mut Call<'_>) -> Outcome {
    let absent = || Problem::page(404, "404 Not Found");
    let typed = call.request.query("code").unwrap_or_default();
    let record = call.state.any_code(typed, call.now).filter(|record| record.live.api == Api::V2);
    let Some(record) = record.cloned() else { return Ok(unknown_code(call, typed)) };
    let requestor = call.state.config.requestor(&record.live.requestor).ok_or_else(absent)?;
    let mvpd = call.request.query("mso_id").unwrap_or_default();
    let integrated = call.state.config.integration(&requestor.id, mvpd);
    let mvpd = integrated.filter(|mvpd| mvpd.temp_pass_s.is_none()).ok_or_else(absent)?.id.clone();
    let had = record.destination.clone();
    let redirect_url = had.redirect_url.unwrap_or_else(|| done_page(call, &record.live.code));
    let domain = had.domain.or_else(|| requestor.domains.first().cloned());
    let signed_in = v2::reason(call.state, &record.holder, &mvpd, None, call.now).is_some();
    let destination = Destination { domain, redirect_url: Some(redirect_url.clone()) };
    call.state.pick_provider(&record.live.code, mvpd, destination);
    if signed_in {
        return Ok(redirect(redirect_url));
    }
    Ok(redirect(format!("{}{}", call.addresses.sp, v2::authenticate_path(&record))))
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

pub(super) fn done(call: &mut Call<'_>) -> Reply {
    let typed = call.request.query("code").unwrap_or_default();
    let Some(record) = call.state.any_code(typed, call.now).cloned() else {
        return unknown_code(call, typed);
    };
    // Adobe advises the login page to ask before it promises anything.
    let signed_in = match (record.live.api, &record.live.mvpd) {
        (Api::V1, _) => {
            let authenticated = call.state.authentication(&record.holder, None, call.now).is_ok();
            authenticated && record.live.state == CodeState::Approved
        }
        (Api::V2, Some(mvpd)) => v2::reason(call.state, &record.holder, mvpd, None, call.now).is_some(),
        (Api::V2, None) => false,
    };
    let end = match record.live.state {
        _ if signed_in => pages::End::SignedIn,
        CodeState::Denied => pages::End::Denied,
        CodeState::Waiting | CodeState::Approved => pages::End::Not,
    };
    Reply::Html { status: 200, html: pages::done(&record.live.code, &end, &screen(&record)) }
}
