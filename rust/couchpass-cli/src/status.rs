//! `couchpass status`: what this machine remembers of the sign-in.

use crate::{
    event::{EnvironmentJson, Event, ProfileJson, place},
    exit::Exit,
    failure::Failure,
    output::Output,
    secrets::Place,
    settings::ClientArguments,
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
    let profile = profiles.first();
    let requestor = &arguments.client.requestor;
    let state = arguments.client.state.file()?.display().to_string();
    let event = Event::Status {
        environment: EnvironmentJson::from(&settled.environment),
        requestor,
        signed_in: profile.is_some(),
        profile: profile.map(ProfileJson::from),
        platform_token_from: settled.platform_token.map(place),
        state: state.clone(),
    };
    output.tell(&event, |style| {
        let environment = &settled.environment;
        [
            profile.map_or_else(
                || "Nobody is signed in.".to_owned(),
                |profile| {
                    let signed_in = style.strong(&format!("Signed in with {}", profile.mvpd));
                    let how = match profile.profile_type {
                        couchpass::ProfileType::PlatformSso => "by the platform token",
                        _ => "in this app",
                    };
                    format!("{signed_in}, {how}, until {}.", when::date(profile.not_after))
                },
            ),
            field("requestor", requestor, style),
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
    Ok(if profile.is_some() { Exit::Ok } else { Exit::SignIn })
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
