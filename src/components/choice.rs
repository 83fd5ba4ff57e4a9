//! One of several things to choose from.

/// A value and how it is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// What a choice of it yields.
    pub value: String,
    /// What it is called.
    pub label: String,
}

impl Choice {
    /// `value`, called `label`.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl<V: Into<String>, L: Into<String>> From<(V, L)> for Choice {
    fn from((value, label): (V, L)) -> Self {
        Self::new(value, label)
    }
}
