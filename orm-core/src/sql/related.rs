//! Rows of relations: EXISTS, and aggregates as scalar subqueries.

use super::from::Paths;
use super::writer::{Place, Writer};
use crate::ast::{Function, Node, Quantifier};
use crate::error::Result;
use crate::meta::Link;
use crate::value::SqlType;

/// A condition on a relation's rows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Filter<'a> {
    /// Rows that fulfil it.
    Fulfilled(&'a Node),
    /// Rows that do not: those for which it is NULL too.
    Missed(&'a Node),
}

impl Writer {
    /// Whether a relation has any row, none, or only rows that fulfil the filter.
    pub(super) fn related(
        &mut self,
        link: &Link,
        quantifier: Quantifier,
        filter: Option<&Node>,
        at: Place,
    ) -> Result<()> {
        let filter = match (quantifier, filter) {
            (Quantifier::Every, None) => return self.node(&Node::Constant(true), at),
            (Quantifier::Every, Some(filter)) => Some(Filter::Missed(filter)),
            (Quantifier::Any | Quantifier::None, filter) => filter.map(Filter::Fulfilled),
        };
        self.push(if quantifier == Quantifier::Any { "EXISTS (" } else { "NOT EXISTS (" });
        let one = |writer: &mut Writer, _| {
            writer.push("1");
            Ok(())
        };
        self.related_select(link, at, one, filter)?;
        self.push(")");
        Ok(())
    }

    /// An aggregate over a relation's rows.
    pub(super) fn related_aggregate(
        &mut self,
        link: &Link,
        function: Function,
        argument: Option<&Node>,
        filter: Option<&Node>,
        sql_type: SqlType,
        at: Place,
    ) -> Result<()> {
        self.push("(");
        let call = |writer: &mut Writer, to| {
            writer.call(function, argument.map(std::slice::from_ref).unwrap_or_default(), sql_type, to)
        };
        self.related_select(link, at, call, filter.map(Filter::Fulfilled))?;
        self.push(")");
        Ok(())
    }

    /// `SELECT what FROM target WHERE it belongs to the row at `at` [AND filter]`.
    pub(super) fn related_select(
        &mut self,
        link: &Link,
        at: Place,
        what: impl FnOnce(&mut Self, Place) -> Result<()>,
        filter: Option<Filter<'_>>,
    ) -> Result<()> {
        self.nested(|writer| writer.related_rows(link, at, what, filter))
    }

    fn related_rows(
        &mut self,
        link: &Link,
        at: Place,
        what: impl FnOnce(&mut Self, Place) -> Result<()>,
        filter: Option<Filter<'_>>,
    ) -> Result<()> {
        let to = self.place();
        let outer = std::mem::replace(&mut self.paths, Paths::joins());
        self.push("SELECT ");
        what(self, to)?;
        let mark = self.mark();
        self.push(" WHERE ");
        self.link_condition(link, at, to);
        match filter {
            None => {}
            Some(Filter::Fulfilled(filter)) => {
                self.push(" AND ");
                self.condition(filter, to)?;
            }
            Some(Filter::Missed(filter)) => {
                self.push(" AND (");
                self.node(filter, to)?;
                self.push(") IS NOT TRUE");
            }
        }
        let paths = std::mem::replace(&mut self.paths, outer);
        self.splice(mark, |writer| {
            writer.push(" FROM ");
            writer.link_tables(link, to);
            writer.joins(&[], paths)
        })
    }
}
