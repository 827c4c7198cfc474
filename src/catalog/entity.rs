//! How one entity of a type is identified (by its own id and those of its parents), and which calls create
//! and change it.

use super::model::{Entity, PLAIN, Parent};
use super::operation::{Operation, OperationKind};
use super::shape::{Kind, Member, Presence, Shape};

impl Entity {
    /// Returns whether an entity has an id of its own: all but singletons do.
    pub fn has_own_id(&self) -> bool {
        self.operations.iter().any(Operation::is_of_one)
            || self.operations.iter().all(|operation| operation.kind != OperationKind::Get)
    }

    /// Returns whether a path of fields ends at a key of a map, such as metadata, whose values the facts
    /// know only as texts.
    pub fn is_key_of_map(&self, path: &[String]) -> bool {
        let map = path.split_last().and_then(|(_, above)| self.field_at(&above.join(".")));
        map.is_some_and(|shape| shape.map_value().is_some())
    }

    /// Returns the parents of an entity: the placeholders before its own in the path.
    pub fn parents(&self) -> Vec<&str> {
        self.belongs_to.iter().map(|parent| parent.placeholder.as_str()).collect()
    }

    /// Returns the params that a create accepts, both of the path and of the call. An object that already
    /// exists is created by an update, whose path names it.
    pub fn create_params(&self) -> &[Member] {
        self.derived.create_params.get_or_init(|| {
            let operation = self.create_operation();
            let own = operation.is_some_and(Operation::is_of_one).then(|| Member::new("id", Shape::text()));
            let id_of = |parent: &Parent| {
                Member::new(&parent.placeholder, Shape::new(Kind::Id(vec![parent.object.clone()])))
            };
            let params = operation.into_iter().flat_map(|create| create.params.clone());
            self.belongs_to.iter().map(id_of).chain(own).chain(params).collect()
        })
    }

    /// Returns all params that a create or an update accepts, at every level.
    pub fn params(&self) -> &[Member] {
        self.derived.params.get_or_init(|| {
            let mut params = self.create_params().to_vec();
            if let Some(update) = self.operation(OperationKind::Update) {
                merge(&mut params, &update.params);
            }
            params
        })
    }

    /// Returns whether a param only controls how a call is done: it is sent with calls but causes none.
    pub fn is_modifier(&self, path: &str) -> bool {
        self.modifiers.iter().any(|modifier| modifier == path)
    }

    /// Returns whether a change of this param affects only the field of the same name.
    pub fn is_plain(&self, param: &str) -> bool {
        PLAIN.contains(&param) || self.plain.iter().any(|plain| plain == param)
    }

    /// Returns whether a param that no update accepts has an effect only on create: Stripe never returns
    /// it, it is not part of the entity's place, and no rule says that a change needs a new entity. A
    /// member of a list item counts as returned with the item.
    pub fn acts_at_creation(&self, path: &str) -> bool {
        let names_it = path == "id" || self.parents().contains(&path);
        let makes_new = self.recreates.iter().any(|param| param == path);
        let changes = self.operation(OperationKind::Update).is_some();
        let in_item = path.split('.').any(|step| step.bytes().all(|letter| letter.is_ascii_digit()));
        changes && !names_it && !makes_new && !in_item && self.field_at(path).is_none()
    }

    /// Returns the call that creates one: a create, or an update of an object that already exists.
    pub fn create_operation(&self) -> Option<&Operation> {
        let preexisting = self.preexisting || !self.has_own_id();
        let update = || self.operation(OperationKind::Update).filter(|_| preexisting);
        self.operation(OperationKind::Create).or_else(update)
    }
}

/// Adds the members that only `more` has, at every level.
fn merge(members: &mut Vec<Member>, more: &[Member]) {
    for member in more {
        match members.iter_mut().find(|known| known.name == member.name) {
            Some(known) => merge_inside(&mut known.shape, &member.shape),
            None => members.push(not_required(member)),
        }
    }
}

/// Makes a member that only an update accepts optional: it is never required.
fn not_required(member: &Member) -> Member {
    let presence = if member.shape.is_required() { Presence::Optional } else { member.shape.presence };
    Member::new(&member.name, member.shape.clone().with_presence(presence))
}

fn merge_inside(known: &mut Shape, more: &Shape) {
    match (&mut known.kind, &more.kind) {
        (Kind::Object(members), Kind::Object(more)) => merge(members, more),
        (Kind::List(item) | Kind::Set(item), Kind::List(more) | Kind::Set(more))
        | (Kind::Map(item), Kind::Map(more)) => merge_inside(item, more),
        _ => {}
    }
}

impl Operation {
    /// Returns whether its path ends with the id of one entity.
    pub fn is_of_one(&self) -> bool {
        self.path.ends_with("/{id}")
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Entity, catalog, find};

    /// An update of a payment link identifies its line items by their ids; a new one has items without.
    #[test]
    fn what_an_update_alone_takes_is_not_required() {
        let link = catalog().entity("PaymentLink").unwrap();
        let items = find(link.params(), "line_items").and_then(|items| items.shape.item());
        let id = items.and_then(|item| item.member("id")).unwrap();
        assert!(!id.shape.is_required());
    }

    #[test]
    fn what_was_asked_for_makes_no_other_type() {
        let asked = catalog().entity("Customer").unwrap();
        assert!(!asked.params().is_empty());
        let fresh: Entity = serde_json::from_value(serde_json::to_value(asked).unwrap()).unwrap();
        assert_eq!(&fresh, asked);
    }
}
