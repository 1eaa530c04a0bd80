//! The rows that a relation leads to from many parents at once: `Source::Children`.

use super::writer::{Place, Writer};
use crate::ast::{ChildKeys, Select, Source};
use crate::error::Result;
use crate::meta::{ColumnMeta, Link};

/// The columns that tell which parent a row belongs to, and the table that they stand in.
pub(super) fn key_columns(link: &Link, keys: &ChildKeys) -> (Place, &'static [&'static ColumnMeta]) {
    match (keys, link.through) {
        (ChildKeys::BySource(_), _) => (Place::SOURCE, link.source.primary),
        (ChildKeys::Exact(_), Some(through)) => (Place::ROOT.between(), through.source_key),
        (ChildKeys::Exact(_), None) => (Place::ROOT, link.target_key),
    }
}

/// Whether the children's key stands in front of the select list.
pub(super) fn selects_key(select: &Select) -> bool {
    matches!(&select.source, Source::Children { link, keys } if !keys.are_targets_own(link))
}

impl Writer {
    /// The root's tables.
    pub(super) fn root(&mut self, select: &Select) {
        match &select.source {
            Source::Table => self.table_as(select.model, Place::ROOT),
            Source::Children { link, keys: ChildKeys::Exact(_) } => self.link_tables(link, Place::ROOT),
            Source::Children { link, keys: ChildKeys::BySource(_) } => self.source_and_target(link),
        }
    }

    fn source_and_target(&mut self, link: &'static Link) {
        self.table_as(link.source, Place::SOURCE);
        self.push(" INNER JOIN ");
        let between = Place::ROOT.between();
        match link.through {
            None => self.table_as(link.target, Place::ROOT),
            Some(through) => self.table_as(through.model, between),
        }
        self.push(" ON ");
        self.link_condition(link, Place::SOURCE, Place::ROOT);
        if let Some(through) = link.through {
            self.push(" INNER JOIN ");
            self.table_as(link.target, Place::ROOT);
            self.push(" ON ");
            self.same_columns(Place::ROOT, link.target_key, between, through.target_key);
        }
    }

    /// The key columns of a select list; gives how many there are.
    pub(super) fn child_key(&mut self, select: &Select) -> usize {
        let Source::Children { link, keys } = &select.source else { return 0 };
        if keys.are_targets_own(link) {
            return 0;
        }
        let (at, columns) = key_columns(link, keys);
        self.list(", ", columns, |writer, column| writer.column(at, column));
        columns.len()
    }

    /// WHERE with the parents' keys; gives whether there are any.
    pub(super) fn child_condition(&mut self, select: &Select) -> Result<bool> {
        let Source::Children { link, keys } = &select.source else { return Ok(false) };
        let (at, columns) = key_columns(link, keys);
        let (ChildKeys::Exact(keys) | ChildKeys::BySource(keys)) = keys;
        self.push(" WHERE ");
        self.keys(at, columns, keys)?;
        Ok(true)
    }
}
