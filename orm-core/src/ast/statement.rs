//! Statements as data.

use super::node::{Bind, Node};
use crate::meta::{ColumnMeta, Link, ModelMeta};
use crate::value::Value;

/// A table's place in a statement: `t0` is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alias(pub(crate) u16);

/// A sort key.
#[derive(Debug, Clone)]
pub struct Order {
    pub(crate) node: Node,
    pub(crate) descending: bool,
    pub(crate) nulls: Option<Nulls>,
}

/// Where NULL sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

/// Where the rows of a select come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The model's table.
    Table,
    /// The rows that a relation leads to from the given keys. The key comes first in each row, but where it is of the
    /// target's own columns, which are selected first then.
    Children { link: &'static Link, keys: ChildKeys },
}

/// The keys of the parents whose related rows are wanted, and how the server tells which parent a row belongs to.
#[derive(Debug, Clone)]
pub(crate) enum ChildKeys {
    /// The relation's key, where it compares in Rust as in the database: the target's (or through's) own columns come
    /// back. Key by key, a bind a column.
    Exact(Vec<Bind>),
    /// The source's primary key: the source is joined, so that the server compares the relation's keys by its own rules,
    /// and the source's primary key comes back.
    BySource(Vec<Bind>),
}

/// A LEFT JOIN over a relation.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) link: &'static Link,
    pub(crate) from: Alias,
    pub(crate) to: Alias,
    /// Condition on the target, in the scope of `to`.
    pub(crate) filter: Option<Node>,
}

/// What is selected.
#[derive(Debug, Clone)]
pub(crate) enum Selected {
    /// All columns of the table's model, in its order.
    Model(&'static ModelMeta),
    /// An expression.
    Node(Node),
}

impl Selected {
    /// How many values it is in a row.
    pub(crate) fn width(&self) -> usize {
        match self {
            Selected::Model(model) => model.columns.len(),
            Selected::Node(_) => 1,
        }
    }
}

/// A SELECT over one model and the relations that are joined to it.
#[derive(Debug, Clone)]
pub(crate) struct Select {
    pub(crate) model: &'static ModelMeta,
    pub(crate) source: Source,
    /// What is selected, each in the scope of a table.
    pub(crate) columns: Vec<(Alias, Selected)>,
    pub(crate) joins: Vec<Join>,
    /// In the scope of the root.
    pub(crate) filter: Option<Node>,
    pub(crate) group_by: Vec<Node>,
    pub(crate) having: Option<Node>,
    /// Order of the root's rows, in the scope of the root.
    pub(crate) order_by: Vec<Order>,
    /// Order of the joined rows within a root row, each in the scope of its table.
    pub(crate) join_order: Vec<(Alias, Order)>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) distinct: bool,
    /// Whether the root's rows must come in a defined order: the primary key is appended to the sort keys, and children come
    /// by their parents. Its columns are selected.
    pub(crate) ordered: bool,
    /// Whether a to-many relation is joined, so that a root row comes several times.
    pub(crate) multiplies: bool,
}

/// What is asked of a select's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The rows themselves.
    Rows,
    /// One aggregate over all rows, which is the only column; order, limit and offset say which rows these are.
    Aggregate,
    /// `SELECT COUNT(*) FROM (…)`.
    Count,
    /// `SELECT EXISTS (…)`.
    Exists,
}

/// How rows to insert are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowsForm {
    /// A bind a value.
    Values,
    /// One array a column, which only PostgreSQL has.
    Arrays,
    /// Behind the statement, which only PostgreSQL can; one array a column until then.
    Copy,
}

/// INSERT of one or several rows with the same columns.
#[derive(Debug, Clone)]
pub(crate) struct Insert {
    pub(crate) model: &'static ModelMeta,
    /// The columns that are given; empty: every one takes its default.
    pub(crate) columns: Vec<&'static ColumnMeta>,
    /// Row by row, one a column.
    pub(crate) values: Vec<Value>,
    /// How many rows.
    pub(crate) rows: usize,
    pub(crate) form: RowsForm,
    /// Columns to return.
    pub(crate) returning: Vec<&'static ColumnMeta>,
}

/// UPDATE of all rows that fulfil a filter.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) model: &'static ModelMeta,
    pub(crate) assignments: Vec<(&'static ColumnMeta, Node)>,
    pub(crate) filter: Option<Node>,
}

/// UPDATE of rows in hand, each with values of its own, by primary key.
#[derive(Debug, Clone)]
pub(crate) struct UpdateRows {
    pub(crate) model: &'static ModelMeta,
    /// The columns that change.
    pub(crate) columns: Vec<&'static ColumnMeta>,
    /// Row by row: the primary key's values, then one a column.
    pub(crate) values: Vec<Value>,
    /// How many rows.
    pub(crate) rows: usize,
}

/// DELETE of all rows that fulfil a filter.
#[derive(Debug, Clone)]
pub(crate) struct Delete {
    pub(crate) model: &'static ModelMeta,
    pub(crate) filter: Option<Node>,
}

impl ChildKeys {
    /// Whether the key is of the target's own columns, which need not be selected twice.
    pub(crate) fn are_targets_own(&self, link: &Link) -> bool {
        matches!(self, ChildKeys::Exact(_)) && link.through.is_none()
    }
}

impl Select {
    /// All rows of the model, no column yet.
    pub(crate) fn new(model: &'static ModelMeta) -> Self {
        Select {
            model,
            source: Source::Table,
            columns: Vec::new(),
            joins: Vec::new(),
            filter: None,
            group_by: Vec::new(),
            having: None,
            order_by: Vec::new(),
            join_order: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
            ordered: false,
            multiplies: false,
        }
    }

    /// Selects an expression.
    pub(crate) fn push(&mut self, at: Alias, node: Node) {
        self.columns.push((at, Selected::Node(node)));
    }

    /// How many values a row has, but for the children's keys.
    pub(crate) fn width(&self) -> usize {
        self.columns.iter().map(|(_, selected)| selected.width()).sum()
    }

    /// The root's place.
    pub(crate) const ROOT: Alias = Alias(0);
}
