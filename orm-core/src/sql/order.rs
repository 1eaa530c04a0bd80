//! ORDER BY, with NULL in one place on every database: first ascending and last descending, unless told otherwise.

use std::borrow::Cow;

use super::children::key_columns;
use super::inspect::is_aggregate;
use super::writer::{Place, Writer, Written};
use crate::ast::{Node, Nulls, Order, Select, Selected, Source};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::ColumnMeta;

/// A sort key in the scope of a table.
#[derive(Debug)]
pub(super) struct SortKey<'a> {
    pub(super) at: Place,
    pub(super) order: Cow<'a, Order>,
    /// Whether it may be NULL, so that the statement must say where NULL sorts.
    nullable: bool,
}

impl<'a> SortKey<'a> {
    /// A sort key of the user's. Only a column that the model says is NOT NULL is known to be; a row that a LEFT JOIN did
    /// not find stands alone in its root row, so where it sorts does not matter.
    fn asked(at: Place, order: &'a Order) -> Self {
        let nullable = !matches!(&order.node, Node::Column(column) if !column.nullable);
        SortKey { at, order: Cow::Borrowed(order), nullable }
    }

    /// A column of a key, ascending. Where it is sorted by it is never NULL, so nothing is said about NULL and an index
    /// over it serves.
    fn of_key(at: Place, column: &'static ColumnMeta) -> Self {
        let order = Order { node: Node::Column(column), descending: false, nulls: None };
        SortKey { at, order: Cow::Owned(order), nullable: false }
    }

    fn nulls_first(&self) -> bool {
        self.order.nulls.map_or(!self.order.descending, |nulls| nulls == Nulls::First)
    }

    fn is(&self, at: Place, wanted: &ColumnMeta) -> bool {
        self.at == at && matches!(&self.order.node, Node::Column(column) if column.name == wanted.name)
    }
}

/// Adds the columns of a key that are not sorted by already.
fn append(keys: &mut Vec<SortKey<'_>>, at: Place, columns: &[&'static ColumnMeta]) {
    for column in columns {
        if !keys.iter().any(|key| key.is(at, column)) {
            keys.push(SortKey::of_key(at, column));
        }
    }
}

/// Whether the select's rows are groups, or one aggregate over all rows.
pub(super) fn is_grouped(select: &Select) -> bool {
    !select.group_by.is_empty()
        || select
            .columns
            .iter()
            .any(|(_, selected)| matches!(selected, Selected::Node(node) if is_aggregate(node)))
}

/// The order of the root's rows: the user's, then the primary key, so that it is the same each time. Rows that become
/// models with loads are in order unless they are put in order when they are here; others where an order or a limit asks
/// for it.
pub(super) fn root_order(select: &Select) -> Vec<SortKey<'_>> {
    let mut keys = Vec::new();
    append_root_order(&mut keys, select);
    keys
}

fn append_root_order<'a>(keys: &mut Vec<SortKey<'a>>, select: &'a Select) {
    keys.extend(select.order_by.iter().map(|order| SortKey::asked(Place::ROOT, order)));
    if is_ordered(select) {
        append(keys, Place::ROOT, select.model.primary);
    }
}

fn is_ordered(select: &Select) -> bool {
    let limited = select.limit.is_some() || select.offset.is_some();
    let has_key = !is_grouped(select) && !select.distinct;
    select.ordered || (has_key && (limited || !select.order_by.is_empty() || select.multiplies))
}

/// The order of all rows of a select: children by their parents first, then the root's rows, then the joined rows within
/// each. So rows that repeat a model always follow one another.
pub(super) fn row_order(select: &Select) -> Vec<SortKey<'_>> {
    let mut keys = Vec::new();
    if let Source::Children { link, keys: children } = &select.source
        && is_ordered(select)
    {
        let (at, columns) = key_columns(link, children);
        append(&mut keys, at, columns);
    }
    append_root_order(&mut keys, select);
    keys.extend(join_order(select));
    keys
}

/// The order of joined rows within a root row: those of the first to-many relation by the user's order and their primary
/// key, within each of them those of the next.
pub(super) fn join_order(select: &Select) -> Vec<SortKey<'_>> {
    let mut keys = Vec::new();
    for join in select.joins.iter().filter(|join| join.link.to_many) {
        let asked = select.join_order.iter().filter(|(alias, _)| *alias == join.to);
        keys.extend(asked.map(|(alias, order)| SortKey::asked((*alias).into(), order)));
        append(&mut keys, join.to.into(), join.link.target.primary);
    }
    keys
}

impl Writer {
    /// ORDER BY; `selected` says where the select list's expressions stand, for a grouped or distinct select.
    pub(super) fn order_by(&mut self, keys: &[SortKey<'_>], selected: &[Written]) -> Result<()> {
        self.sort_list(keys, &mut true, |writer, key, _| {
            let start = writer.mark();
            writer.node(&key.order.node, key.at)?;
            // Where NULL is placed by `key IS NULL`, a rank would be taken for a number.
            let by_test = writer.dialect.is_mysql_like() && writer.states_nulls(key);
            if !by_test && writer.repeat(start, selected) {
                return Ok(());
            }
            writer.cut(start);
            writer.operand(&key.order.node, key.at)
        })
    }

    /// Sort keys behind ORDER BY or a comma, each operand written by the caller.
    pub(super) fn sort_list(
        &mut self,
        keys: &[SortKey<'_>],
        first: &mut bool,
        operand: impl Fn(&mut Self, &SortKey<'_>, usize) -> Result<()>,
    ) -> Result<()> {
        for (index, key) in keys.iter().enumerate() {
            self.push(if *first { " ORDER BY " } else { ", " });
            *first = false;
            self.sort(key, |writer| operand(writer, key, index))?;
        }
        Ok(())
    }

    /// Whether the place of NULL must be said. PostgreSQL takes NULL for the largest value, the others for the smallest.
    fn states_nulls(&self, key: &SortKey<'_>) -> bool {
        let descending = key.order.descending;
        let by_itself = if self.dialect == Dialect::Postgres { descending } else { !descending };
        key.nullable && key.nulls_first() != by_itself
    }

    fn sort(&mut self, key: &SortKey<'_>, operand: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        let descending = key.order.descending;
        let nulls_first = key.nulls_first();
        let stated = self.states_nulls(key);
        if stated && self.dialect.is_mysql_like() {
            operand(self)?;
            self.push(if nulls_first { " IS NULL DESC, " } else { " IS NULL, " });
        }
        operand(self)?;
        if descending {
            self.push(" DESC");
        }
        if stated && !self.dialect.is_mysql_like() {
            self.push(if nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        }
        Ok(())
    }
}
