//! `couchpass status`: what this machine remembers of the sign-in.

use couchpass::{Profile, ProfileType};

use crate::{
    event::Event,
    exit::Exit,
    failure::Failure,
    output::Output,
    secrets::Place,
    settings::ClientArguments,
    shape::{EnvironmentJson, ProfileJson, place},
    style::Style,
    when,
};

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    client: ClientArguments,
}

/// Ends in [`Exit::SignIn`] where nobody is signed in, so that a script can tell by that alone.
pub(crate) async fn run(arguments: &StatusArguments, output: Output) -> Result<Exit, Failure> {
    let settled = arguments.client.client(output)?;
    let profiles = settled.client.profiles().await?;
    let requestor = arguments.client.requestor()?;
    let state = arguments.client.state.file()?.display().to_string();
    let event = Event::Status {
        api: settled.api.name(),
        environment: EnvironmentJson::from(&settled.environment),
        requestor,
        signed_in: !profiles.is_empty(),
        profile: profiles.first().map(ProfileJson::from),
        profiles: profiles.iter().map(ProfileJson::from).collect(),
        platform_token_from: settled.platform_token.map(place),
        state: state.clone(),
    };
    output.tell(&event, |style| {
        let environment = &settled.environment;
        [
            in_words(&profiles, style),
            field("requestor", requestor, style),
            field("API", &format!("REST {}", settled.api.name()), style),
            field(
                "environment",
                &format!("{} ({} and {})", environment.name(), environment.api(), environment.sp()),
                style,
            ),
            field("platform token", about_token(settled.platform_token), style),
            field("state", &state, style),
        ]
        .join("\n")
    });
    Ok(if profiles.is_empty() { Exit::SignIn } else { Exit::Ok })
}

/// A line for each profile, the current one first.
fn in_words(profiles: &[Profile], style: Style) -> String {
    let Some((current, others)) = profiles.split_first() else { return "Nobody is signed in.".to_owned() };
    let line = |start: String, profile: &Profile| {
        format!("{start}, {}, until {}.", origin(&profile.profile_type), when::date(profile.not_after))
    };
    let current = line(style.strong(&format!("Signed in with {}", current.mvpd)), current);
    let others = others.iter().map(|profile| line(format!("Also with {}", profile.mvpd), profile));
    [current].into_iter().chain(others).collect::<Vec<_>>().join("\n")
}

/// How a profile came about.
fn origin(profile_type: &ProfileType) -> String {
    match profile_type {
        ProfileType::Regular => "in this app".to_owned(),
        ProfileType::PlatformSso => "by the platform token".to_owned(),
        ProfileType::Temporary => "on trial".to_owned(),
        ProfileType::Degraded => "let in while the TV provider is out of order".to_owned(),
        ProfileType::Other(name) => format!("by {name}"),
        _ => "in a way that this version does not know".to_owned(),
    }
}

fn field(name: &str, value: &str, style: Style) -> String {
    format!("  {} {value}", style.faint(&format!("{name:<15}")))
}

fn about_token(found: Option<Place>) -> &'static str {
    match found {
        Some(Place::File) => "from a file; sign-in tells what comes of it",
        Some(Place::Environment) => "from the environment; sign-in tells what comes of it",
        None => "none: sign-in is by code",
    }
}
