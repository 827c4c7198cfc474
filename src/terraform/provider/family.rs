//! The families of types: resources, data sources, ephemeral resources, actions, lists.

/// The kinds of types that a provider has; each type has a schema of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Managed resources.
    Resource,
    /// Data sources.
    DataSource,
    /// Ephemeral resources, which are open during one walk of Terraform.
    EphemeralResource,
    /// Actions.
    Action,
    /// List resources, named after their resource types, each of which has an identity.
    List,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 5] =
        [Self::Resource, Self::DataSource, Self::EphemeralResource, Self::Action, Self::List];

    /// The name of the family's types in messages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Resource => "Resource Type",
            Self::DataSource => "Data Source",
            Self::EphemeralResource => "Ephemeral Resource",
            Self::Action => "Action",
            Self::List => "List Resource",
        }
    }
}
