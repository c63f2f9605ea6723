//! The pages of the second screen, as HTML.

use maud::{DOCTYPE, Markup, html};

const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;margin:0 auto;max-width:26em;padding:2em 1em}\
    h1{font-size:1.4em}input,button{font:inherit;padding:.5em;margin:.3em 0;box-sizing:border-box}\
    input{display:block;width:100%}ul{list-style:none;padding:0}li a{display:flex;align-items:center;gap:1em;padding:.4em}\
    li img{width:3em;height:3em}.why{color:#a00}.code{letter-spacing:.2em;text-transform:uppercase}";

/// An MVPD in the picker.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) logo: String,
    pub(super) address: String,
}

fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    page.into_string()
}

fn complaint(why: Option<&str>) -> Markup {
    html! { @if let Some(why) = why { p.why role="alert" { (why) } } }
}

pub(super) fn activate(code: &str, why: Option<&str>) -> String {
    page(
        "Connect your TV",
        &html! {
            (complaint(why))
            form method="post" action="/activate" {
                label for="code" { "The code on your TV" }
                input.code id="code" name="code" value=(code) autocomplete="off" autocapitalize="characters"
                    spellcheck="false" autofocus required;
                button type="submit" { "Continue" }
            }
        },
    )
}

pub(super) fn picker(requestor: &str, choices: &[Choice]) -> String {
    page(
        "Choose your TV provider",
        &html! {
            p { "To watch " (requestor) " on your TV." }
            ul { @for choice in choices {
                li { a href=(choice.address) { img src=(choice.logo) alt=""; (choice.name) } }
            } }
        },
    )
}

pub(super) fn login(mvpd: &str, session: &str, user: &str, why: Option<&str>) -> String {
    page(
        &format!("Sign in to {mvpd}"),
        &html! {
            (complaint(why))
            form method="post" action="/mvpd/login" {
                input type="hidden" name="session" value=(session);
                label for="user" { "Name" }
                input id="user" name="user" value=(user) autocomplete="username" required;
                label for="password" { "Password" }
                input id="password" name="password" type="password" autocomplete="current-password" required;
                button type="submit" { "Sign in" }
            }
        },
    )
}

pub(super) fn consent(mvpd: &str, code: &str, session: &str) -> String {
    page(
        "Is this your TV?",
        &html! {
            p { "The TV that shows " strong.code { (code) } " wants to use your " (mvpd) " subscription." }
            form method="post" action="/mvpd/consent" {
                input type="hidden" name="session" value=(session);
                button type="submit" name="answer" value="allow" { "Allow" }
                " "
                button type="submit" name="answer" value="deny" { "Deny" }
            }
        },
    )
}

pub(super) fn done(code: &str, signed_in: bool) -> String {
    if signed_in {
        return page("Done", &html! { p { "Your TV is signed in. You can put this screen away." } });
    }
    page(
        "Not signed in",
        &html! {
            p { "Your TV has not been signed in." }
            p { a href=(format!("/activate?code={code}")) { "Try again" } }
        },
    )
}

/// The first letter on a plain ground.
pub(super) fn logo(name: &str) -> String {
    let letter = name.chars().next().map(String::from).unwrap_or_default();
    let logo = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" {
            rect width="64" height="64" rx="12" fill="#246" {}
            text x="32" y="44" font-size="36" font-family="sans-serif" text-anchor="middle" fill="#fff" { (letter) }
        }
    };
    logo.into_string()
}
