//! `couchpass sign-out`: ends the session, with the service and here.

use couchpass::SignOutAction;

use crate::{
    event::{ActionJson, Event},
    exit::Exit,
    failure::Failure,
    output::Output,
    settings::ClientArguments,
};

#[derive(Debug, clap::Args)]
pub(crate) struct SignOutArguments {
    #[command(flatten)]
    client: ClientArguments,
}

pub(crate) async fn run(arguments: &SignOutArguments, output: Output) -> Result<Exit, Failure> {
    let settled = arguments.client.client(output)?;
    let actions = settled.client.sign_out().await?;
    let event = Event::SignedOut { actions: actions.iter().map(ActionJson::from).collect() };
    output.tell(&event, |_| {
        let mut words = "Signed out. The platform token rests until the next couchpass sign-in.".to_owned();
        for action in &actions {
            if let SignOutAction::OpenUrl { mvpd, url } = action {
                words += &format!("\nOpen {url} to end the session at {mvpd} too.");
            }
        }
        words
    });
    Ok(Exit::Ok)
}
