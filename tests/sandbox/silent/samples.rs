//! Values to try for a param: by its name, by its kind, by what there is to refer to.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Kind, Member, OperationKind, Shape, catalog};

use crate::calls::Stripe;
use crate::params::{DAY, Setups};

/// Where samples come from.
pub struct Samples<'s> {
    pub stripe: &'s Stripe,
    pub setups: &'s Setups,
    /// By the name of a param.
    pub named: &'s Map<String, Json>,
}

/// What stands for the newest and for the oldest object of a list.
pub const FIRST: &str = "<first>";
pub const LAST: &str = "<last>";
/// So many values of an enum are tried.
const MOST: usize = 12;

impl Samples<'_> {
    /// Values to try, the likeliest first.
    pub fn of(&self, param: &Member) -> Vec<Json> {
        match param.name.as_str() {
            "starting_after" => return vec![json!(FIRST)],
            "ending_before" => return vec![json!(LAST)],
            _ => {}
        }
        let named = self.named.get(&param.name).and_then(Json::as_array).into_iter().flatten();
        let named = named.map(|value| self.setups.told(self.stripe, value, ""));
        named.chain(self.of_shape(&param.shape, &param.name)).collect()
    }

    /// What Stripe demands of an object.
    pub fn demanded(&self, members: &[Member]) -> Map<String, Json> {
        let demanded = members.iter().filter(|member| member.shape.is_required());
        demanded
            .filter_map(|member| Some((member.name.clone(), self.of(member).into_iter().next()?)))
            .collect()
    }

    /// What Stripe demands of an object, or something where it demands nothing.
    fn least(&self, members: &[Member]) -> Map<String, Json> {
        let mut least = self.demanded(members);
        if let Some(first) = members.first().filter(|_| least.is_empty()) {
            least.extend(self.of(first).into_iter().next().map(|value| (first.name.clone(), value)));
        }
        least
    }

    fn of_shape(&self, shape: &Shape, name: &str) -> Vec<Json> {
        match &shape.kind {
            Kind::Enum(values) => {
                let values = values.iter().filter(|value| !value.is_empty());
                values.rev().take(MOST).map(|value| json!(value)).collect()
            }
            Kind::Boolean => vec![json!(true), json!(false)],
            Kind::Integer => vec![json!(7), json!(1), json!(250)],
            Kind::Decimal | Kind::Number => vec![json!("7.5"), json!("12")],
            Kind::Currency => vec![json!("eur"), json!("usd")],
            Kind::Time => vec![json!(self.setups.now + DAY), json!(self.setups.now - DAY)],
            Kind::Range => vec![json!({"gt": self.setups.now + DAY}), json!(self.setups.now + DAY)],
            Kind::Id(objects) => objects.iter().filter_map(|object| self.reference(object)).collect(),
            Kind::List(item) | Kind::Set(item) => {
                self.of_shape(item, name).into_iter().map(|value| json!([value])).collect()
            }
            Kind::Map(inner) => {
                let key = if name.ends_with("currency_options") { "eur" } else { "name" };
                self.of_shape(inner, name).into_iter().map(|value| json!({ key: value })).collect()
            }
            Kind::Union(shapes) => shapes.iter().flat_map(|shape| self.of_shape(shape, name)).collect(),
            Kind::Object(members) => vec![Json::Object(self.least(members))],
            Kind::DateTime => vec![json!("2031-01-01T00:00:00Z")],
            _ => texts(name).into_iter().map(|text| json!(text)).collect(),
        }
    }

    /// The id of an object of that type, one that nobody refers to yet first.
    fn reference(&self, object: &str) -> Option<Json> {
        if self.setups.makes(object) {
            return Some(json!(self.setups.reference(self.stripe, object)));
        }
        let list = catalog().by_key(object)?.operation(OperationKind::List)?;
        let page = self.stripe.call("GET", &list.path, &json!({"limit": 1})).1;
        Some(page["data"][0]["id"].clone()).filter(Json::is_string)
    }
}

fn texts(name: &str) -> Vec<&'static str> {
    match name {
        name if name.ends_with("url") => vec!["https://example.com/other"],
        name if name.ends_with("email") => vec!["grace@example.com"],
        name if name.ends_with("country") => vec!["DE", "US"],
        name if name.ends_with("phone") => vec!["+15555550123"],
        _ => vec!["Example", "12345", "example2"],
    }
}
