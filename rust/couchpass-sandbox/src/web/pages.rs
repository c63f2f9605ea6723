//! The pages of the second screen, as HTML.
//!
//! Each works without its script. A message about what went wrong is an alert that the field is described by, and the
//! page's title says so first, since that is what a screen reader reads first.

use maud::{DOCTYPE, Markup, html};

/// An MVPD in the picker, or on its own page.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) logo: String,
    pub(super) address: String,
}

/// The TV that shows a code.
pub(super) struct Screen {
    /// The app on it.
    pub(super) app: String,
    /// The device, as far as it has told.
    pub(super) device: Option<String>,
}

impl Screen {
    /// `Lantern TV on AFTKA, Android 9`
    fn words(&self) -> Markup {
        html! { strong { (self.app) } @if let Some(device) = &self.device { " on " strong { (device) } } }
    }
}

/// Whose page it is.
enum Brand<'a> {
    /// Nobody's yet: the code tells.
    None,
    /// A programmer's or a provider's.
    Of { name: &'a str, logo: &'a str },
}

fn page(title: &str, wrong: bool, brand: &Brand<'_>, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { @if wrong { "Error: " } (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/screen.css";
                script src="/screen.js" defer {}
            }
            body {
                header { @match brand {
                    Brand::None => { span.mark aria-hidden="true" { "▶" } span { "TV sign-in" } }
                    Brand::Of { name, logo } => { img src=(logo) alt="" width="40" height="40"; span { (name) } }
                } }
                main { h1 { (title) } (body) }
                footer { p { "A page of the Couchpass sandbox. Nothing here is a real TV provider." } }
            }
        }
    };
    page.into_string()
}

fn complaint(why: Option<&str>) -> Markup {
    html! { @if let Some(why) = why { p.why id="why" role="alert" tabindex="-1" { (why) } } }
}

/// What describes a field: its hint, and what is wrong with it.
fn described<'a>(why: Option<&str>, hint: &'a str) -> &'a str {
    match (why, hint) {
        (Some(_), "code-hint") => "why code-hint",
        (Some(_), _) => "why",
        (None, hint) => hint,
    }
}

pub(super) fn activate(code: &str, screen: Option<&Screen>, why: Option<&str>) -> String {
    page(
        "Connect your TV",
        why.is_some(),
        &Brand::None,
        &html! {
            (complaint(why))
            form method="post" action="/activate" {
                label for="code" { "The code on your TV" }
                p.hint id="code-hint" { "Seven letters and digits. Capitals, spaces and dashes do not matter." }
                input.code id="code" name="code" value=(code) autocomplete="one-time-code" autocapitalize="characters"
                    autocorrect="off" spellcheck="false" enterkeyhint="go" maxlength="40" required autofocus
                    aria-describedby=(described(why, "code-hint")) aria-invalid=[why.map(|_| "true")];
                @if let Some(screen) = screen {
                    p.tv { (screen.words()) " shows this code. Go on if that is the TV in front of you." }
                }
                button type="submit" { "Continue" }
            }
        },
    )
}

/// The providers that a search has left.
pub(super) struct Picker<'a> {
    pub(super) requestor: &'a str,
    pub(super) logo: &'a str,
    pub(super) screen: &'a Screen,
    pub(super) code: &'a str,
    pub(super) sought: &'a str,
    pub(super) choices: &'a [Choice],
}

pub(super) fn picker(picker: &Picker<'_>) -> String {
    page(
        "Choose your TV provider",
        false,
        &Brand::Of { name: picker.requestor, logo: picker.logo },
        &html! {
            p { "To watch " (picker.requestor) " with " (picker.screen.words()) "." }
            form.search method="get" action="/providers" role="search" {
                input type="hidden" name="code" value=(picker.code);
                label for="q" { "Find your provider" }
                div.row {
                    input id="q" name="q" type="search" value=(picker.sought) autocomplete="off"
                        enterkeyhint="search" aria-controls="providers";
                    button.second type="submit" { "Search" }
                }
            }
            p.hint id="count" role="status" { (count(picker.choices.len())) }
            ul.providers id="providers" { @for choice in picker.choices {
                li { a href=(choice.address) {
                    img src=(choice.logo) alt="" width="48" height="48"; span { (choice.name) }
                } }
            } }
            @if !picker.sought.is_empty() {
                p { a href=(format!("/providers?code={}", picker.code)) { "Show all providers" } }
            }
        },
    )
}

fn count(providers: usize) -> String {
    match providers {
        0 => "No provider of this name.".to_owned(),
        1 => "1 provider".to_owned(),
        more => format!("{more} providers"),
    }
}

/// A sign-in at a provider that is under way.
pub(super) struct Visit<'a> {
    pub(super) mvpd: &'a str,
    pub(super) logo: &'a str,
    pub(super) session: &'a str,
    /// Where another provider can be chosen, if one can.
    pub(super) others: Option<&'a str>,
}

pub(super) fn login(visit: &Visit<'_>, user: &str, why: Option<&str>) -> String {
    let invalid = why.is_some();
    page(
        &format!("Sign in to {}", visit.mvpd),
        invalid,
        &Brand::Of { name: visit.mvpd, logo: visit.logo },
        &html! {
            (complaint(why))
            form method="post" action="/mvpd/login" {
                input type="hidden" name="session" value=(visit.session);
                label for="user" { "Name" }
                input id="user" name="user" value=(user) autocomplete="username" autocapitalize="none"
                    spellcheck="false" required autofocus[user.is_empty()]
                    aria-describedby=[why.map(|_| "why")] aria-invalid=[why.map(|_| "true")];
                label for="password" { "Password" }
                input id="password" name="password" type="password" autocomplete="current-password" required
                    autofocus[!user.is_empty()] aria-describedby=[why.map(|_| "why")] aria-invalid=[why.map(|_| "true")];
                button type="submit" { "Sign in" }
            }
            @if let Some(others) = visit.others {
                p { a href=(others) { "Choose another provider" } }
            }
        },
    )
}

pub(super) fn consent(visit: &Visit<'_>, code: &str, screen: &Screen) -> String {
    page(
        "Is this your TV?",
        false,
        &Brand::Of { name: visit.mvpd, logo: visit.logo },
        &html! {
            dl.tv {
                div { dt { "App" } dd { (screen.app) } }
                @if let Some(device) = &screen.device { div { dt { "Device" } dd { (device) } } }
                div { dt { "Code" } dd { span.code { (code) } } }
            }
            p { "It wants to use your " (visit.mvpd) " subscription, and will learn which channels are yours." }
            form method="post" action="/mvpd/consent" {
                input type="hidden" name="session" value=(visit.session);
                div.row {
                    button type="submit" name="answer" value="allow" { "Allow" }
                    button.second type="submit" name="answer" value="deny" { "Deny" }
                }
            }
        },
    )
}

/// How a sign-in has ended.
pub(super) enum End {
    SignedIn,
    Denied,
    /// Not, for whatever reason.
    Not,
}

pub(super) fn done(code: &str, end: &End, screen: &Screen) -> String {
    if matches!(end, End::SignedIn) {
        return page(
            "Done",
            false,
            &Brand::None,
            &html! {
                p.good role="status" { (screen.words()) " is signed in. You can put this screen away." }
            },
        );
    }
    page(
        "Not signed in",
        false,
        &Brand::None,
        &html! {
            p role="status" {
                @if matches!(end, End::Denied) { "You have said no, so " } @else { "So far " }
                (screen.words()) " has not been signed in."
            }
            p { a.button href=(format!("/activate?code={code}")) { "Try again" } }
        },
    )
}

/// A sign-in that cannot go on: its code or its page is not good any more.
pub(super) fn over() -> String {
    page(
        "This sign-in is over",
        true,
        &Brand::None,
        &html! {
            p.why role="alert" { "The code on your TV has changed or expired, or this page has been used already." }
            p { a.button href="/activate" { "Enter the code on your TV" } }
        },
    )
}
