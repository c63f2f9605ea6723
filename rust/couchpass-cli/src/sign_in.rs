//! `couchpass sign-in`: follows a sign-in to its end, and releases the code when interrupted.

use couchpass::{Client, Login, LoginPage, MvpdId, RegistrationCode, SignInEvent, SignInWith};
use device_auth::Timestamp;

use crate::{
    countdown::Countdown,
    enter::Enter,
    event::Event,
    exit::Exit,
    failure::Failure,
    interrupt::Interrupt,
    output::Output,
    qr,
    settings::{ClientArguments, Settled},
    shape::ProfileJson,
    sso::Sso,
    when,
};

/// Where the code goes in an address.
const PLACE_OF_CODE: &str = "{code}";

#[derive(Debug, clap::Args)]
pub(crate) struct SignInArguments {
    #[command(flatten)]
    client: ClientArguments,

    /// The address of your activation page, to be shown with a QR code; {code} in it stands for the code
    #[arg(long, value_name = "URL", env = "COUCHPASS_ACTIVATE_URL", hide_env_values = true)]
    activate_url: Option<String>,

    #[command(flatten)]
    login: LoginArguments,
}

/// A TV provider that is chosen on this device, and not on the second screen.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Login")]
struct LoginArguments {
    /// The TV provider that the viewer has chosen on this device
    #[arg(long, value_name = "ID", requires = "domain", requires = "redirect_url")]
    mvpd: Option<String>,

    /// With --mvpd: a domain that is registered with Adobe for the channel
    #[arg(long, value_name = "NAME", requires = "mvpd")]
    domain: Option<String>,

    /// With --mvpd: where the browser ends when the viewer has finished
    #[arg(long, value_name = "URL", requires = "mvpd")]
    redirect_url: Option<String>,

    /// With --mvpd: no code, but the provider's page for a browser on this device; press Enter when it has come to the
    /// redirect URL
    #[arg(long, requires = "mvpd")]
    browser: bool,
}

impl LoginArguments {
    fn way(&self) -> Result<SignInWith, Failure> {
        let (Some(mvpd), Some(domain), Some(redirect_url)) = (&self.mvpd, &self.domain, &self.redirect_url)
        else {
            return Ok(SignInWith::Code);
        };
        let login = Login::new(MvpdId::new(mvpd), domain, redirect_url)?;
        Ok(if self.browser { SignInWith::Browser(login) } else { SignInWith::CodeFor(login) })
    }
}

pub(crate) async fn run(arguments: &SignInArguments, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen()?;
    let way = arguments.login.way()?;
    let settled = arguments.client.client(output)?;
    let mut events = settled.client.sign_in_with(way);
    let mut enter = Enter::default();
    let mut page_is_open = false;
    let mut countdown = Countdown::new(output);
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = countdown.tick() => continue,
            () = interrupt.asked_to_end() => {
                countdown.stop();
                return cancel(&settled.client, &mut interrupt, output).await;
            }
            pressed = enter.pressed(), if page_is_open => {
                if !pressed {
                    settled.client.cancel_sign_in().await;
                    return Err(nobody_can_tell());
                }
                page_is_open = false;
                settled.client.redirect_reached();
                continue;
            }
        };
        countdown.stop();
        match event {
            Some(SignInEvent::Checking) => {
                output.tell(&Event::Checking, |_| "Looking for a sign-in that can be used.".to_owned());
            }
            Some(SignInEvent::Code(code)) => {
                show(&code, arguments.activate_url.as_deref(), output);
                countdown.start(by_this_clock(code.expires, &settled.client));
            }
            Some(SignInEvent::Page(page)) => {
                page_is_open = true;
                show_page(&page, output);
            }
            Some(SignInEvent::CodeExpired) => {
                let what = if arguments.login.browser { "page" } else { "code" };
                output.tell(&Event::CodeExpired, |_| format!("The {what} has expired; here comes another."));
            }
            Some(last) => return ended(last, &settled, output),
            None => return Err(Failure::support("the sign-in ended without a result")),
        }
    }
}

fn show(code: &RegistrationCode, activate_url: Option<&str>, output: Output) {
    let RegistrationCode { code, expires } = code;
    let address = activate_url.map(|url| url.replace(PLACE_OF_CODE, code));
    let event = Event::Code { code, expires: *expires, activate_url: address.as_deref() };
    output.tell(&event, |style| {
        let place = address.as_deref().unwrap_or("your activation page, on a phone or another screen");
        let picture = address.as_deref().and_then(|address| qr::draw(address, style));
        format!(
            "\n   {}\n\nEnter this code until {} at {place}.\n{}",
            style.strong(code),
            when::date(*expires),
            picture.map(|picture| format!("\n{picture}\n")).unwrap_or_default()
        )
    });
}

/// The service has dated the code by its own clock, which this device's may be far from.
fn by_this_clock(instant: Timestamp, client: &Client) -> Timestamp {
    Timestamp::from_millis(instant.as_millis().saturating_sub(client.diagnosis().clock_ahead_millis))
}

fn show_page(page: &LoginPage, output: Output) {
    let LoginPage { url, redirect_url, .. } = page;
    output.tell(&Event::Page { url, redirect_url }, |style| {
        format!("\nOpen this page in a browser on this device:\n\n   {}\n", style.strong(url))
    });
    output.say(&format!("Press Enter when the browser has come to {redirect_url}. Ctrl-C gives up."));
}

/// Without that word the sign-in would ask in vain, or never.
fn nobody_can_tell() -> Failure {
    Failure::configuration(
        "standard input has ended, so nobody can say when the browser has finished",
        "leave it open, and press Enter or write a line to it when the browser has come to the redirect URL",
    )
}

fn ended(last: SignInEvent, settled: &Settled, output: Output) -> Result<Exit, Failure> {
    match last {
        SignInEvent::SignedIn(profile) => {
            let sso = settled.platform_token.map(|_| Sso::from(settled.client.sso_report()));
            let about_token = sso.as_ref().map(|sso| format!("\n{}", sso.in_words())).unwrap_or_default();
            let event = Event::SignedIn { profile: ProfileJson::from(&profile), platform_token: sso };
            output.tell(&event, |style| {
                let signed_in = style.strong(&format!("Signed in with {}", profile.mvpd));
                format!("{signed_in} until {}.{about_token}", when::date(profile.not_after))
            });
            Ok(Exit::Ok)
        }
        SignInEvent::Denied(report) => Err(Failure::denied(&report)),
        SignInEvent::Expired => Err(Failure::sign_in("several codes have expired unused")),
        SignInEvent::Cancelled => Err(Failure::interrupted()),
        SignInEvent::Failed(error) => Err(error.into()),
        _ => Err(Failure::support("the sign-in ended in a way that this version does not know")),
    }
}

/// Releases the code, as far as the API can; who cannot wait for that asks a second time.
async fn cancel(client: &Client, interrupt: &mut Interrupt, output: Output) -> Result<Exit, Failure> {
    output.say("Giving up.");
    tokio::select! {
        () = client.cancel_sign_in() => {}
        () = interrupt.asked_to_end() => {}
    }
    Err(Failure::interrupted())
}
