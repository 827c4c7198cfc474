//! Page tokens: the start of the next page of a list, and the list to which it belongs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::connector::Error;
use crate::stripe;

/// The start of the next page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// In Stripe's order: the id of the entity before the start, or the token of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// The ids before that one, in Stripe's order, in case its entity is
    /// deleted before the next page is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) before: Vec<String>,
    /// The number of entities to skip, on that page or in the sort order.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) skip: usize,
}

#[derive(Serialize, Deserialize)]
struct Token {
    list: String,
    #[serde(flatten)]
    position: Position,
}

/// The token of a position in the list that `parts` identify.
pub(super) fn encode(parts: &[impl AsRef<[u8]>], position: Position) -> String {
    let token = Token { list: digest(parts), position };
    // Text and numbers always serialise.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
}

/// The position in a token, if it belongs to the same list.
pub(super) fn decode(parts: &[impl AsRef<[u8]>], token: &str) -> Result<Position, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let token: Option<Token> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let token = token.ok_or(Error::PageToken("it is not the token of a next page"))?;
    if token.list != digest(parts) {
        return Err(Error::PageToken("it is of a list with another entity, filter, order or page size"));
    }
    Ok(token.position)
}

fn digest(parts: &[impl AsRef<[u8]>]) -> String {
    URL_SAFE_NO_PAD.encode(stripe::digest(parts).get(..9).unwrap_or_default())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::{Position, decode, encode};

    #[test]
    fn a_token_leads_back_to_its_position_in_its_list_only() {
        let before = vec!["cus_0".to_owned()];
        let position = Position { after: Some("cus_1".to_owned()), before, skip: 0 };
        let token = encode(&["Customer", ""], position.clone());
        assert_eq!(decode(&["Customer", ""], &token).unwrap(), position);
        assert!(
            decode(&["Customer", "Name = 'A'"], &token).unwrap_err().to_string().contains("another entity")
        );
        assert!(
            decode(&["Customer", ""], "cus_1")
                .unwrap_err()
                .to_string()
                .contains("not the token of a next page")
        );
    }
}
