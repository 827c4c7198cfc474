//! How an entity is told apart from the others of its type: by its own id, and by what it
//! belongs to.

use super::model::{Entity, Operation, OperationKind, parents};
use super::shape::{Member, Shape};

impl Entity {
    /// Whether an entity is told by an id of its own: all but singletons are.
    pub fn has_own_id(&self) -> bool {
        self.operations.iter().any(Operation::is_of_one)
            || self.operations.iter().all(|operation| operation.kind != OperationKind::Get)
    }

    /// What an entity belongs to: the placeholders that stand before its own in the path.
    pub fn parents(&self) -> Vec<&str> {
        let told = self.operations.iter().find(|operation| operation.kind != OperationKind::Search);
        told.map(|operation| parents(&operation.path).collect()).unwrap_or_default()
    }

    /// What a create takes: params of the path and of the call. What exists already is created
    /// by an update, whose path says which one.
    pub fn create_params(&self) -> Vec<Member> {
        let operation = self.create_operation();
        let own = operation.is_some_and(Operation::is_of_one).then_some("id");
        let placeholders = self.parents().into_iter().chain(own).map(|name| Member::new(name, Shape::text()));
        placeholders.chain(operation.into_iter().flat_map(|create| create.params.iter().cloned())).collect()
    }

    /// The call that creates one: a create, or an update of what exists already.
    pub fn create_operation(&self) -> Option<&Operation> {
        let preexisting = self.preexisting || !self.has_own_id();
        let update = || self.operation(OperationKind::Update).filter(|_| preexisting);
        self.operation(OperationKind::Create).or_else(update)
    }
}

impl Operation {
    /// Whether its path ends with the id of one entity.
    pub fn is_of_one(&self) -> bool {
        self.path.ends_with("/{id}")
    }
}
