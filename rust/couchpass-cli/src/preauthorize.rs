//! `couchpass preauthorize`: which of these the viewer may probably watch, to mark channels with.

use couchpass::{Preauthorization, Resource};

use crate::{
    event::Event, exit::Exit, failure::Failure, output::Output, settings::ClientArguments,
    shape::PreauthorizationJson, style::Style,
};

/// What is longer is no id but a fragment of MRSS, and has a line without columns.
const WIDEST: usize = 40;

#[derive(Debug, clap::Args)]
pub(crate) struct PreauthorizeArguments {
    #[command(flatten)]
    client: ClientArguments,

    /// Resource ids, or MRSS fragments; any number
    #[arg(required = true)]
    resources: Vec<String>,

    /// How many resources one request may name [default: 5, unless agreed otherwise with Adobe]
    #[arg(long, value_name = "COUNT")]
    at_once: Option<usize>,
}

/// Ends in [`Exit::Denied`] where none of them may be watched.
pub(crate) async fn run(arguments: &PreauthorizeArguments, output: Output) -> Result<Exit, Failure> {
    let resources: Vec<Resource> = arguments.resources.iter().map(Resource::new).collect::<Result<_, _>>()?;
    let settled = arguments.client.client_with(output, |builder| match arguments.at_once {
        Some(count) => builder.preauthorized_at_once(count),
        None => builder,
    })?;
    let items = settled.client.preauthorize(&resources).await?;
    let event = Event::Preauthorization { resources: items.iter().map(PreauthorizationJson::from).collect() };
    output.tell(&event, |style| in_words(&items, style));
    Ok(if items.iter().any(|item| item.authorized) { Exit::Ok } else { Exit::Denied })
}

fn in_words(items: &[Preauthorization], style: Style) -> String {
    let lengths = items.iter().map(|item| item.resource.to_string().chars().count());
    let width = lengths.filter(|length| *length <= WIDEST).max().unwrap_or_default();
    let line = |item: &Preauthorization| {
        if item.authorized {
            return format!("{}  {}", style.strong("permit"), item.resource);
        }
        let why = item.denial.as_ref().map(|denial| {
            let words = denial.details.as_ref().unwrap_or(&denial.message);
            format!("  \"{words}\"")
        });
        format!(
            "{}    {:<width$}{}",
            style.strong("deny"),
            item.resource.to_string(),
            why.unwrap_or_default()
        )
    };
    let note = style.faint("To mark channels with: before a playback, couchpass authorize decides.");
    items.iter().map(line).chain([note]).collect::<Vec<_>>().join("\n")
}
