//! The story of `docs/command-line.md` that leads to a reproduced bug: it happens as it is told.

use couchpass_sandbox::{Effect, Fault, Sandbox};

use crate::support::{Api, Bench};

const GUIDE: &str = include_str!("../../../../docs/command-line.md");

/// The fault that the guide orders.
fn ordered() -> Fault {
    let story = GUIDE.split("\n## To a first reproduced bug\n").nth(1).unwrap();
    let body = story.split("-d '").nth(1).unwrap().split('\'').next().unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn the_viewer_s_evening_is_reproduced() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, Api::V2);
    bench.sign_in_as(&sandbox, "basic").await;
    sandbox.recorder().clear();
    let fault = ordered();
    assert_eq!(fault.effect, Effect::Drop);
    sandbox.faults().add(fault);

    let reported = bench.run(&["authorize", "LanternOne", "-vv"]).await;
    let words = "the connection broke before the answer was complete";
    reported.assert_refused(5, &[&format!("error: {words}"), "try again in"]);
    assert_eq!(reported.err.matches(&format!("{words} after")).count(), 3, "three tries: {}", reported.err);
    assert_eq!(sandbox.recorder().requests().len(), 3);
    assert_eq!(bench.run(&["authorize", "LanternOne"]).await.code, 0, "then it worked");

    // With a single lost answer nobody would have noticed.
    sandbox.faults().clear();
    sandbox.faults().add(ordered().nth(1));
    assert_eq!(bench.run(&["authorize", "LanternOne"]).await.code, 0);
}
