//! Stub: the text of a statement and its values.
use crate::ast::Bind;

/// A statement as text with the values to bind.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) binds: Vec<Bind>,
}
