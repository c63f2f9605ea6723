//! What an app has to do itself, and what nobody can see from outside it. `docs/duties.md` has all of them.

use super::finding::Findings;

/// The row of the list, and the app's part in it.
const LEFT_TO_THE_APP: [(&str, &str); 8] = [
    (
        "M06",
        "tell redirect_reached() when a login page in the app's own browser has come to its redirect URL",
    ),
    ("M07", "drop the sign-in's events when its screen is gone, so that the polling stops"),
    ("M13", "authorize before each playback, and let a stream play on when its media token ends"),
    ("M15", "open the pages that a sign-out leaves, where the app has a browser"),
    ("M19", "keep the store: no backup of it elsewhere, no new one with each start"),
    ("M26", "offer the viewer a way to sign out"),
    ("M28", "have every media token validated by a backend before a stream starts"),
    ("M47", "say when a trial is over: Adobe stops no stream"),
];

pub(super) fn remind(findings: &mut Findings) {
    for (row, words) in LEFT_TO_THE_APP {
        findings.duty(row, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_row_of_the_list() {
        let list = include_str!("../../../../docs/duties.md");
        for (row, _) in LEFT_TO_THE_APP {
            assert!(list.contains(&format!("| {row} | ")), "{row}");
        }
    }
}
