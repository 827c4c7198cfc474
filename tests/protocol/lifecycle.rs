//! The life of a resource: create, nothing to do, update, replace, import, delete, and
//! delete once more when it is gone. Every answer on the way is held against the rules.

use stripe_provider::terraform::value::Value;

use crate::terraform::{Action, Fault, Object, Outcome, Terraform};
use crate::toy::{Flaw, Toy};

/// What to do with an object of one type.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// The first configuration.
    pub create: Value,
    /// One that changes the object in place; null when nothing does.
    pub update: Value,
    /// One that needs a new object; null when nothing does.
    pub replace: Value,
    /// The attribute whose value an import takes; empty when there is no import.
    pub import_by: &'static str,
    /// Attributes that an import cannot know.
    pub import_lacks: &'static [&'static str],
    /// There is nothing but the state: a delete cannot be seen by a read.
    pub local: bool,
}

/// Runs the life of an object of type `name`; stops at the first rule that is broken.
pub async fn lifecycle(terraform: &mut Terraform, name: &str, steps: &Steps) -> Outcome<()> {
    let mut object = step(terraform, name, &Object::default(), &steps.create, Action::Create).await?;
    let mut config = &steps.create;
    for (next, action) in [(&steps.update, Action::Update), (&steps.replace, Action::Replace)] {
        if !next.is_null() {
            let before = object.state.get("id").clone();
            object = step(terraform, name, &object, next, action).await?;
            let kept = object.state.get("id") == &before;
            expect(kept == (action == Action::Update), "an update keeps the id, a replacement does not")?;
            config = next;
        }
    }
    if !steps.import_by.is_empty() {
        imported(terraform, name, steps, &object).await?;
    }
    unchanged(terraform, name, &object, config).await?;
    deleted(terraform, name, steps, &object).await
}

/// Plans and applies a configuration, and sees that nothing is left to do.
async fn step(
    terraform: &mut Terraform,
    name: &str,
    before: &Object,
    config: &Value,
    action: Action,
) -> Outcome<Object> {
    let plan = terraform.plan(name, before, config).await?;
    expect(plan.action == action, &format!("planned to {:?}, not to {action:?}", plan.action))?;
    let object = terraform.apply(name, &plan).await?;
    unchanged(terraform, name, &object, config).await
}

/// Reads the object, which must be as the apply left it, and plans, which must come to nothing.
async fn unchanged(
    terraform: &mut Terraform,
    name: &str,
    object: &Object,
    config: &Value,
) -> Outcome<Object> {
    let read = terraform.refresh(name, object).await?;
    let (was, is) = (&object.state, &read.state);
    expect(was == is, &format!("the read differs from the apply: {is:?}, not {was:?}"))?;
    let plan = terraform.plan(name, &read, config).await?;
    let planned = &plan.planned.state;
    expect(
        plan.action == Action::Nothing,
        &format!("an unchanged config has a diff: {planned:?} from {is:?}"),
    )?;
    Ok(read)
}

async fn imported(terraform: &mut Terraform, name: &str, steps: &Steps, object: &Object) -> Outcome<()> {
    let id = object.state.get(steps.import_by).as_str().expect("an id to import by");
    let imported = terraform.import(name, id).await?.state;
    for (attribute, was) in object.state.as_map().expect("an object") {
        let is = imported.get(attribute);
        let known = is == was || steps.import_lacks.contains(&attribute.as_str());
        expect(known, &format!("the import has {is:?} for `{attribute}`, not {was:?}"))?;
    }
    Ok(())
}

/// Deletes the object, and again when it is gone, as two runs that do not know of each other do.
async fn deleted(terraform: &mut Terraform, name: &str, steps: &Steps, object: &Object) -> Outcome<()> {
    for _ in 0..2 {
        let plan = terraform.plan(name, object, &Value::Null).await?;
        let left = terraform.apply(name, &plan).await?;
        expect(left.state.is_null(), "the object is still there after its delete")?;
        let read = terraform.refresh(name, object).await?;
        expect(read.state.is_null() || steps.local, "a deleted object can still be read")?;
    }
    Ok(())
}

fn expect(holds: bool, what: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(Fault::Broken(vec![what.to_owned()])) }
}

fn text(pairs: &[(&str, &str)]) -> Value {
    Value::map(pairs.iter().map(|(name, value)| (*name, Value::from(*value))))
}

fn box_steps() -> Steps {
    let hinges = ["brass", "steel"].map(|metal| text(&[("metal", metal)])).to_vec();
    let mut lid = text(&[("color", "red")]);
    lid.set("hinge", Value::List(hinges));
    let mut create = text(&[("name", "toys"), ("kind", "wood")]);
    create.set("lid", Value::List(vec![lid]));
    create.set("tags", text(&[("room", "attic")]));
    create.set("labels", Value::Set(vec!["b".into(), "a".into()]));
    let mut update = create.clone();
    update.set("name", "tools".into());
    update.set("size", Value::from(3));
    update.set("tags", Value::Null);
    let mut replace = update.clone();
    replace.set("kind", "tin".into());
    Steps { create, update, replace, import_by: "id", ..Steps::default() }
}

async fn live(toy: Toy) -> Outcome<()> {
    let mut terraform = Terraform::start(toy).await?;
    terraform.configure(&text(&[("room", "hall")])).await?;
    lifecycle(&mut terraform, "toy_box", &box_steps()).await
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
        (Flaw::ReplacesForNoPath, "does not exist"),
        (Flaw::PlansToKeepWhatIsDestroyed, "planned a non-null destroy value"),
        (Flaw::ForgetsThePrivateData, "the read lost the private data"),
        (Flaw::FailsToDeleteWhatIsGone, "No Such Box"),
        (Flaw::FailsToReadWhatIsGone, "No Such Box"),
        (Flaw::ReadsWhatWasNotWritten, "the read differs from the apply"),
        (Flaw::ImportsNothing, "Nothing To Import"),
        (Flaw::BendsTheState, "Value Does Not Fit Schema"),
        (Flaw::Panics, "the shelf fell over"),
    ];
    for (flaw, rule) in flaws {
        let fault = live(Toy::with(flaw)).await.expect_err("a flaw shows").to_string();
        assert!(fault.contains(rule), "{flaw:?} should break {rule:?}, but: {fault}");
    }
}
