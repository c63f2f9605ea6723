//! A finding: what was looked at, how it stands, and what to do about it.

use serde::Serialize;

use crate::{exit::Exit, failure::Failure, style::Style};

/// How a finding stands; what is worse comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    /// Something does not work.
    Error,
    /// It works, and not as well or as long as it could.
    Warning,
    /// Worth knowing.
    Note,
    /// In order.
    Ok,
    /// Nobody can see it from here.
    Duty,
}

/// One of them. Holds no secret.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    pub(super) severity: Severity,
    /// What was looked at, in a word that stays.
    pub(super) check: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// How a command ends that runs into it.
    #[serde(skip)]
    exit: Exit,
}

impl Finding {
    /// For people, in the form in which the commands tell of errors.
    pub(super) fn in_words(&self, style: Style) -> String {
        let severity = match self.severity {
            Severity::Error => style.strong("error:"),
            Severity::Warning => style.strong("warning:"),
            Severity::Note => "note:".to_owned(),
            Severity::Ok => style.faint("ok:"),
            Severity::Duty => style.faint("duty:"),
        };
        let remedy = self.remedy.as_ref().map(|remedy| format!("\n  do: {remedy}")).unwrap_or_default();
        format!("{severity} {}{remedy}", self.message)
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

/// All of them, as they come.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    fn add(
        &mut self,
        severity: Severity,
        check: &'static str,
        message: impl Into<String>,
        remedy: Option<String>,
        exit: Exit,
    ) {
        self.0.push(Finding { severity, check, message: message.into(), remedy, exit });
    }

    /// Something in the configuration has to be put right.
    pub(super) fn error(
        &mut self,
        check: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Error, check, message, Some(remedy.into()), Exit::Configuration);
    }

    /// Something that may be otherwise in a while.
    pub(super) fn trouble(
        &mut self,
        check: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Error, check, message, Some(remedy.into()), Exit::Later);
    }

    /// What a command would end with.
    pub(super) fn failure(&mut self, check: &'static str, failure: &Failure) {
        let Failure { message, remedy, details, exit, .. } = failure;
        // Whatever is wrong with the arguments is the configuration's fault here: the doctor's own are in order.
        let exit = if *exit == Exit::Usage { Exit::Configuration } else { *exit };
        let message = format!("{message}{}", details.in_words());
        self.add(Severity::Error, check, message, Some(remedy.clone()), exit);
    }

    /// Goes on with what there is; notes why there is nothing.
    pub(super) fn take<T>(&mut self, check: &'static str, outcome: Result<T, Failure>) -> Option<T> {
        outcome.map_err(|failure| self.failure(check, &failure)).ok()
    }

    pub(super) fn warning(
        &mut self,
        check: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Warning, check, message, Some(remedy.into()), Exit::Ok);
    }

    pub(super) fn note(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(Severity::Note, check, message, None, Exit::Ok);
    }

    pub(super) fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(Severity::Ok, check, message, None, Exit::Ok);
    }

    pub(super) fn duty(&mut self, row: &'static str, message: impl Into<String>) {
        self.add(Severity::Duty, row, message, None, Exit::Ok);
    }

    pub(super) fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The worst first, otherwise in the order in which they came.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }

    /// What a command would end with: what has to be fixed comes before what may pass.
    pub(super) fn exit(&self) -> Exit {
        let ends = |exit: Exit| self.0.iter().any(|finding| finding.exit == exit);
        [Exit::Configuration, Exit::Support, Exit::Denied, Exit::SignIn, Exit::Later]
            .into_iter()
            .find(|exit| ends(*exit))
            .unwrap_or(Exit::Ok)
    }
}
