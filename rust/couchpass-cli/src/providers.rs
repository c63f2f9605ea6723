//! `couchpass providers`: the TV providers that a picker would show, and the trials that it would not.

use couchpass::Provider;

use crate::{
    event::Event, exit::Exit, failure::Failure, output::Output, settings::ClientArguments,
    shape::ProviderJson, style::Style,
};

#[derive(Debug, clap::Args)]
pub(crate) struct ProvidersArguments {
    #[command(flatten)]
    client: ClientArguments,
}

pub(crate) async fn run(arguments: &ProvidersArguments, output: Output) -> Result<Exit, Failure> {
    let settled = arguments.client.client(output)?;
    let providers = settled.client.providers().await?;
    let event = Event::Providers { providers: providers.iter().map(ProviderJson::from).collect() };
    output.tell(&event, |style| in_words(&providers, style));
    Ok(Exit::Ok)
}

fn in_words(providers: &[Provider], style: Style) -> String {
    let (trials, to_choose): (Vec<&Provider>, Vec<&Provider>) =
        providers.iter().partition(|provider| provider.is_temp_pass);
    let width =
        providers.iter().map(|provider| provider.id.as_str().chars().count()).max().unwrap_or_default();
    let line = |provider: &Provider| {
        let sso = if provider.platform_sso {
            style.faint("  (single sign-on by the platform token)")
        } else {
            String::new()
        };
        format!("  {:<width$}  {}{sso}", provider.id.as_str(), provider.display_name)
    };
    let mut lines = match to_choose.len() {
        0 => vec!["This requestor has no TV provider.".to_owned()],
        1 => vec![style.strong("1 TV provider:")],
        count => vec![style.strong(&format!("{count} TV providers:"))],
    };
    lines.extend(to_choose.into_iter().map(line));
    if !trials.is_empty() {
        lines.push(style.strong("Trials (TempPass), which belong in no picker:"));
        lines.extend(trials.into_iter().map(line));
    }
    lines.join("\n")
}
