//! The providers that are compared, and what each is asked to do.

use std::path::PathBuf;

use crate::runs::options::Options;

/// One row of the comparison.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its name in the table.
    pub name: &'static str,
    /// The provider; none for terraform alone.
    pub binary: Option<PathBuf>,
    product: &'static str,
    price: &'static str,
}

/// Terraform alone, over as many resources.
pub const FLOOR: Subject = Subject {
    name: "terraform_data",
    binary: None,
    product: "resource \"terraform_data\" \"product\" {\n  count = N\n  input = \"Product ${count.index} V\"\n}\n",
    price: "resource \"terraform_data\" \"price\" {\n  count = N\n  input = terraform_data.product[count.index].id\n}\n",
};

const TYPED: &str =
    "resource \"stripe_product\" \"product\" {\n  count = N\n  name = \"Product ${count.index} V\"\n}\n";
const TYPED_PRICE: &str = "resource \"stripe_price\" \"price\" {\n  count = N\n  product = stripe_product.product[count.index].id\n  currency = \"usd\"\n  unit_amount = 100 + count.index\n}\n";
const ENTITY: &str = "resource \"stripe_entity\" \"product\" {\n  count = N\n  entity = \"Product\"\n  input_payload = { name = \"Product ${count.index} V\" }\n}\n";
const ENTITY_PRICE: &str = "resource \"stripe_entity\" \"price\" {\n  count = N\n  entity = \"Price\"\n  input_payload = { product = stripe_entity.product[count.index].entity_id, currency = \"usd\", unit_amount = 100 + count.index }\n}\n";

const REQUIRED: &str =
    "terraform {\n  required_providers {\n    stripe = { source = \"bench/stripe\" }\n  }\n}\n";

/// An operation: its name, the arguments of terraform, and the configuration.
pub type Operation = (&'static str, Vec<&'static str>, String);

impl Subject {
    /// What the options ask for.
    pub fn chosen(options: &Options) -> Vec<Self> {
        let own = |name, product, price| Self { name, binary: Some(crate::provider()), product, price };
        let mut all = vec![own("typed", TYPED, TYPED_PRICE), own("stripe_entity", ENTITY, ENTITY_PRICE)];
        all.extend(options.vs.clone().map(|path| Self {
            name: "--vs",
            binary: Some(path),
            product: TYPED,
            price: TYPED_PRICE,
        }));
        all.retain(|subject| options.only.as_deref().is_none_or(|only| only == subject.name));
        all
    }

    /// A whole life: validate, apply, plan, update of every product, destroy.
    pub fn operations(&self, options: &Options) -> Vec<Operation> {
        let config = |version: &str| {
            let required = if self.binary.is_some() { REQUIRED } else { "" };
            let resources = format!("{}{}", self.product, self.price);
            let resources = resources.replace("= N\n", &format!("= {}\n", options.count));
            format!("{required}{}", resources.replace(" V\"", &format!(" {version}\"")))
        };
        vec![
            ("validate", vec!["validate"], config("1")),
            ("apply", vec!["apply", "-auto-approve"], config("1")),
            ("plan", vec!["plan"], config("1")),
            ("update", vec!["apply", "-auto-approve"], config("2")),
            ("destroy", vec!["destroy", "-auto-approve"], config("2")),
        ]
    }
}
