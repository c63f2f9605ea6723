//! `couchpass sign-out`: ends the session, with the service and here.

use couchpass::SignOutAction;

use crate::{
    event::Event, exit::Exit, failure::Failure, output::Output, settings::ClientArguments, shape::ActionJson,
};

#[derive(Debug, clap::Args)]
pub(crate) struct SignOutArguments {
    #[command(flatten)]
    client: ClientArguments,

    /// Where the browser ends that opens one of the pages that are left [default: an address of the service]
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
}

pub(crate) async fn run(arguments: &SignOutArguments, output: Output) -> Result<Exit, Failure> {
    let settled = arguments.client.client_with(output, |builder| match &arguments.redirect_url {
        Some(url) => builder.redirect_url(url),
        None => builder,
    })?;
    let actions = settled.client.sign_out().await?;
    let event = Event::SignedOut { actions: actions.iter().map(ActionJson::from).collect() };
    output.tell(&event, |_| {
        let signed_out = "Signed out. The platform token rests until the next couchpass sign-in.".to_owned();
        [signed_out].into_iter().chain(left(&actions)).collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Ok)
}

/// What is left to do after a sign-out, a line for each action.
pub(crate) fn left(actions: &[SignOutAction]) -> impl Iterator<Item = String> {
    actions.iter().map(|action| match action {
        SignOutAction::OpenUrl { mvpd, url } => {
            format!("To end the viewer's session at {mvpd} as well, open this page in a browser: {url}")
        }
        _ => "Something is left that this version of the command does not know.".to_owned(),
    })
}
