//! `couchpass authorize`: may the viewer watch this, and the media token that proves it.

use couchpass::{Decision, Resource};

use crate::{
    event::Event,
    exit::Exit,
    failure::Failure,
    output::Output,
    settings::ClientArguments,
    shape::{DecisionJson, masked},
    style::Style,
    when,
};

#[derive(Debug, clap::Args)]
pub(crate) struct AuthorizeArguments {
    #[command(flatten)]
    client: ClientArguments,

    /// The resource id, or an MRSS fragment
    resource: String,

    /// Write the media token itself to standard output, for a backend under development; all else goes to standard error.
    /// Whoever has the token can start one playback: keep it out of logs
    #[arg(long)]
    print_media_token: bool,
}

pub(crate) async fn run(arguments: &AuthorizeArguments, output: Output) -> Result<Exit, Failure> {
    let in_clear = arguments.print_media_token;
    let resource = Resource::new(&arguments.resource)?;
    let settled = arguments.client.client(output)?;
    let decision = settled.client.authorize(&resource).await?;
    let event = Event::Decision { decision: DecisionJson::new(&decision, in_clear) };
    let telling = if in_clear { output.aside() } else { output };
    if in_clear && output.is_json() {
        output.hand_over(&event.as_json())?;
    } else {
        telling.tell(&event, |style| in_words(&decision, style));
    }
    if let Some(token) = decision.media_token.as_ref().filter(|_| in_clear && !output.is_json()) {
        output.hand_over(token.serialized.expose())?;
    }
    Ok(if decision.authorized { Exit::Ok } else { Exit::Denied })
}

/// A decision for people: a line on who decided what, and one on the token or on the reason.
pub(crate) fn in_words(decision: &Decision, style: Style) -> String {
    let resource = &decision.resource;
    if decision.authorized {
        let permit = style.strong(&format!("Permit for {resource}"));
        let until = decision.not_after.map(|instant| format!(", until {}", when::date(instant)));
        let token = decision.media_token.as_ref().map(|token| {
            format!("Media token {}, valid until {}.", masked(&token.serialized), when::date(token.not_after))
        });
        [Some(format!("{permit}{}.", until.unwrap_or_default())), token].into_iter().flatten()
    } else {
        let deny = style.strong(&format!("Deny for {resource}."));
        let words = decision.denial.as_ref().map(|denial| {
            let details = denial.details.as_ref().unwrap_or(&denial.message);
            let trace = denial.trace.as_ref().map(|trace| format!(" (trace {trace})"));
            format!("The TV provider says: \"{details}\"{}", trace.unwrap_or_default())
        });
        [Some(deny), words].into_iter().flatten()
    }
    .collect::<Vec<_>>()
    .join("\n")
}
