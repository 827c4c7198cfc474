//! The life of a resource: create, an empty plan, update, replace, import, delete, and another delete once it
//! is gone. Every answer along the way is checked against the rules.

use stripe_provider::terraform::value::Value;

use super::terraform::{Action, Fault, Object, Outcome, Terraform};
use super::toy::boxes;

/// What to do with an object of one type.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// The first configuration.
    pub create: Value,
    /// A configuration that changes the object in place; null if none does.
    pub update: Value,
    /// A configuration that needs a new object; null if none does.
    pub replace: Value,
    /// The attribute whose value an import takes; empty if there is no import.
    pub import_by: &'static str,
    /// Attributes that an import cannot know.
    pub import_lacks: &'static [&'static str],
    /// Whether the object exists only in the state, so that a read cannot notice its deletion.
    pub local: bool,
}

impl Steps {
    /// The life of a toy box.
    pub fn of_a_box() -> Self {
        Self {
            create: boxes::full(),
            update: boxes::changed(),
            replace: boxes::of_tin(),
            import_by: "id",
            ..Self::default()
        }
    }
}

/// Runs the life of an object of type `name`; stops at the first broken rule.
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

/// Plans and applies a configuration, and checks that nothing is left to do.
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

/// Reads the object, which must be as the apply left it, and plans, which must find no change.
async fn unchanged(
    terraform: &mut Terraform,
    name: &str,
    object: &Object,
    config: &Value,
) -> Outcome<Object> {
    let read = terraform.refresh(name, object).await?;
    let (was, is) = (&object.state, &read.state);
    expect(was == is, &format!("the read differs from the apply: {is:?}, not {was:?}"))?;
    expect(object.private == read.private, "the read changes the private data")?;
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

/// Deletes the object, then deletes it again, as two runs that do not know of each other would.
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
