//! Composite keys, and rows that refer to rows of their own table.

use orm_core::prelude::*;
use serde::Serialize;

/// A purchase of a tenant: a key of two columns.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "purchases")]
#[has_many(lines: Line, key(tenant_id, number))]
#[has_many(remarks: Remark, key(tenant_id, number))]
pub struct Purchase {
    #[model(primary_key)]
    pub tenant_id: i64,
    #[model(primary_key)]
    pub number: i32,
    pub label: String,
}

/// A line of a purchase: a key of three columns, two of which refer.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "purchase_lines")]
#[belongs_to(purchase: Purchase, key(tenant_id, number))]
#[has_many(remarks: Remark, key(tenant_id, number, line))]
#[many_to_many(marks: Mark, through = Marking)]
pub struct Line {
    #[model(primary_key)]
    pub tenant_id: i64,
    #[model(primary_key)]
    pub number: i32,
    #[model(primary_key)]
    pub line: i32,
    pub label: String,
}

/// A remark on a purchase, or on a line of it, or on neither: any part of the key may be NULL.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "remarks")]
#[belongs_to(purchase: Purchase, key(tenant_id, number))]
#[belongs_to(on: Line, key(tenant_id, number, line))]
pub struct Remark {
    #[model(primary_key)]
    pub id: i64,
    pub tenant_id: Option<i64>,
    pub number: Option<i32>,
    pub line: Option<i32>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "marks")]
#[many_to_many(lines: Line, through = Marking)]
pub struct Mark {
    #[model(primary_key)]
    pub id: i64,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "markings")]
#[belongs_to(target: Line, key(tenant_id, number, line))]
#[belongs_to(mark: Mark, key = mark_id)]
pub struct Marking {
    #[model(primary_key)]
    pub id: i64,
    pub tenant_id: i64,
    pub number: i32,
    pub line: Option<i32>,
    pub mark_id: i64,
}

/// A node of a tree, a ring or any graph.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "nodes")]
#[belongs_to(parent: Node, key = parent_id)]
#[has_many(children: Node, key = parent_id)]
#[many_to_many(next: Node, through = Edge, from = tail, to = head)]
#[many_to_many(previous: Node, through = Edge, from = head, to = tail)]
pub struct Node {
    #[model(primary_key)]
    pub id: i64,
    #[model(index)]
    pub parent_id: Option<i64>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "edges")]
#[belongs_to(tail: Node, key = tail_id)]
#[belongs_to(head: Node, key = head_id)]
pub struct Edge {
    #[model(primary_key)]
    pub tail_id: i64,
    #[model(primary_key)]
    pub head_id: i64,
}
