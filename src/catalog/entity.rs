//! How an entity is told apart from the others of its type: by its own id, and by what it
//! belongs to.

use super::model::{Entity, Kind, Operation, OperationKind, Param, parents};

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

    /// What it takes to make one: params of the path and of the call. What exists already is
    /// made by an update, which is told which one by its path.
    pub fn create_params(&self) -> Vec<Param> {
        let own = self.maker().is_some_and(Operation::is_of_one).then_some("id");
        let places = self.parents().into_iter().chain(own).map(place);
        places.chain(self.maker().into_iter().flat_map(|maker| maker.params.iter().cloned())).collect()
    }

    /// The call that makes one: a create, or an update of what exists already.
    pub fn maker(&self) -> Option<&Operation> {
        let adopts = self.adopted || !self.has_own_id();
        let update = || self.operation(OperationKind::Update).filter(|_| adopts);
        self.operation(OperationKind::Create).or_else(update)
    }
}

/// A placeholder of a path as a param.
fn place(name: &str) -> Param {
    let kind = Kind::String { values: Vec::new(), max_length: 0 };
    Param { name: name.to_owned(), kind, required: true }
}

impl Operation {
    /// Whether its path ends with the id of one entity.
    pub fn is_of_one(&self) -> bool {
        self.path.ends_with("/{id}")
    }
}
