//! Everything that can go wrong, in the two shapes that REST API v1 knows, of which v2 has one, and in OAuth's.
//!
//! Adobe's page: "Enhanced Error Codes". They are sent where Adobe has switched them on; elsewhere the older bodies of
//! status, message and details are.

use std::borrow::Cow;

use crate::catalogue::ErrorCode;
use crate::random;
use crate::render::{Document, Node, map};

const HELP_URL: &str = "https://experienceleague.adobe.com/docs/pass/authentication/auth-features/error-reportn/enhanced-error-codes.html";

/// A refusal on its way to the client.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// `{"error": …}`, as OAuth and DCR have it.
    OAuth(&'static str),
    /// Enhanced where they are switched on, or else the older body.
    Pass {
        /// The status that the enhanced error tells; HTTP's may differ.
        told: u16,
        code: ErrorCode,
        /// The older body's message.
        message: String,
        details: Option<String>,
        /// Whether the older body shows `details` even when there are none.
        detailed: bool,
    },
    /// Status and message, whatever is switched on.
    Plain(Cow<'static, str>),
    /// The plain page of the web server in front.
    Page(&'static str),
}

impl Problem {
    pub(crate) fn new(status: u16, code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, kind: Kind::Pass { told: status, code, message, details: None, detailed: false } }
    }

    /// An error of the catalogue, with the status that belongs to it.
    pub(crate) fn of(code: ErrorCode) -> Self {
        Self::new(code.status(), code, code.message())
    }

    /// The same error under another HTTP status.
    pub(crate) fn answered_with(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn oauth(status: u16, error: &'static str) -> Self {
        Self { status, kind: Kind::OAuth(error) }
    }

    pub(crate) fn page(status: u16, title: &'static str) -> Self {
        Self { status, kind: Kind::Page(title) }
    }

    /// A status with a message, in the older shape even where enhanced errors are on.
    pub(crate) fn plain(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, kind: Kind::Plain(message.into()) }
    }

    /// A mandatory parameter is not there, or is empty.
    pub(crate) fn absent(code: ErrorCode, parameter: &str) -> Self {
        Self::new(400, code, format!("Required '{parameter}' is not present"))
    }

    /// With the field `details`, empty or not, in the older body.
    pub(crate) fn detailed(mut self, text: Option<String>) -> Self {
        if let Kind::Pass { details, detailed, .. } = &mut self.kind {
            *details = text;
            *detailed = true;
        }
        self
    }

    /// The HTML page of this problem, if it is one.
    pub(crate) fn html(&self) -> Option<String> {
        match self.kind {
            Kind::Page(title) => Some(page(title)),
            _ => None,
        }
    }

    /// Whether this is an OAuth error, which is JSON whatever was asked for.
    pub(crate) fn is_oauth(&self) -> bool {
        matches!(self.kind, Kind::OAuth(_))
    }

    /// The body.
    pub(crate) fn document(&self, enhanced: bool) -> Document {
        let node = match &self.kind {
            Kind::OAuth(error) => map([("error", (*error).into())]),
            Kind::Plain(message) => self.plainly(message),
            Kind::Page(title) => self.plainly(title),
            Kind::Pass { .. } if enhanced => self.enhanced(),
            Kind::Pass { message, details, detailed, .. } => {
                let mut fields = vec![
                    ("status".into(), u64::from(self.status).into()),
                    ("message".into(), message.clone().into()),
                ];
                if *detailed {
                    fields.push(("details".into(), details.clone().map_or(Node::Null, Node::from)));
                }
                Node::Map(fields)
            }
        };
        Document::new("error", node)
    }

    fn plainly(&self, message: &str) -> Node {
        map([("status", u64::from(self.status).into()), ("message", message.into())])
    }

    /// The enhanced error, as the body or as part of a list's item.
    pub(crate) fn enhanced(&self) -> Node {
        let Kind::Pass { told, code, details, .. } = &self.kind else { return Node::Null };
        let mut fields = vec![
            ("action".into(), code.action().into()),
            ("status".into(), u64::from(*told).into()),
            ("code".into(), code.code().into()),
            ("message".into(), code.message().into()),
        ];
        if let Some(details) = details {
            fields.push(("details".into(), details.as_str().into()));
        }
        fields.push(("helpUrl".into(), HELP_URL.into()));
        fields.push(("trace".into(), random::uuid().into()));
        Node::Map(fields)
    }
}

/// The page of the web server that stands before Adobe's services.
pub(crate) fn page(title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"
    )
}
