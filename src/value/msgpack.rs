//! stub
use super::{Type,Value};
pub fn decode(_: &[u8], _: &Type) -> Result<Value, std::io::Error> { todo!() }
pub fn encode(_: &Value, _: &Type) -> Result<Vec<u8>, std::io::Error> { todo!() }
