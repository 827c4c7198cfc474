//! The handwritten data sources; `typed` makes those for each object type.

mod descriptors;
mod entities;
mod entity;

pub(super) use descriptors::{ActionsDataSource, EntityTypesDataSource};
pub(super) use entities::EntitiesDataSource;
pub(super) use entity::EntityDataSource;
