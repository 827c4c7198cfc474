//! The data sources that are written by hand; `typed` makes those of each object.

mod descriptors;
mod entities;
mod entity;

pub(super) use descriptors::{ActionsDataSource, EntityTypesDataSource};
pub(super) use entities::EntitiesDataSource;
pub(super) use entity::EntityDataSource;
