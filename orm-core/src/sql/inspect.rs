//! What can be told about an expression without writing it.

use crate::ast::{Binary, Function, Node};
use crate::value::SqlType;

/// The type of an expression, where it is known.
pub(super) fn sql_type(node: &Node) -> Option<SqlType> {
    match node {
        Node::Column(column) | Node::Path { column, .. } => Some(column.sql_type),
        Node::Bind(bind) => Some(bind.sql_type),
        Node::Call { sql_type, .. } | Node::RelatedAggregate { sql_type, .. } => Some(*sql_type),
        Node::Binary { operator: Binary::Concat, .. } => Some(SqlType::Text),
        Node::Binary { operator, left, right } if is_arithmetic(*operator) => {
            match (sql_type(&left.node), sql_type(&right.node)) {
                (left, right) if is_integer(left) => right.or(left),
                (left, right) => left.or(right),
            }
        }
        Node::Raw { .. } | Node::TooDeep => None,
        _ => Some(SqlType::Bool),
    }
}

pub(super) fn is_integer(sql_type: Option<SqlType>) -> bool {
    matches!(
        sql_type,
        Some(
            SqlType::SmallInt
                | SqlType::Integer
                | SqlType::BigInt
                | SqlType::TinyUnsigned
                | SqlType::SmallUnsigned
                | SqlType::Unsigned
                | SqlType::BigUnsigned
        )
    )
}

fn is_arithmetic(operator: Binary) -> bool {
    matches!(operator, Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Rem)
}

/// Whether an aggregate over the select's own rows is in the expression.
pub(super) fn is_aggregate(node: &Node) -> bool {
    let aggregate = |node: &Node| match node {
        Node::Call { function, .. } => matches!(
            function,
            Function::Count
                | Function::CountDistinct
                | Function::Sum
                | Function::Avg
                | Function::Min
                | Function::Max
        ),
        _ => false,
    };
    any(node, false, &aggregate)
}

/// Whether a node, or one below it, is such; nodes in the scope of related rows are looked at too where `related` says.
pub(super) fn any(node: &Node, related: bool, such: &dyn Fn(&Node) -> bool) -> bool {
    let below = |node: &Node| any(node, related, such);
    such(node)
        || match node {
            Node::Column(_) | Node::Path { .. } | Node::Bind(_) | Node::Constant(_) | Node::TooDeep => false,
            Node::And(nodes)
            | Node::Or(nodes)
            | Node::Call { arguments: nodes, .. }
            | Node::Raw { arguments: nodes, .. } => nodes.iter().any(below),
            Node::Not(tree) | Node::IsNull { operand: tree, .. } | Node::InList { operand: tree, .. } => {
                below(&tree.node)
            }
            Node::Binary { left, right, .. } | Node::Like { operand: left, pattern: right, .. } => {
                below(&left.node) || below(&right.node)
            }
            Node::Between { operand, low, high } => {
                below(&operand.node) || below(&low.node) || below(&high.node)
            }
            Node::Related { filter, .. } => related && filter.as_ref().is_some_and(|tree| below(&tree.node)),
            Node::RelatedAggregate { argument, filter, .. } => {
                related && [argument, filter].into_iter().flatten().any(|tree| below(&tree.node))
            }
        }
}
