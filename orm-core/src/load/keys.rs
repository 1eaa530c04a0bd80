//! The keys of the parents, and which parents have which.

use std::ops::Range;

use crate::ast::{Bind, ChildKeys};
use crate::meta::{ColumnMeta, Link};
use crate::model::Model;
use crate::value::{Key, SqlType};

/// The distinct keys of the parents of a load, in order, each with its parents.
///
/// Where the relation's key compares in Rust as in the database, it is that key. Else it is the parent's own primary key, as
/// the server returned it, and the server is left to compare the relation's key by its own rules (collations, padding).
pub(crate) struct ParentKeys {
    link: &'static Link,
    columns: &'static [&'static ColumnMeta],
    exact: bool,
    /// Sorted by key, then by parent.
    keys: Vec<(Key, usize)>,
}

impl ParentKeys {
    /// The keys of these parents. One whose key of the relation has a NULL part relates to nothing and has none.
    pub(crate) fn new<M: Model>(link: &'static Link, parents: &[M]) -> Self {
        let exact =
            link.source_key.iter().chain(link.target_key).all(|column| column.sql_type.compares_exactly());
        let columns = if exact { link.source_key } else { link.source.primary };
        let key_of = |parent: &M, columns: &[&ColumnMeta]| {
            Key::of_values(columns.iter().map(|column| parent.value(column.index)))
        };
        let mut keys: Vec<(Key, usize)> = parents
            .iter()
            .enumerate()
            .filter(|(_, parent)| exact || key_of(parent, link.source_key).is_some())
            .filter_map(|(index, parent)| Some((key_of(parent, columns)?, index)))
            .collect();
        if !keys.is_sorted() {
            keys.sort_unstable();
        }
        ParentKeys { link, columns, exact, keys }
    }

    /// The types of the key's parts.
    pub(crate) fn types(&self) -> Vec<SqlType> {
        self.columns.iter().map(|column| column.sql_type).collect()
    }

    pub(crate) fn is_exact(&self) -> bool {
        self.exact
    }

    /// The columns of the child that hold the key; `None` where it comes in front of the child's columns, in
    /// [`Self::columns`].
    pub(crate) fn in_child(&self) -> Option<&'static [&'static ColumnMeta]> {
        (self.exact && self.link.through.is_none()).then_some(self.link.target_key)
    }

    /// The columns of the key, as the parents have it.
    pub(crate) fn columns(&self) -> &'static [&'static ColumnMeta] {
        self.columns
    }

    /// The distinct keys as binds, in chunks of at most `size`.
    pub(crate) fn chunks<M: Model>(&self, parents: &[M], size: usize) -> Vec<ChildKeys> {
        let as_keys = if self.exact { ChildKeys::Exact } else { ChildKeys::BySource };
        let mut distinct = self
            .keys
            .chunk_by(|left, right| left.0 == right.0)
            .filter_map(|same| parents.get(same.first()?.1))
            .flat_map(|parent| self.columns.iter().map(move |column| bind(parent, column)));
        let mut chunks = Vec::new();
        loop {
            let chunk: Vec<Bind> = distinct.by_ref().take(size.max(1) * self.columns.len()).collect();
            if chunk.is_empty() {
                return chunks;
            }
            chunks.push(as_keys(chunk));
        }
    }

    /// The parents with this key; empty where there is none. `last` is what the last search found: children mostly come in
    /// the order of their keys, so the next key is there or right behind it.
    #[inline]
    pub(crate) fn parents(&self, key: &Key, last: &mut Range<usize>) -> &[(Key, usize)] {
        let is_at = |index: usize| self.keys.get(index).is_some_and(|entry| entry.0 == *key);
        if last.start == last.end || !is_at(last.start) {
            let start =
                if is_at(last.end) { last.end } else { self.keys.partition_point(|entry| entry.0 < *key) };
            let rest = self.keys.get(start..).unwrap_or_default();
            *last = start..start + rest.iter().take_while(|entry| entry.0 == *key).count();
        }
        self.keys.get(last.clone()).unwrap_or_default()
    }
}

fn bind<M: Model>(model: &M, column: &'static ColumnMeta) -> Bind {
    Bind::of(column, model.value(column.index))
}
