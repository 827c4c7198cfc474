//! Objects according to the schema that came over the wire: their type, their complete form and the proposed
//! new state. The schema is taken from the wire and not from the provider's own definition, so that a wrong
//! conversion shows.

use crate::terraform::host::Error;
use crate::terraform::value::{Type, Value};
use crate::terraform::wire::tfplugin5::schema::{Block, NestedBlock, nested_block::NestingMode};

/// Returns the type of a block's objects.
pub fn ty(block: &Block) -> Result<Type, Error> {
    let attributes = block.attributes.iter().map(|attribute| {
        let spelling = serde_json::from_slice(&attribute.r#type).ok();
        let ty = spelling.and_then(|spelling| Type::from_json(&spelling));
        let ty = ty.ok_or_else(|| Error::Schema(format!("{} has no type", attribute.name)))?;
        Ok((attribute.name.clone(), ty))
    });
    let blocks = block.block_types.iter().map(|nested| {
        let object = ty(&inner(nested))?;
        let all = match nested.nesting() {
            NestingMode::Set => Type::set(object),
            NestingMode::Map => Type::map(object),
            _ => Type::list(object),
        };
        Ok((nested.type_name.clone(), all))
    });
    Ok(Type::object(attributes.chain(blocks).collect::<Result<Vec<_>, Error>>()?))
}

/// Returns the block that a nested block contains.
pub fn inner(nested: &NestedBlock) -> Block {
    nested.block.clone().unwrap_or_default()
}

/// Maps every object in the value of a nested block. `change` also gets the object's position, if it has one.
/// A null value counts as no objects.
fn each(
    nested: &NestedBlock,
    value: &Value,
    change: impl Fn(BlockPosition<'_>, &Value) -> Result<Value, Error>,
) -> Result<Value, Error> {
    if value.is_unknown() {
        return Ok(Value::Unknown);
    }
    let items = value.items().iter();
    Ok(match nested.nesting() {
        NestingMode::Set => {
            Value::Set(items.map(|item| change(BlockPosition::None, item)).collect::<Result<_, _>>()?)
        }
        NestingMode::Map => {
            let entries = value.as_map().into_iter().flatten();
            let changed =
                entries.map(|(label, item)| Ok((label.clone(), change(BlockPosition::Label(label), item)?)));
            Value::map(changed.collect::<Result<Vec<_>, Error>>()?)
        }
        _ => {
            let changed = items.enumerate().map(|(at, item)| change(BlockPosition::Index(at), item));
            Value::List(changed.collect::<Result<_, _>>()?)
        }
    })
}

/// The position of an object within a nested block.
enum BlockPosition<'a> {
    Index(usize),
    Label(&'a str),
    None,
}

/// Completes an object: attributes that are not written become null, and blocks that are not written become
/// empty.
///
/// # Errors
/// An attribute or block is written that the schema does not have.
pub fn whole(block: &Block, written: &Value) -> Result<Value, Error> {
    if written.is_null() || written.is_unknown() {
        return Ok(written.clone());
    }
    for name in written.as_map().into_iter().flatten().map(|(name, _)| name) {
        let known = block.attributes.iter().any(|a| a.name == *name)
            || block.block_types.iter().any(|b| b.type_name == *name);
        if !known {
            return Err(Error::Schema(format!("the schema has no {name:?}")));
        }
    }
    let attributes = block.attributes.iter().map(|a| Ok((a.name.clone(), written.get(&a.name).clone())));
    let blocks = block.block_types.iter().map(|nested| {
        let items = each(nested, written.get(&nested.type_name), |_, item| whole(&inner(nested), item))?;
        Ok((nested.type_name.clone(), items))
    });
    Ok(Value::map(attributes.chain(blocks).collect::<Result<Vec<_>, Error>>()?))
}

/// Builds the state that core proposes: the config, with prior values for computed attributes that are not
/// configured.
pub fn proposed(block: &Block, prior: &Value, config: &Value) -> Result<Value, Error> {
    if config.is_null() || config.is_unknown() {
        return Ok(config.clone());
    }
    let attributes = block.attributes.iter().map(|attribute| {
        let configured = config.get(&attribute.name);
        let keeps = attribute.computed && configured.is_null();
        let value = if keeps { prior.get(&attribute.name) } else { configured };
        Ok((attribute.name.clone(), value.clone()))
    });
    let blocks = block.block_types.iter().map(|nested| {
        let before = prior.get(&nested.type_name);
        let inner = inner(nested);
        let value = each(nested, config.get(&nested.type_name), |place, item| {
            let before = match place {
                BlockPosition::Index(at) => before.items().get(at),
                BlockPosition::Label(label) => before.as_map().and_then(|entries| entries.get(label)),
                BlockPosition::None => before.items().iter().find(|before| is_made_of(&inner, before, item)),
            };
            proposed(&inner, before.unwrap_or(&Value::Null), item)
        })?;
        Ok((nested.type_name.clone(), value))
    });
    Ok(Value::map(attributes.chain(blocks).collect::<Result<Vec<_>, Error>>()?))
}

/// Whether a set element can be what `config` has become: they differ at most in computed attributes.
fn is_made_of(block: &Block, element: &Value, config: &Value) -> bool {
    block.attributes.iter().all(|attribute| {
        let (is, configured) = (element.get(&attribute.name), config.get(&attribute.name));
        is == configured || attribute.write_only || (attribute.computed && configured.is_null())
    })
}
