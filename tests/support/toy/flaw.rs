//! The ways in which the toy can break a rule.

use stripe_provider::terraform::provider::PlanResponse;
use stripe_provider::terraform::value::{Path, Value};

use super::Toy;

/// One way to break the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    PlansADefault,
    ShoutsTheName,
    KeepsTheRevision,
    LeavesTheSizeUnknown,
    PlansByTheClock,
    PlansWithoutTheLid,
    PlansWithoutTheDrawers,
    ReplacesForNoPath,
    PlansToKeepWhatIsDestroyed,
    ForgetsThePrivateData,
    FailsToDeleteWhatIsGone,
    FailsToReadWhatIsGone,
    ReadsWhatWasNotWritten,
    ImportsNothing,
    BendsTheState,
    Panics,
    HasNoSchema,
    PanicsInASchema,
}

impl Toy {
    /// Turns a good plan into the one that the flaw makes.
    pub(super) fn bend(&self, prior: &Value, planned: &mut PlanResponse) {
        let state = &mut planned.state;
        match self.flaw {
            Some(Flaw::PlansADefault) => state.set("note", "by default".into()),
            Some(Flaw::ShoutsTheName) => {
                let loud = state.get("name").as_str().map(str::to_uppercase);
                state.set("name", loud.into());
            }
            Some(Flaw::KeepsTheRevision) if !prior.is_null() => {
                state.set("revision", prior.get("revision").clone());
            }
            Some(Flaw::PlansByTheClock) => state.set("size", self.number().into()),
            Some(Flaw::PlansWithoutTheLid) => state.set("lid", Value::List(Vec::new())),
            Some(Flaw::PlansWithoutTheDrawers) => state.set("drawer", Value::map::<String>([])),
            Some(Flaw::ReplacesForNoPath) => planned.requires_replace.push(Path::attribute("weight")),
            _ => {}
        }
    }
}
