//! What a resource parameter means: a plain id, or an MRSS fragment.
//!
//! Adobe's pages: "Decisions" and "MVPD content metadata exchange": the channel's title names the network, the item's
//! rating is what parental controls go by.

use roxmltree::{Document, Node};

use crate::catalogue::ErrorCode;
use crate::config::{Account, Mvpd, Requestor, Resource};
use crate::problem::Problem;

/// The ratings of V-CHIP and of MPAA, each from harmless to adult, side by side.
const RATINGS: [&[&str]; 6] =
    [&["TV-Y", "G"], &["TV-Y7"], &["TV-G"], &["TV-PG", "PG"], &["TV-14", "PG-13"], &["TV-MA", "R", "NC-17"]];

/// A resource as a call names it.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The parameter, to the letter.
    pub(crate) text: String,
    /// A resource id, or a channel's title.
    channel: String,
    /// The rating of the item.
    rating: Option<String>,
}

impl Asked {
    /// Reads a resource. What begins like XML has to be MRSS.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        let (channel, rating) = if text.trim_start().starts_with('<') {
            mrss(text)
                .ok_or_else(|| Problem::new(400, ErrorCode::MalformedAuthzRequest, "Malformed resource"))?
        } else {
            (text.to_owned(), None)
        };
        Ok(Self { text: text.to_owned(), channel, rating })
    }

    /// Reads a comma-separated list. A comma inside an MRSS fragment separates nothing.
    pub(crate) fn read_list(text: &str) -> Result<Vec<Self>, Problem> {
        let mut asked = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let fragment = rest.trim_start().starts_with('<').then(|| rest.find("</rss>")).flatten();
            let end = fragment.map_or(0, |at| at + "</rss>".len());
            let comma = rest[end..].find(',').map(|at| end + at);
            let (one, after) = comma.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
            if !one.trim().is_empty() {
                asked.push(Self::read(one.trim())?);
            }
            rest = after;
        }
        Ok(asked)
    }

    /// The id of the resource, or what the call says where there is no such resource.
    pub(crate) fn id<'a>(&'a self, requestor: &'a Requestor) -> &'a str {
        self.of(requestor).map_or(self.channel.as_str(), |resource| resource.id.as_str())
    }

    fn of<'a>(&self, requestor: &'a Requestor) -> Option<&'a Resource> {
        requestor
            .resources
            .iter()
            .find(|resource| resource.id == self.channel || resource.title == self.channel)
    }
}

/// The channel's title and the item's rating.
fn mrss(text: &str) -> Option<(String, Option<String>)> {
    let document = Document::parse(text).ok()?;
    let rss = document.root_element();
    if rss.tag_name().name() != "rss" {
        return None;
    }
    let channel = child(rss, "channel")?;
    let title = child(channel, "title")?.text()?.trim().to_owned();
    let rating =
        channel.descendants().find(|node| node.tag_name().name() == "rating").and_then(|node| node.text());
    (!title.is_empty()).then_some((title, rating.map(|rating| rating.trim().to_owned())))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// What stands against a resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    /// The MVPD, or the subscription.
    Mvpd,
    /// The account's parental controls.
    Parental,
    /// The time of the TempPass is up.
    Duration,
    /// The promotional TempPass opens no more titles.
    Titles,
}

/// A no.
#[derive(Debug)]
pub(crate) struct Denial {
    pub(crate) why: Why,
    /// What the viewer is told.
    pub(crate) details: String,
}

/// What the MVPD says about this account and this resource.
pub(crate) fn decide(
    mvpd: &Mvpd,
    account: &Account,
    requestor: &Requestor,
    asked: &Asked,
) -> Result<(), Denial> {
    let Some(resource) = asked.of(requestor) else {
        let details = format!("{} does not carry {}.", mvpd.display_name, asked.channel);
        return Err(Denial { why: Why::Mvpd, details });
    };
    if !account.channels.include(&resource.id) {
        let details = format!("{} is not part of your package. {}", resource.title, mvpd.upgrade);
        return Err(Denial { why: Why::Mvpd, details: details.trim().to_owned() });
    }
    let rating = asked.rating.as_ref().or(resource.rating.as_ref());
    if let (Some(limit), Some(rating)) = (&account.max_rating, rating)
        && rank(rating) > rank(limit)
    {
        let details =
            format!("{} is rated {rating}. Your parental controls allow up to {limit}.", resource.title);
        return Err(Denial { why: Why::Parental, details });
    }
    Ok(())
}

/// How adult a rating is. One that nobody knows counts as the most adult.
fn rank(rating: &str) -> usize {
    RATINGS.iter().position(|level| level.contains(&rating)).unwrap_or(RATINGS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MRSS: &str = r#"<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>One, two</title>
        <item><title>Show</title><media:rating scheme="urn:v-chip">TV-14</media:rating></item></channel></rss>"#;

    #[test]
    fn mrss_names_the_channel_and_the_rating() {
        let asked = Asked::read(MRSS).unwrap();
        assert_eq!((asked.channel.as_str(), asked.rating.as_deref()), ("One, two", Some("TV-14")));
    }

    #[test]
    fn malformed_mrss_is_refused() {
        assert!(Asked::read("<rss><channel><title>One</channel></rss>").is_err());
        assert!(Asked::read("<rss><channel></channel></rss>").is_err());
        assert!(Asked::read("<html/>").is_err());
    }

    #[test]
    fn a_comma_inside_mrss_separates_nothing() {
        let asked = Asked::read_list(&format!("A,{MRSS},B")).unwrap();
        assert_eq!(asked.iter().map(|a| a.channel.as_str()).collect::<Vec<_>>(), ["A", "One, two", "B"]);
    }
}
