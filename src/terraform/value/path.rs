//! Attribute paths: the steps from the root of an object to a value in it.

use std::fmt;

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An attribute or block by name.
    Attribute(String),
    /// An element of a map by key.
    Key(String),
    /// An element of a list or tuple by position.
    Index(i64),
}

impl Step {
    /// The step to a position.
    pub(super) fn at(index: usize) -> Self {
        Self::Index(i64::try_from(index).unwrap_or(i64::MAX))
    }
}

/// Steps from the root of an object to a value in it. The empty path is the root.
///
/// A set element has no step of its own on the wire, so a path ends at its set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

/// The path of a top-level attribute.
impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::attribute(name)
    }
}

impl Path {
    /// The path of the object itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The path of a top-level attribute.
    pub fn attribute(name: &str) -> Self {
        Self::root().name(name)
    }

    /// Returns this path with one more attribute.
    #[must_use]
    pub fn name(&self, name: &str) -> Self {
        self.with(Step::Attribute(name.to_owned()))
    }

    /// Returns this path with one more map key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// Returns this path with one more list position.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::at(index))
    }

    /// Returns this path with a step added in front. Codecs build paths from the inside out, and only for an
    /// error.
    #[must_use]
    pub(super) fn below(mut self, step: Step) -> Self {
        self.0.insert(0, step);
        self
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
