//! Expressions as data.

use crate::meta::{ColumnMeta, Link};
use crate::value::{SqlType, Value};

/// How deep a tree of nodes may be.
pub(crate) const MAX_DEPTH: u16 = 256;

/// A value to bind, with the SQL type that fixes how it is sent.
#[derive(Debug, Clone)]
pub struct Bind {
    pub(crate) value: Value,
    pub(crate) sql_type: SqlType,
    /// The column that the value is for, or is compared with: its name is in the error where the value cannot be sent.
    pub(crate) column: Option<&'static ColumnMeta>,
}

impl Bind {
    /// A value for a column.
    pub(crate) fn of(column: &'static ColumnMeta, value: Value) -> Bind {
        Bind { value, sql_type: column.sql_type, column: Some(column) }
    }
}

/// An expression, rooted at the model of the scope that it stands in.
#[derive(Debug, Clone)]
pub enum Node {
    /// A column of the scope's model.
    Column(&'static ColumnMeta),
    /// An expression over the row that to-one relations lead to: an implicit join. The operand is rooted at the last link's
    /// target.
    Path {
        links: Vec<&'static Link>,
        operand: Tree,
    },
    Bind(Bind),
    /// TRUE or FALSE.
    Constant(bool),
    /// All terms hold; TRUE for none.
    And(Vec<Node>),
    /// One of the terms holds; FALSE for none.
    Or(Vec<Node>),
    Not(Tree),
    IsNull {
        operand: Tree,
        negated: bool,
    },
    Binary {
        operator: Binary,
        left: Tree,
        right: Tree,
    },
    Between {
        operand: Tree,
        low: Tree,
        high: Tree,
    },
    /// The operand is one of the values, which hold no NULL and are not empty.
    InList {
        operand: Tree,
        values: Vec<Bind>,
        negated: bool,
    },
    /// LIKE with a pattern of the user's (wildcards `%` and `_`, escape `!`), or with a text to find literally.
    Like {
        operand: Tree,
        pattern: Tree,
        matching: TextMatch,
        negated: bool,
    },
    /// A function or aggregate; what it is called and how it is cast depends on the dialect.
    Call {
        function: Function,
        arguments: Vec<Node>,
        sql_type: SqlType,
    },
    /// Rows of a relation: whether there is any, none, or whether every one fulfils the filter.
    Related {
        link: &'static Link,
        quantifier: Quantifier,
        filter: Option<Tree>,
    },
    /// An aggregate over a relation's rows, as a scalar subquery.
    RelatedAggregate {
        link: &'static Link,
        function: Function,
        argument: Option<Tree>,
        filter: Option<Tree>,
        sql_type: SqlType,
    },
    /// SQL of the user's, with `{}` for each argument.
    Raw {
        sql: &'static str,
        arguments: Vec<Node>,
    },
    /// Stands for a tree that would be too deep.
    TooDeep,
}

/// A node behind a pointer, with the depth of the tree below it.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(crate) node: Box<Node>,
    depth: u16,
}

/// Operators between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Concat,
}

/// Functions and aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `COUNT(*)` without an argument, else `COUNT(x)`.
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
    Lower,
    Upper,
    Length,
    Abs,
    Coalesce,
}

/// What is asked of a relation's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    None,
    Every,
}

/// How a LIKE pattern is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextMatch {
    /// The pattern is the user's.
    Pattern,
    Contains,
    StartsWith,
    EndsWith,
}

impl From<Node> for Tree {
    fn from(node: Node) -> Tree {
        let depth = node.depth().saturating_add(1);
        let node = if depth > MAX_DEPTH { Node::TooDeep } else { node };
        Tree { node: Box::new(node), depth }
    }
}

impl Node {
    /// Both hold; terms of an AND stand side by side, so a chain of any length is one level deep.
    pub(crate) fn and(self, other: Node) -> Node {
        match (self, other) {
            (Node::And(mut left), Node::And(right)) => {
                left.extend(right);
                Node::And(left)
            }
            (Node::And(mut left), right) => {
                left.push(right.into_term());
                Node::And(left)
            }
            (left, Node::And(mut right)) => {
                right.insert(0, left.into_term());
                Node::And(right)
            }
            (left, right) => Node::And(vec![left, right]).checked(),
        }
    }

    /// Adds a condition to one that may not be there yet.
    pub(crate) fn add_to(self, condition: &mut Option<Node>) {
        *condition = Some(match condition.take() {
            Some(node) => node.and(self),
            None => self,
        });
    }

    /// One of both holds.
    pub(crate) fn or(self, other: Node) -> Node {
        match (self, other) {
            (Node::Or(mut left), Node::Or(right)) => {
                left.extend(right);
                Node::Or(left)
            }
            (Node::Or(mut left), right) => {
                left.push(right.into_term());
                Node::Or(left)
            }
            (left, Node::Or(mut right)) => {
                right.insert(0, left.into_term());
                Node::Or(right)
            }
            (left, right) => Node::Or(vec![left, right]).checked(),
        }
    }

    /// The expression, seen from the source of a to-one relation to its model.
    pub(crate) fn over(self, link: &'static Link) -> Node {
        match self {
            Node::Path { mut links, operand } => {
                links.insert(0, link);
                Node::Path { links, operand }
            }
            node => Node::Path { links: vec![link], operand: node.into() },
        }
    }

    pub(crate) fn negate(self) -> Node {
        Node::Not(self.into())
    }

    pub(crate) fn binary(operator: Binary, left: Node, right: Node) -> Node {
        Node::Binary { operator, left: left.into(), right: right.into() }
    }

    /// The node as one more term of a list, which is one level above it.
    fn into_term(self) -> Node {
        if self.depth() >= MAX_DEPTH { Node::TooDeep } else { self }
    }

    /// The node, or [`Node::TooDeep`] where the lists in it go too deep.
    pub(crate) fn checked(self) -> Node {
        if self.depth() > MAX_DEPTH { Node::TooDeep } else { self }
    }

    /// How deep the tree below is; constant time but for lists of nodes, whose members are themselves capped.
    fn depth(&self) -> u16 {
        let list = |nodes: &[Node]| nodes.iter().map(Node::depth).max().unwrap_or(0).saturating_add(1);
        let option = |tree: &Option<Tree>| tree.as_ref().map_or(0, |tree| tree.depth);
        match self {
            Node::Column(_) | Node::Bind(_) | Node::Constant(_) => 0,
            Node::TooDeep => MAX_DEPTH,
            Node::And(terms) | Node::Or(terms) => list(terms),
            Node::Call { arguments, .. } | Node::Raw { arguments, .. } => list(arguments),
            Node::Not(tree)
            | Node::Path { operand: tree, .. }
            | Node::IsNull { operand: tree, .. }
            | Node::InList { operand: tree, .. } => tree.depth,
            Node::Binary { left, right, .. } | Node::Like { operand: left, pattern: right, .. } => {
                left.depth.max(right.depth)
            }
            Node::Between { operand, low, high } => operand.depth.max(low.depth).max(high.depth),
            Node::Related { filter, .. } => option(filter),
            Node::RelatedAggregate { argument, filter, .. } => option(argument).max(option(filter)),
        }
    }
}
