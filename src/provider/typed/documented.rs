//! What the documentation says about a typed resource or data source in addition to its schema.

use crate::catalog::spelling::plural;
use crate::catalog::{Entity, Member, Shape, catalog, find};
use crate::provider::typed::names::name_of;
use crate::provider::typed::resource::TypedResource;
use crate::provider::typed::surface::PREFIX;
use crate::provider::typed::types::resources;

/// Returns the entity type of a typed resource or data source.
pub(in crate::provider) fn entity_of(type_name: &str) -> Option<&'static Entity> {
    let of_resource = resources().get(type_name).map(TypedResource::key);
    let of_data_source = || {
        let named = |(key, name): (&str, &str)| {
            let one = name_of(key, name);
            one == type_name || plural(&one) == type_name
        };
        catalog().summaries().find(|it| named((it.key, it.name))).map(|it| it.key)
    };
    catalog().by_key(of_resource.or_else(of_data_source)?)
}

/// Returns the values that Stripe is known to accept or return at a path of attributes.
pub(in crate::provider) fn values_at(entity: &'static Entity, path: &[&str]) -> &'static [String] {
    let shape = shape_at(entity.params(), path).or_else(|| shape_at(&entity.fields, path));
    shape.map(Shape::values).unwrap_or_default()
}

/// Returns the values that Stripe is known to accept at a path of these params.
pub(super) fn values_among<'m>(params: &'m [Member], path: &[&str]) -> &'m [String] {
    shape_at(params, path).map(Shape::values).unwrap_or_default()
}

/// Returns the shape of a member, through lists and maps.
fn shape_at<'m>(members: &'m [Member], path: &[&str]) -> Option<&'m Shape> {
    let (name, rest) = path.split_first()?;
    let stripes = name.strip_prefix(PREFIX).and_then(|name| name.strip_prefix('_'));
    let member = find(members, name).or_else(|| find(members, stripes?))?;
    if rest.is_empty() {
        return Some(&member.shape);
    }
    let inner = member.shape.item().or_else(|| member.shape.map_value()).unwrap_or(&member.shape);
    shape_at(inner.members()?, rest)
}
