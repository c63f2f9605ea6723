//! The guides' examples, each in a function that provides what it takes for granted. They are compiled and not run: what
//! they do is what the client's own tests are about.

#![allow(dead_code)]

use std::{sync::Arc, time::Duration};

use couchpass::{
    Api, Client, Decision, Denial, DeviceInfo, Environment, Error, Login, LoginStep, MvpdId,
    PlatformTokenSource, Provider, Resource, SignInEvent, SignInWith, SignOutAction, SoftwareStatement,
};
use device_auth::Store;

/// What an app shows.
struct Screen;

impl Screen {
    fn show(&self, _code: &str) {}
    fn welcome(&self, _mvpd: &MvpdId) {}
    fn offer(&self, _mvpd: &MvpdId, _time_left: Duration) {}
    fn offer_sign_in(&self) {}
    fn explain(&self, _denial: &Denial) {}
    fn limit(&self, _ratings: Vec<&str>) {}
    fn report<T: std::fmt::Debug>(&self, _what: T) {}
    fn pick(&self, mut providers: impl Iterator<Item = Provider>) -> Provider {
        providers.next().expect("there is one to pick")
    }
}

/// The app's own browser.
struct WebView;

impl WebView {
    fn open(&self, _url: &str) {}
    fn open_until(&self, _url: &str, _redirect_url: &str) {}
}

struct Player;

impl Player {
    fn start(&self, _token: &str) {}
}

fn moving_to_v2(store: Arc<dyn Store>) -> Result<Client, Error> {
    let client = Client::builder()
        .api(Api::V2) // was Api::V1
        .environment(Environment::named("release-production")?)
        .requestor("REF30")
        .software_statement(SoftwareStatement::from_file("statement-v2.jwt")?)
        .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
        .store(store)
        .build()?;
    Ok(client)
}

fn setting_up(
    statement: &str,
    store: Arc<dyn Store>,
    tokens: impl PlatformTokenSource + 'static,
) -> Result<Client, Error> {
    let client = Client::builder()
        .api(Api::V2)
        .environment(Environment::named("release-production")?)
        .requestor("REF30")
        .software_statement(SoftwareStatement::new(statement)?)
        .device_info(DeviceInfo::new("AFTKA", "Android", "9").manufacturer("Amazon"))
        .store(store)
        .platform_tokens(tokens)
        .build()?;
    Ok(client)
}

async fn several_profiles(client: &Client, screen: &Screen, chosen: MvpdId) -> Result<(), Error> {
    for profile in client.profiles().await? {
        screen.offer(&profile.mvpd, client.time_left(&profile));
    }
    client.select_profile(&chosen).await?;
    Ok(())
}

async fn signing_out(client: &Client, web_view: &WebView) -> Result<(), Error> {
    for action in client.sign_out().await? {
        if let SignOutAction::OpenUrl { url, .. } = action {
            web_view.open(&url);
        }
    }
    Ok(())
}

async fn by_code(client: &Client, screen: &Screen) {
    let mut sign_in = client.sign_in();
    while let Some(event) = sign_in.next().await {
        match event {
            SignInEvent::Code(code) => screen.show(&code.code),
            SignInEvent::SignedIn(profile) => screen.welcome(&profile.mvpd),
            other => screen.report(other),
        }
    }
}

async fn in_a_web_view(
    client: &Client,
    screen: &Screen,
    web_view: &WebView,
    chosen: MvpdId,
) -> Result<(), Error> {
    let login = Login::new(chosen, "example.com", "https://example.com/done")?;
    let mut sign_in = client.sign_in_with(SignInWith::Browser(login));
    while let Some(event) = sign_in.next().await {
        match event {
            SignInEvent::Page(page) => web_view.open_until(&page.url, &page.redirect_url),
            SignInEvent::SignedIn(profile) => screen.welcome(&profile.mvpd),
            other => screen.report(other),
        }
    }
    Ok(())
}

fn at_the_redirect_url(client: &Client) {
    client.redirect_reached();
}

async fn with_a_picker(client: &Client, screen: &Screen, web_view: &WebView) -> Result<(), Error> {
    let providers = client.providers().await?;
    let chosen = screen.pick(providers.into_iter().filter(|provider| !provider.is_temp_pass));
    let login = Login::new(chosen.id, "example.com", "https://example.com/done")?;
    let mut sign_in = client.sign_in_with(SignInWith::Browser(login));
    while let Some(event) = sign_in.next().await {
        match event {
            SignInEvent::Page(page) => web_view.open_until(&page.url, &page.redirect_url),
            SignInEvent::SignedIn(profile) => screen.welcome(&profile.mvpd),
            other => screen.report(other),
        }
    }
    Ok(())
}

pub(crate) async fn a_login_page_for_both(
    on_v1: Client,
    on_v2: Client,
    code: &str,
    login: Login,
) -> Result<Option<LoginStep>, Error> {
    for api in [&on_v2, &on_v1] {
        if let Some(record) = api.second_screen().look_up(code).await? {
            return Ok(Some(api.second_screen().log_in(&record, &login, None).await?));
        }
    }
    Ok(None)
}

async fn watching(client: &Client, screen: &Screen, player: &Player) -> Result<(), Error> {
    match client.authorize(&Resource::new("REF30")?).await {
        Ok(Decision { media_token: Some(token), .. }) => player.start(token.serialized.expose()),
        Ok(Decision { denial: Some(denial), .. }) => screen.explain(&denial),
        Err(Error::SignInAgain { .. }) => screen.offer_sign_in(),
        other => screen.report(other),
    }
    Ok(())
}

async fn metadata(client: &Client, screen: &Screen) -> Result<(), Error> {
    let metadata = client.user_metadata().await?;
    if let Some(rating) = metadata.values.get("maxRating").filter(|rating| !rating.encrypted) {
        screen.limit(rating.value.as_list());
    }
    Ok(())
}
