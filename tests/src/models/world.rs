//! What loads must give, computed in memory: rows are JSON objects, and a loaded row has one entry more for each
//! relation, as it has when it is serialised.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::Value;

/// How many rows a relation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any number
    Many,
    /// One or none
    Maybe,
    /// Exactly one
    One,
}

/// A relation, as it was thought and not as the derive writes it down.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    pub kind: Kind,
    pub target: &'static str,
    /// The column of the source and that of the target, or those of the table between.
    pub on: (&'static str, &'static str),
    /// The table between, its column that is the source's, and its column that is the target's.
    pub through: Option<(&'static str, &'static str, &'static str)>,
}

/// The relation of a table.
pub fn fact(table: &str, relation: &str) -> Fact {
    let to = |kind, target, source, other| Fact { kind, target, on: (source, other), through: None };
    let many = |target, through| Fact { kind: Kind::Many, target, on: ("id", "id"), through: Some(through) };
    match (table, relation) {
        ("users", "posts") => to(Kind::Many, "posts", "id", "author_id"),
        ("users", "reviews") => to(Kind::Many, "posts", "id", "reviewer_id"),
        ("users", "profile") => to(Kind::Maybe, "profiles", "id", "user_id"),
        ("users", "groups") => many("groups", ("memberships", "user_id", "group_id")),
        ("groups", "members") => many("users", ("memberships", "group_id", "user_id")),
        ("posts", "author") => to(Kind::One, "users", "author_id", "id"),
        ("posts", "reviewer") => to(Kind::Maybe, "users", "reviewer_id", "id"),
        ("posts", "comments") => to(Kind::Many, "comments", "id", "post_id"),
        ("posts", "tags") => many("tags", ("taggings", "post_id", "tag_id")),
        ("tags", "posts") => many("posts", ("taggings", "tag_id", "post_id")),
        ("comments", "post") => to(Kind::One, "posts", "post_id", "id"),
        ("comments", "writer") => to(Kind::Maybe, "users", "writer_id", "id"),
        ("profiles", "user") => to(Kind::One, "users", "user_id", "id"),
        other => panic!("no relation {other:?}"),
    }
}

/// A condition on one column; NULL fulfils none but `IsNull`.
#[derive(Debug, Clone)]
pub struct Test {
    pub column: &'static str,
    pub how: How,
}

/// What a column is asked.
#[derive(Debug, Clone)]
pub enum How {
    Eq(Value),
    Ne(Value),
    /// Greater than this number
    Gt(i32),
    IsNull,
}

/// A sort key, NULL being the least.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    pub column: &'static str,
    pub descending: bool,
}

/// A load.
#[derive(Debug, Clone)]
pub struct Want {
    pub relation: &'static str,
    pub test: Option<Test>,
    pub sort: Option<Sort>,
    pub nested: Vec<Want>,
}

/// Loads the whole relation.
pub fn want(relation: &'static str) -> Want {
    Want { relation, test: None, sort: None, nested: Vec::new() }
}

impl Want {
    /// Only these rows.
    pub fn test(mut self, test: impl Into<Option<Test>>) -> Want {
        self.test = test.into();
        self
    }

    /// In this order.
    pub fn sort(mut self, sort: impl Into<Option<Sort>>) -> Want {
        self.sort = sort.into();
        self
    }

    /// Loads a relation of the related rows too.
    pub fn with(mut self, want: Want) -> Want {
        self.nested.push(want);
        self
    }
}

/// Which rows of a table are the roots.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    pub test: Option<Test>,
    pub sort: Option<Sort>,
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

/// Tables in memory.
#[derive(Debug, Clone)]
pub struct World {
    tables: HashMap<&'static str, Vec<Value>>,
    /// The rank of each text in the order of the database that is compared with.
    ranks: HashMap<String, usize>,
}

impl World {
    /// The tables; `order` holds every text that is sorted by.
    pub fn new(tables: impl IntoIterator<Item = (&'static str, Vec<Value>)>, order: &[String]) -> World {
        let ranks = order.iter().cloned().zip(0..).collect();
        World { tables: tables.into_iter().collect(), ranks }
    }

    /// All rows of the table with these relations, by primary key.
    pub fn all(&self, table: &'static str, wants: &[Want]) -> Value {
        self.select(table, &Roots::default(), wants)
    }

    /// These rows of the table with these relations.
    pub fn select(&self, table: &'static str, roots: &Roots, wants: &[Want]) -> Value {
        let mut rows = self.tables[table].clone();
        rows.retain(|row| passes(row, roots.test.as_ref()));
        self.sort(&mut rows, roots.sort);
        let offset = roots.offset.unwrap_or(0) as usize;
        let limit = roots.limit.map_or(usize::MAX, |limit| limit as usize);
        rows.into_iter().skip(offset).take(limit).map(|row| self.grow(table, row, wants)).collect()
    }

    fn grow(&self, table: &'static str, mut row: Value, wants: &[Want]) -> Value {
        for want in wants {
            let fact = fact(table, want.relation);
            let mut children = self.related(&fact, &row);
            children.retain(|child| passes(child, want.test.as_ref()));
            self.sort(&mut children, want.sort);
            let children = children.into_iter().map(|child| self.grow(fact.target, child, &want.nested));
            put(&mut row, want.relation, fact.kind, children.collect());
        }
        row
    }

    /// The rows that a relation leads to, each once.
    fn related(&self, fact: &Fact, row: &Value) -> Vec<Value> {
        let (from, to) = fact.on;
        let same = |one: &Value, other: &Value| !one.is_null() && one == other;
        let mut rows = self.tables[fact.target].clone();
        match fact.through {
            None => rows.retain(|child| same(&row[from], &child[to])),
            Some((through, source, target)) => rows.retain(|child| {
                let links = &self.tables[through];
                links.iter().any(|link| same(&row[from], &link[source]) && same(&child[to], &link[target]))
            }),
        }
        rows
    }

    fn sort(&self, rows: &mut [Value], sort: Option<Sort>) {
        rows.sort_by(|one, other| {
            let by = |column: &str| self.compare(&one[column], &other[column]);
            let asked = sort.map_or(Ordering::Equal, |sort| {
                if sort.descending { by(sort.column).reverse() } else { by(sort.column) }
            });
            asked.then_with(|| by("id"))
        });
    }

    fn compare(&self, one: &Value, other: &Value) -> Ordering {
        let rank = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(self.ranks[text] as i64),
            number => number.as_i64(),
        };
        rank(one).cmp(&rank(other))
    }
}

fn passes(row: &Value, test: Option<&Test>) -> bool {
    let Some(Test { column, how }) = test else { return true };
    let value = &row[column];
    match how {
        How::Eq(wanted) => !value.is_null() && value == wanted,
        How::Ne(wanted) => !value.is_null() && value != wanted,
        How::Gt(least) => value.as_i64().is_some_and(|value| value > (*least).into()),
        How::IsNull => value.is_null(),
    }
}

/// Adds a relation's rows to a row.
pub fn put(row: &mut Value, relation: &str, kind: Kind, mut children: Vec<Value>) {
    row[relation] = match kind {
        Kind::Many => Value::Array(children),
        Kind::Maybe => children.pop().unwrap_or(Value::Null),
        Kind::One => children.pop().expect("a row that must be there"),
    };
}
