//! Completions and manual pages: of the command as it is.

use crate::support::Bench;

#[tokio::test]
async fn shells_get_a_script_that_they_accept() {
    let bench = Bench::bare();
    for (shell, word) in
        [("bash", "complete -F"), ("zsh", "#compdef couchpass"), ("fish", "complete -c couchpass")]
    {
        let script = bench.run(&["completions", shell]).await;
        assert_eq!((script.code, script.err.as_str()), (0, ""));
        for command in [word, "temporary-access", "doctor", "software-statement"] {
            assert!(script.out.contains(command), "{shell}: {command}");
        }
    }
    let script = bench.run(&["completions", "bash"]).await.out;
    let file = bench.file("couchpass.bash", &script).to_str().unwrap().to_owned();
    // As bash does it when somebody presses Tab behind "couchpass temp".
    let ask = format!(
        ". {file}; COMP_WORDS=(couchpass temp); COMP_CWORD=1; _couchpass couchpass temp couchpass; echo \"${{COMPREPLY[@]}}\""
    );
    assert_eq!(bench.run_elsewhere("bash", &ask), "temporary-access\n");
    assert_eq!(bench.run(&["completions", "perl"]).await.code, 2);
}

#[tokio::test]
async fn every_command_has_a_page() {
    let bench = Bench::bare();
    let page = bench.run(&["man"]).await;
    assert_eq!(page.code, 0, "{page:?}");
    assert!(page.out.contains(".TH couchpass 1") && page.out.contains("Exit codes"), "{}", page.out);
    let page = bench.run(&["man", "sign-in"]).await;
    assert!(
        page.out.contains(".TH couchpass-sign-in 1") && page.out.contains("COUCHPASS_ACTIVATE_URL"),
        "{}",
        page.out
    );
    bench.run(&["man", "dance"]).await.assert_refused(2, &["dance", "temporary-access"]);

    let directory = bench.path("man1").to_str().unwrap().to_owned();
    assert_eq!(bench.run(&["man", "--directory", &directory]).await.code, 0);
    let mut written: Vec<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    written.sort();
    assert_eq!(written.len(), 15, "{written:?}");
    assert!(
        written.contains(&"couchpass.1".to_owned()) && written.contains(&"couchpass-doctor.1".to_owned()),
        "{written:?}"
    );
}
