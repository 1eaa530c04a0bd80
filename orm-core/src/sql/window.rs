//! A limit where it cannot stand at the end of the statement: of the root's rows where a join multiplies them, and of
//! each parent's children where those of many parents are read at once. The rows are limited in a derived table that
//! stands for the root, and joins and order follow outside.

use super::children::{key_columns, selects_key};
use super::from::Paths;
use super::order::{SortKey, join_order, root_order};
use super::writer::{Derived, Mark, Place, Writer};
use crate::ast::{Node, Select, Source};
use crate::error::Result;
use crate::meta::ColumnMeta;

/// Whether the select's limit must be kept in a derived table.
pub(super) fn is_needed(select: &Select) -> bool {
    let limited = select.limit.is_some() || select.offset.is_some();
    limited && (select.multiplies || matches!(select.source, Source::Children { .. }))
}

impl Writer {
    /// `SELECT … FROM (SELECT …, limited) AS t0 LEFT JOIN … ORDER BY …`
    pub(super) fn windowed(&mut self, select: &Select) -> Result<()> {
        let keys = child_keys(select);
        let order = root_order(select);
        self.derived = Some(Derived::default());
        self.paths = Paths::joins();
        self.push("SELECT ");
        let leading = if selects_key(select) { keys.len() } else { 0 };
        self.list(", ", 0..leading, |writer, index| writer.numbered("t0.k", index));
        self.select_list(select, leading)?;
        let from = self.mark();
        if !keys.is_empty() {
            self.ranks(select);
        }
        self.outer_order(select, &order, &keys)?;
        self.limited_from(from, select, &keys, &order)
    }

    /// `SELECT aggregate FROM (SELECT …, limited) AS t0`
    pub(super) fn aggregate_of_limited(&mut self, select: &Select) -> Result<()> {
        let rows = Select { columns: Vec::new(), ..select.clone() };
        self.derived = Some(Derived::default());
        self.paths = Paths::joins();
        self.push("SELECT ");
        self.select_list(select, 0)?;
        let from = self.mark();
        self.limited_from(from, &rows, &[], &root_order(&rows))
    }

    /// Writes at the mark the derived table that stands for the root, and the joins.
    fn limited_from(
        &mut self,
        mark: Mark,
        select: &Select,
        keys: &[(Place, &'static ColumnMeta)],
        order: &[SortKey<'_>],
    ) -> Result<()> {
        let paths = std::mem::replace(&mut self.paths, Paths::joins());
        self.splice(mark, |writer| {
            writer.push(" FROM (");
            let inner = writer.mark();
            writer.push(") AS t0");
            writer.joins(&select.joins, paths)?;
            writer.paths = Paths::joins();
            // Only now is it known which of the root's columns are used outside.
            let used = writer.derived.take().unwrap_or_default().used;
            writer.splice(inner, |writer| writer.limited(select, keys, order, used.into_values()))
        })
    }

    /// The derived table: keys as `k0…`, columns as `c` and their index, computed sort keys as `o0…`, and for children
    /// their rank among the parent's as `n`.
    fn limited(
        &mut self,
        select: &Select,
        keys: &[(Place, &'static ColumnMeta)],
        order: &[SortKey<'_>],
        used: impl Iterator<Item = &'static ColumnMeta>,
    ) -> Result<()> {
        self.push("SELECT ");
        let start = self.mark();
        for (index, (at, column)) in keys.iter().enumerate() {
            self.column(*at, column);
            self.numbered(" AS k", index);
            self.push(", ");
        }
        for column in used {
            self.column(Place::ROOT, column);
            self.numbered(" AS c", column.index);
            self.push(", ");
        }
        for (index, key) in order.iter().enumerate().filter(|(_, key)| is_computed(key)) {
            self.operand(&key.order.node, key.at)?;
            self.numbered(" AS o", index);
            self.push(", ");
        }
        if keys.is_empty() {
            self.without_trailing_comma(start);
        } else {
            self.push("ROW_NUMBER() OVER (PARTITION BY ");
            self.list(", ", keys, |writer, (at, column)| writer.column(*at, column));
            self.order_by(order, &[])?;
            self.push(") AS n");
        }
        let from = self.mark();
        self.conditions(select)?;
        if keys.is_empty() {
            self.order_by(order, &[])?;
            self.limit(select)?;
        }
        self.from(from, select, &[])
    }

    fn without_trailing_comma(&mut self, start: Mark) {
        if self.is_at(start) {
            self.push("1 AS c");
        } else {
            self.tokens.pop();
        }
    }

    /// WHERE over the ranks of each parent's children, which begin at 1.
    fn ranks(&mut self, select: &Select) {
        let mut word = " WHERE ";
        if let Some(offset) = select.offset {
            self.push(" WHERE t0.n > ");
            self.bind_count(offset);
            word = " AND ";
        }
        if let Some(limit) = select.limit {
            self.push(word);
            self.push("t0.n <= ");
            self.bind_count(limit.saturating_add(select.offset.unwrap_or(0)));
        }
    }

    /// The same order once more, over the derived table, then the joined rows'.
    fn outer_order(
        &mut self,
        select: &Select,
        order: &[SortKey<'_>],
        keys: &[(Place, &'static ColumnMeta)],
    ) -> Result<()> {
        let mut first = true;
        for index in 0..keys.len() {
            self.push(if first { " ORDER BY " } else { ", " });
            self.numbered("t0.k", index);
            first = false;
        }
        self.sort_list(order, &mut first, |writer, key, index| match is_computed(key) {
            true => {
                writer.numbered("t0.o", index);
                Ok(())
            }
            false => writer.operand(&key.order.node, key.at),
        })?;
        self.sort_list(&join_order(select), &mut first, |writer, key, _| {
            writer.operand(&key.order.node, key.at)
        })
    }
}

fn is_computed(key: &SortKey<'_>) -> bool {
    !matches!(key.order.node, Node::Column(_))
}

fn child_keys(select: &Select) -> Vec<(Place, &'static ColumnMeta)> {
    match &select.source {
        Source::Table => Vec::new(),
        Source::Children { link, keys } => {
            let (at, columns) = key_columns(link, keys);
            columns.iter().map(|column| (at, *column)).collect()
        }
    }
}
