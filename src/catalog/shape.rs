//! The type language of Stripe's params and fields.
//!
//! # Theory
//!
//! A call accepts params, a response contains fields. Both are a tree of the same kinds of node, so there
//! is one type for both. Everything that depends on the kind of a value (how it is checked, sent,
//! compared, unset, documented) asks the node; what is known of one param beyond its kind (that it is
//! required, secret, unset by the empty text) is stored in the node too. Nothing else in the provider
//! keeps a table of params.

/// A named node: one param of a call or one field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Stripe's spelling: `payment_method`.
    pub name: String,
    /// Its type.
    pub shape: Shape,
}

/// The type of a param or a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The kind of its value.
    pub kind: Kind,
    /// Whether it may be missing or null.
    pub presence: Presence,
    /// How a call unsets a param that was set before.
    pub clearing: Clearing,
    /// Whether its values are secret: never shown in records, plans and logs.
    pub sensitive: bool,
}

/// Whether a value may be missing or null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// A field that may be null. Some may be absent as well: Stripe's description of version 2 does not
    /// distinguish the two.
    Nullable,
    /// A param that may be omitted; a field that is never null but may be absent.
    Optional,
    /// A param without which Stripe refuses the call; a field that is always present.
    #[default]
    Required,
}

/// How a call unsets a param.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clearing {
    /// By the empty text: version 1 of the API.
    Empty,
    /// No call unsets it.
    #[default]
    Never,
    /// By null: version 2 of the API.
    Null,
}

/// The kind of value that a node accepts or contains.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Any JSON value; the catalog says no more about it.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A three-letter currency code. Stripe accepts any letter case and returns lower case.
    Currency,
    /// A moment as RFC 3339 text: version 2 of the API.
    DateTime,
    /// A number with decimals, sent and returned as text.
    Decimal,
    /// One of these texts. Stripe adds values, so the list is not closed.
    Enum(Vec<String>),
    /// The content of a file, in base64 in a payload, uploaded in parts.
    File,
    /// The id of an object of one of these types; in a response the whole object if the call expands it.
    Id(Vec<String>),
    /// A whole number of up to 64 bits.
    Integer,
    /// Many values of one shape, in order.
    List(Box<Shape>),
    /// Any text keys, with values of one shape.
    Map(Box<Shape>),
    /// A number that may have a fraction, sent as a JSON number.
    Number,
    /// Named members, sorted by name.
    Object(Vec<Member>),
    /// A page of objects of this type, `{object: "list", data, has_more, url}`. A page of several types is
    /// a [`Kind::Object`] with these four members.
    Page(String),
    /// A time, or an object of `gt`, `gte`, `lt` and `lte`.
    Range,
    /// Many values of one shape; neither order nor repetition matters.
    Set(Box<Shape>),
    /// Free text.
    Text {
        /// The maximum number of characters; 0 if Stripe states no limit.
        max_length: u32,
    },
    /// A moment in seconds since 1970: version 1 of the API.
    Time,
    /// One of several shapes.
    Union(Vec<Shape>),
    /// An object of this type, always whole.
    Whole(String),
}

impl Member {
    /// A member of that name and shape.
    pub fn new(name: impl Into<String>, shape: Shape) -> Self {
        Self { name: name.into(), shape }
    }
}

impl Shape {
    /// A shape that must be present and cannot be unset.
    pub fn new(kind: Kind) -> Self {
        Self { kind, presence: Presence::Required, clearing: Clearing::Never, sensitive: false }
    }

    /// The same shape with another presence.
    #[must_use]
    pub fn with_presence(self, presence: Presence) -> Self {
        Self { presence, ..self }
    }

    /// Text of any length.
    pub fn text() -> Self {
        Self::new(Kind::Text { max_length: 0 })
    }

    /// Returns whether it is required (a param) or always present and never null (a field).
    pub fn is_required(&self) -> bool {
        self.presence == Presence::Required
    }

    /// Returns whether Stripe ignores the letter case of its text.
    pub fn folds_case(&self) -> bool {
        match &self.kind {
            Kind::Currency => true,
            Kind::Union(shapes) => shapes.iter().any(Self::folds_case),
            _ => false,
        }
    }

    /// Returns whether it is secret, or contains something secret at any depth.
    pub fn holds_secret(&self) -> bool {
        self.sensitive
            || match &self.kind {
                Kind::Object(members) => members.iter().any(|member| member.shape.holds_secret()),
                Kind::List(inner) | Kind::Set(inner) | Kind::Map(inner) => inner.holds_secret(),
                Kind::Union(shapes) => shapes.iter().any(Self::holds_secret),
                _ => false,
            }
    }

    /// Returns whether its values are numbers, however they are spelled.
    pub fn is_numeric(&self) -> bool {
        match &self.kind {
            Kind::Decimal | Kind::Integer | Kind::Number => true,
            Kind::Union(shapes) => shapes.iter().any(Self::is_numeric),
            _ => false,
        }
    }

    /// Returns whether it may have a value that contains no others.
    pub fn is_single(&self) -> bool {
        match &self.kind {
            Kind::List(_) | Kind::Map(_) | Kind::Object(_) | Kind::Set(_) => false,
            Kind::Union(shapes) => shapes.iter().any(Self::is_single),
            _ => true,
        }
    }

    /// Returns whether it is a single piece of text.
    pub fn is_text(&self) -> bool {
        match &self.kind {
            Kind::Currency | Kind::Enum(_) | Kind::Id(_) | Kind::Text { .. } => true,
            Kind::Union(shapes) => shapes.iter().all(Self::is_text),
            _ => false,
        }
    }

    /// Returns the known values of a text, or of the texts of a list; empty if any text is accepted.
    pub fn values(&self) -> &[String] {
        match &self.kind {
            Kind::Enum(values) => values,
            Kind::List(item) | Kind::Set(item) => item.values(),
            _ => &[],
        }
    }

    /// Returns the named members of an object, or of the object among several shapes.
    pub fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            Kind::Union(shapes) => shapes.iter().find_map(Self::members),
            _ => None,
        }
    }

    /// Returns the member of that name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        find(self.members()?, name)
    }

    /// Returns whether it is a list whose order and repetitions mean nothing.
    pub fn is_set(&self) -> bool {
        match &self.kind {
            Kind::Set(_) => true,
            Kind::Union(shapes) => shapes.iter().any(Self::is_set),
            _ => false,
        }
    }

    /// Returns the shape of the items of a list or a set.
    pub fn item(&self) -> Option<&Self> {
        match &self.kind {
            Kind::List(item) | Kind::Set(item) => Some(item),
            Kind::Union(shapes) => shapes.iter().find_map(Self::item),
            _ => None,
        }
    }

    /// Returns the shape of the values of a map.
    pub fn map_value(&self) -> Option<&Self> {
        match &self.kind {
            Kind::Map(value) => Some(value),
            Kind::Union(shapes) => shapes.iter().find_map(Self::map_value),
            _ => None,
        }
    }

    /// Returns the object types that it is an id of, a page of, or one of.
    pub fn objects(&self) -> &[String] {
        match &self.kind {
            Kind::Id(objects) => objects,
            Kind::Page(object) | Kind::Whole(object) => std::slice::from_ref(object),
            _ => &[],
        }
    }
}

/// Returns the member of exactly that name.
pub fn find<'m>(members: &'m [Member], name: &str) -> Option<&'m Member> {
    members.iter().find(|member| member.name == name)
}

/// The suffix of a name for the same value with decimals.
const DECIMAL: &str = "_decimal";

/// Returns the member that is another spelling of the same value: `unit_amount_decimal` for `unit_amount`,
/// and vice versa.
pub fn other_spelling<'m>(members: &'m [Member], name: &str) -> Option<&'m Member> {
    match whole_spelling(name) {
        Some(whole) => find(members, whole),
        None => find(members, &format!("{name}{DECIMAL}")),
    }
}

/// Returns the name of the same value without decimals, if the name is for one with decimals.
pub fn whole_spelling(name: &str) -> Option<&str> {
    name.strip_suffix(DECIMAL)
}

/// Returns the shape at a dotted path of members.
pub fn at<'m>(members: &'m [Member], path: &str) -> Option<&'m Shape> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let shape = &find(members, name)?.shape;
    rest.map_or(Some(shape), |rest| at(shape.members()?, rest))
}
