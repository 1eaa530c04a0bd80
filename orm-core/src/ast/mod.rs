//! Statements as data, untyped: the typed surface makes only those that have a meaning.
//!
//! A tree of [`Node`]s is never deeper than [`MAX_DEPTH`]: a constructor that would go past it gives
//! [`Node::TooDeep`] instead, which every renderer refuses. So no tree can overflow the stack, not even when it is
//! dropped, and AND and OR keep any number of terms side by side.

mod node;
mod statement;

pub(crate) use node::{Binary, Bind, Function, MAX_DEPTH, Node, Quantifier, TextMatch};
pub(crate) use statement::{
    Alias, ChildKeys, Delete, Insert, Join, Nulls, Order, RowsForm, Select, Selected, Shape, Source, Update,
    UpdateRows,
};
