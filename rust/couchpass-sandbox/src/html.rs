//! As much of HTML as the viewer needs: the links and the forms of the sandbox's own pages.

/// A form of a page.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    /// The fields with their values, the submit buttons left out.
    pub(crate) fields: Vec<(String, String)>,
}

/// The addresses that a page links to.
pub(crate) fn links(page: &str) -> Vec<String> {
    tags(page, "a").iter().filter_map(|tag| attribute(tag, "href")).collect()
}

/// The first form of a page.
pub(crate) fn form(page: &str) -> Option<Form> {
    let start = page.find("<form")?;
    let text = &page[start..start + page[start..].find("</form>")?];
    let fields = tags(text, "input");
    let fields = fields.iter().filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value"))));
    Some(Form {
        action: attribute(text, "action")?,
        fields: fields.map(|(name, value)| (name, value.unwrap_or_default())).collect(),
    })
}

/// The text of the first element that is marked as an alert.
pub(crate) fn alert(page: &str) -> Option<String> {
    let after = &page[page.find("role=\"alert\"")?..];
    Some(unescaped(&after[after.find('>')? + 1..after.find('<')?]))
}

/// The opening tags of this name, without their brackets.
fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!("<{name} ");
    page.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let opening = format!("{name}=\"");
    let at = tag
        .find(&format!(" {opening}"))
        .map(|at| at + 1)
        .or_else(|| tag.starts_with(&opening).then_some(0))?;
    tag[at + opening.len()..].split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
