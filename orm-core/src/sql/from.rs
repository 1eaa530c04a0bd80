//! Tables: how relations are joined, and how paths over to-one relations find their way into FROM.

use super::writer::{Place, Writer};
use crate::ast::{Join, Node, Quantifier};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::{ColumnMeta, Link, Through};

/// How a path over to-one relations is reached.
#[derive(Debug)]
pub(super) enum Paths {
    /// By joins of the select that is being written, each made once.
    Joins(Vec<PathJoin>),
    /// By a scalar subquery, where no join can be added: in ON, and in statements that write.
    Subqueries,
}

/// A join that a path asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct PathJoin {
    link: &'static Link,
    from: Place,
    to: Place,
}

impl Paths {
    pub(super) fn joins() -> Paths {
        Paths::Joins(Vec::new())
    }
}

impl Writer {
    /// An expression over the row that to-one relations lead to.
    pub(super) fn path(&mut self, links: &[&'static Link], operand: &Node, at: Place) -> Result<()> {
        let Some((&first, rest)) = links.split_first() else { return self.node(operand, at) };
        if matches!(self.paths, Paths::Subqueries) {
            self.push("(");
            self.related_select(first, at, |writer, to| writer.path(rest, operand, to), None)?;
            self.push(")");
            return Ok(());
        }
        let mut place = at;
        for link in links {
            place = self.path_join(link, place);
        }
        self.node(operand, place)
    }

    /// The table that a relation leads to, joined unless it is already. A table has one relation of a name.
    fn path_join(&mut self, link: &'static Link, from: Place) -> Place {
        if let Paths::Joins(joins) = &self.paths
            && let Some(join) = joins.iter().find(|join| join.from == from && join.link.name == link.name)
        {
            return join.to;
        }
        let to = self.place();
        if let Paths::Joins(joins) = &mut self.paths {
            joins.push(PathJoin { link, from, to });
        }
        to
    }

    /// Joins of the select's own, in order, then those that paths asked for.
    pub(super) fn joins(&mut self, joins: &[Join], paths: Paths) -> Result<()> {
        let paths = match paths {
            Paths::Joins(paths) => paths,
            Paths::Subqueries => Vec::new(),
        };
        let between = |link: &Link| usize::from(link.through.is_some());
        let tables = joins.iter().map(|join| 1 + between(join.link)).sum::<usize>()
            + paths.iter().map(|join| 1 + between(join.link)).sum::<usize>();
        self.check("joined tables", tables + 1, self.dialect.max_joins())?;
        for join in joins {
            self.left_join(join.link, join.from.into(), join.to.into(), join.filter.as_ref())?;
        }
        for join in paths {
            self.left_join(join.link, join.from, join.to, None)?;
        }
        Ok(())
    }

    fn left_join(
        &mut self,
        link: &'static Link,
        from: Place,
        to: Place,
        filter: Option<&Node>,
    ) -> Result<()> {
        self.push(" LEFT JOIN ");
        match link.through {
            None => self.table_as(link.target, to),
            Some(through) if self.dialect == Dialect::Sqlite => {
                return self.left_join_flat(link, through, from, to, filter);
            }
            Some(_) => {
                self.push("(");
                self.link_tables(link, to);
                self.push(")");
            }
        }
        self.push(" ON ");
        self.link_condition(link, from, to);
        let Some(filter) = filter else { return Ok(()) };
        let outer = std::mem::replace(&mut self.paths, Paths::Subqueries);
        self.push(" AND ");
        self.condition(filter, to)?;
        self.paths = outer;
        Ok(())
    }

    /// Two LEFT JOINs, one after the other: SQLite reads all of a join in parentheses into memory first. The filter goes
    /// to the first, so that a row between whose target misses it gives no row. (One whose target is gone gives a row of
    /// NULLs, which is no target.)
    fn left_join_flat(
        &mut self,
        link: &'static Link,
        through: Through,
        from: Place,
        to: Place,
        filter: Option<&Node>,
    ) -> Result<()> {
        self.table_as(through.model, to.between());
        self.push(" ON ");
        self.link_condition(link, from, to);
        if let Some(filter) = filter {
            self.push(" AND ");
            let onward = Link {
                source: through.model,
                source_key: through.target_key,
                through: None,
                to_many: false,
                ..*link
            };
            self.related(&onward, Quantifier::Any, Some(filter), to.between())?;
        }
        self.push(" LEFT JOIN ");
        self.table_as(link.target, to);
        self.push(" ON ");
        self.same_columns(to, link.target_key, to.between(), through.target_key);
        Ok(())
    }

    /// The tables that a relation leads over: the target, and the one between with it.
    pub(super) fn link_tables(&mut self, link: &Link, to: Place) {
        let Some(through) = link.through else { return self.table_as(link.target, to) };
        self.table_as(through.model, to.between());
        self.push(" INNER JOIN ");
        self.table_as(link.target, to);
        self.push(" ON ");
        self.same_columns(to, link.target_key, to.between(), through.target_key)
    }

    /// The condition that the tables of [`Self::link_tables`] belong to a row of the source.
    pub(super) fn link_condition(&mut self, link: &Link, from: Place, to: Place) {
        match link.through {
            None => self.same_columns(to, link.target_key, from, link.source_key),
            Some(through) => self.same_columns(to.between(), through.source_key, from, link.source_key),
        }
    }

    /// Columns of two tables are equal, pair by pair.
    pub(super) fn same_columns(
        &mut self,
        left: Place,
        left_columns: &[&'static ColumnMeta],
        right: Place,
        right_columns: &[&'static ColumnMeta],
    ) {
        self.list(" AND ", left_columns.iter().zip(right_columns), |writer, (one, other)| {
            writer.column(left, one);
            writer.push(" = ");
            writer.column(right, other);
        });
    }
}
