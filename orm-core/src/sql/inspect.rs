//! What can be told about an expression without writing it.

use crate::ast::{Binary, Function, Node};
use crate::value::SqlType;

/// The type of an expression, where it is known.
pub(super) fn sql_type(node: &Node) -> Option<SqlType> {
    match node {
        Node::Column(column) => Some(column.sql_type),
        Node::Path { operand, .. } => sql_type(&operand.node),
        Node::Bind(bind) => Some(bind.sql_type),
        Node::Call { sql_type, .. } | Node::RelatedAggregate { sql_type, .. } => Some(*sql_type),
        Node::Binary { operator: Binary::Concat, .. } => Some(SqlType::Text),
        Node::Binary { operator, left, right } if is_arithmetic(*operator) => {
            match (sql_type(&left.node), sql_type(&right.node)) {
                (Some(left), right) if left.is_integer() => right.or(Some(left)),
                (left, right) => left.or(right),
            }
        }
        Node::Raw { .. } | Node::TooDeep => None,
        _ => Some(SqlType::Bool),
    }
}

pub(super) fn is_integer(node: &Node) -> bool {
    sql_type(node).is_some_and(SqlType::is_integer)
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
    let mut found = such(node);
    let other_scope = matches!(node, Node::Related { .. } | Node::RelatedAggregate { .. });
    if related || !other_scope {
        each_below(node, &mut |node| found = found || any(node, related, such));
    }
    found
}

/// How many terms of an AND or OR stand side by side. SQLite's parser makes them a chain as deep as they are many, so
/// more are halved until they are few.
pub(super) const FLAT_TERMS: usize = 50;

/// How deep an expression is to SQLite, at most: with the subqueries in it.
pub(super) fn height(node: &Node) -> usize {
    let own = match node {
        Node::And(terms) | Node::Or(terms) => return height_of_terms(terms),
        Node::Like { .. } => 6,
        Node::Related { .. } | Node::RelatedAggregate { .. } => 5,
        Node::Path { links, .. } => 4 + links.len(),
        Node::Call { .. } | Node::InList { .. } | Node::Binary { .. } | Node::Between { .. } => 2,
        _ => 1,
    };
    let mut below = 0;
    each_below(node, &mut |node| below = below.max(height(node)));
    own + below
}

fn height_of_terms(terms: &[Node]) -> usize {
    if terms.len() > FLAT_TERMS {
        let (left, right) = terms.split_at(terms.len() / 2);
        return 1 + height_of_terms(left).max(height_of_terms(right));
    }
    terms.iter().enumerate().map(|(index, term)| terms.len() - index + height(term)).max().unwrap_or(1)
}

/// Goes over the nodes right below a node.
fn each_below<'a>(node: &'a Node, visit: &mut dyn FnMut(&'a Node)) {
    match node {
        Node::Column(_) | Node::Bind(_) | Node::Constant(_) | Node::TooDeep => {}
        Node::And(nodes)
        | Node::Or(nodes)
        | Node::Call { arguments: nodes, .. }
        | Node::Raw { arguments: nodes, .. } => nodes.iter().for_each(visit),
        Node::Not(tree)
        | Node::Path { operand: tree, .. }
        | Node::IsNull { operand: tree, .. }
        | Node::InList { operand: tree, .. } => visit(&tree.node),
        Node::Binary { left, right, .. } | Node::Like { operand: left, pattern: right, .. } => {
            visit(&left.node);
            visit(&right.node);
        }
        Node::Between { operand, low, high } => {
            visit(&operand.node);
            visit(&low.node);
            visit(&high.node);
        }
        Node::Related { filter, .. } => filter.iter().for_each(|tree| visit(&tree.node)),
        Node::RelatedAggregate { argument, filter, .. } => {
            argument.iter().chain(filter).for_each(|tree| visit(&tree.node));
        }
    }
}
