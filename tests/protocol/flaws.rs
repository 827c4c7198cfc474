//! The toy lives a whole life, and each of its flaws breaks a rule of core.

use stripe_provider::terraform::value::Value;

use crate::support::lifecycle::{Steps, lifecycle};
use crate::support::terraform::{Outcome, Terraform};
use crate::support::toy::{Flaw, Toy};

async fn live(toy: Toy) -> Outcome<()> {
    let mut terraform = Terraform::start(toy).await?;
    terraform.configure(&Value::map([("room", Value::from("hall"))])).await?;
    lifecycle(&mut terraform, "toy_box", &Steps::of_a_box()).await
}

#[tokio::test]
async fn a_flawless_resource_lives_and_dies_without_a_broken_rule() {
    live(Toy::default()).await.unwrap_or_else(|fault| panic!("{fault}"));
}

#[tokio::test]
async fn every_flaw_breaks_the_rule_it_is_about() {
    let flaws = [
        (Flaw::PlansADefault, "`note` is not computed and not configured"),
        (Flaw::ShoutsTheName, "neither the config"),
        (Flaw::KeepsTheRevision, "inconsistent result after apply: `revision`"),
        (Flaw::LeavesTheSizeUnknown, "after apply: `size` is unknown"),
        (Flaw::PlansByTheClock, "planned differently the second time"),
        (Flaw::PlansWithoutTheLid, "`lid`: 0 blocks planned, 1 configured"),
        (Flaw::PlansWithoutTheDrawers, "`drawer`: 0 blocks planned, 2 configured"),
        (Flaw::ReplacesForNoPath, "does not exist"),
        (Flaw::PlansToKeepWhatIsDestroyed, "planned a non-null destroy value"),
        (Flaw::ForgetsThePrivateData, "the read lost the private data"),
        (Flaw::FailsToDeleteWhatIsGone, "No Such Box"),
        (Flaw::FailsToReadWhatIsGone, "No Such Box"),
        (Flaw::ReadsWhatWasNotWritten, "the read differs from the apply"),
        (Flaw::ImportsNothing, "Cannot Import"),
        (Flaw::BendsTheState, "Value Does Not Fit Schema"),
        (Flaw::Panics, "the shelf fell over"),
    ];
    for (flaw, rule) in flaws {
        let fault = live(Toy::with(flaw)).await.expect_err("a flaw shows").to_string();
        assert!(fault.contains(rule), "{flaw:?} should break {rule:?}, but: {fault}");
    }
}
