//! `couchpass metadata`: what the TV provider tells of the viewer. Personal, so it is shown only to who asks for it.

use couchpass::{MetadataValue, Metadatum, UserMetadata};

use crate::{
    event::Event, exit::Exit, failure::Failure, output::Output, settings::ClientArguments,
    shape::MetadatumJson, style::Style, when,
};

#[derive(Debug, clap::Args)]
pub(crate) struct MetadataArguments {
    #[command(flatten)]
    client: ClientArguments,
}

pub(crate) async fn run(arguments: &MetadataArguments, output: Output) -> Result<Exit, Failure> {
    let settled = arguments.client.client(output)?;
    let metadata = settled.client.user_metadata().await?;
    let values = metadata.values.iter().map(|(name, datum)| (name.as_str(), MetadatumJson::from(datum)));
    let event = Event::Metadata { updated: metadata.updated, values: values.collect() };
    output.tell(&event, |style| in_words(&metadata, style));
    Ok(Exit::Ok)
}

fn in_words(metadata: &UserMetadata, style: Style) -> String {
    let width = metadata.values.keys().map(|name| name.chars().count()).max().unwrap_or_default();
    let line = |(name, datum): (&String, &Metadatum)| {
        format!("  {}  {}", style.faint(&format!("{name:<width$}")), value(datum))
    };
    let heading = match (metadata.values.is_empty(), metadata.updated) {
        (true, _) => "The TV provider tells nothing of the viewer.".to_owned(),
        (false, Some(updated)) => format!("Last changed {}:", when::date(updated)),
        (false, None) => "The TV provider tells of the viewer:".to_owned(),
    };
    [heading].into_iter().chain(metadata.values.iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn value(datum: &Metadatum) -> String {
    if datum.encrypted {
        return "(encrypted: your backend has the key, --json has the text)".to_owned();
    }
    match &datum.value {
        MetadataValue::Text(text) => text.clone(),
        MetadataValue::List(texts) => texts.join(", "),
        MetadataValue::Map(texts) => {
            texts.iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join(", ")
        }
    }
}
