//! `couchpass sign-in`: follows a sign-in to its end, and releases the code when interrupted.

use couchpass::{Client, RegistrationCode, SignInEvent};

use crate::{
    event::{Event, ProfileJson},
    exit::Exit,
    failure::Failure,
    interrupt::Interrupt,
    output::Output,
    qr,
    settings::{ClientArguments, Settled},
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
}

pub(crate) async fn run(arguments: &SignInArguments, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen()?;
    let settled = arguments.client.client(output)?;
    let mut events = settled.client.sign_in();
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = interrupt.asked_to_end() => return cancel(&settled.client, &mut interrupt, output).await,
        };
        match event {
            Some(SignInEvent::Checking) => {
                output.tell(&Event::Checking, |_| "Looking for a sign-in that can be used.".to_owned());
            }
            Some(SignInEvent::Code(code)) => show(&code, arguments.activate_url.as_deref(), output),
            Some(SignInEvent::CodeExpired) => {
                output.tell(&Event::CodeExpired, |_| "The code has expired; here comes another.".to_owned());
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
    output.say("Waiting for the viewer. Ctrl-C gives up, and the code with it.");
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

/// Releases the code; who cannot wait for that asks a second time.
async fn cancel(client: &Client, interrupt: &mut Interrupt, output: Output) -> Result<Exit, Failure> {
    output.say("Giving up; releasing the code.");
    tokio::select! {
        () = client.cancel_sign_in() => {}
        () = interrupt.asked_to_end() => {}
    }
    Err(Failure::interrupted())
}
