//! What the pages are made with: a stylesheet and a script, which are part of the program.

/// A file that is the same in every sandbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    pub(crate) content_type: &'static str,
    pub(crate) text: &'static str,
}

/// The asset at this path of the second screen.
pub(crate) fn asset(path: &str) -> Option<Asset> {
    Some(match path {
        "/screen.css" => Asset {
            content_type: "text/css; charset=utf-8",
            text: concat!(include_str!("palette.css"), include_str!("screen.css")),
        },
        "/screen.js" => {
            Asset { content_type: "text/javascript; charset=utf-8", text: include_str!("screen.js") }
        }
        _ => return None,
    })
}
