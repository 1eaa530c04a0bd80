//! SELECT.

use super::from::Paths;
use super::order::{is_grouped, row_order};
use super::window;
use super::writer::{Mark, Place, Writer, Written};
use crate::ast::{Join, Node, Select, Selected, Shape};
use crate::dialect::Dialect;
use crate::error::Result;

impl Writer {
    pub(super) fn select(&mut self, select: &Select, shape: Shape) -> Result<()> {
        for join in &select.joins {
            self.reserve(join.from);
            self.reserve(join.to);
        }
        match shape {
            Shape::Rows => self.rows(select),
            Shape::Aggregate => self.aggregate(select),
            Shape::Count => self.count(select),
            Shape::Exists => {
                self.push("SELECT EXISTS (");
                // SQLite and MariaDB forget DISTINCT inside of EXISTS, and would skip rows that are the same.
                match select.distinct && select.offset.is_some() {
                    true => self.counted("1", select)?,
                    false => self.bare(select)?,
                }
                self.push(")");
                Ok(())
            }
        }
    }

    fn rows(&mut self, select: &Select) -> Result<()> {
        if window::is_needed(select) {
            return self.windowed(select);
        }
        self.paths = Paths::joins();
        self.push(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        let selected = self.selected(select)?;
        let from = self.mark();
        self.conditions(select)?;
        self.groups(select, &selected)?;
        let grouped = select.distinct || is_grouped(select);
        self.order_by(&row_order(select), if grouped { &selected } else { &[] })?;
        self.limit(select)?;
        self.from(from, select, &select.joins)
    }

    /// An aggregate over root rows; their order matters only where not all of them count.
    fn aggregate(&mut self, select: &Select) -> Result<()> {
        if select.limit.is_some() || select.offset.is_some() {
            return self.aggregate_of_limited(select);
        }
        self.rows(&Select { order_by: Vec::new(), ..select.clone() })
    }

    /// The number of root rows. Joins are LEFT JOINs and loads, so they add none.
    fn count(&mut self, select: &Select) -> Result<()> {
        let plain =
            !select.distinct && select.limit.is_none() && select.offset.is_none() && !is_grouped(select);
        if !plain {
            return self.counted("COUNT(*)", select);
        }
        self.paths = Paths::joins();
        self.push("SELECT COUNT(*)");
        let from = self.mark();
        self.conditions(select)?;
        self.from(from, select, &[])
    }

    /// `SELECT what FROM (the root rows)`
    fn counted(&mut self, what: &'static str, select: &Select) -> Result<()> {
        self.push("SELECT ");
        self.push(what);
        self.push(" FROM (");
        self.bare(select)?;
        let place = self.place();
        self.push(") AS ");
        self.place_name(place);
        Ok(())
    }

    /// The select's root rows, to be counted or looked for: without joins and order, and without columns where these
    /// do not decide how many rows there are.
    fn bare(&mut self, select: &Select) -> Result<()> {
        self.paths = Paths::joins();
        self.push(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        let decisive = select.distinct || is_grouped(select);
        let own = select.columns.iter().filter(|(alias, _)| decisive && *alias == Select::ROOT);
        let mut selected = Vec::new();
        let start = self.mark();
        let mut index = 0;
        self.separated(", ", own, |writer, (_, item)| match item {
            Selected::Model(model) => {
                writer.list(", ", model.columns, |writer, column| {
                    writer.column(Place::ROOT, column);
                    writer.numbered(" AS c", index);
                    index += 1;
                });
                Ok(())
            }
            Selected::Node(node) => {
                let start = writer.mark();
                writer.node(node, Place::ROOT)?;
                selected.push(Written { rank: index + 1, from: start, to: writer.mark() });
                writer.numbered(" AS c", index); // MySQL wants the names of a derived table to differ
                index += 1;
                Ok(())
            }
        })?;
        if self.is_at(start) {
            self.push("1");
        }
        let from = self.mark();
        self.conditions(select)?;
        self.groups(select, &selected)?;
        self.limit(select)?;
        self.from(from, select, &[])
    }

    /// The select list: the children's key, then the columns. Gives where each expression begins and ends.
    fn selected(&mut self, select: &Select) -> Result<Vec<Written>> {
        let keys = self.child_key(select);
        self.select_list(select, keys)
    }

    /// The columns, behind the keys that stand there already.
    pub(super) fn select_list(&mut self, select: &Select, keys: usize) -> Result<Vec<Written>> {
        let width = keys + select.width();
        self.check("selected columns", width, self.dialect.max_columns())?;
        match (keys, select.columns.len()) {
            (0, 0) => self.push("1"),
            (_, 0) | (0, _) => {}
            _ => self.push(", "),
        }
        let mut selected = Vec::new();
        let mut rank = keys + 1;
        self.separated(", ", &select.columns, |writer, (alias, item)| {
            match item {
                Selected::Model(model) => writer.columns((*alias).into(), model),
                Selected::Node(node) => {
                    let from = writer.mark();
                    writer.node(node, (*alias).into())?;
                    selected.push(Written { rank, from, to: writer.mark() });
                }
            }
            rank += item.width();
            Ok(())
        })?;
        Ok(selected)
    }

    /// WHERE: the children's keys, and the filter.
    pub(super) fn conditions(&mut self, select: &Select) -> Result<()> {
        match (self.child_condition(select)?, &select.filter) {
            (_, None) => Ok(()),
            (true, Some(filter)) => {
                self.push(" AND ");
                self.condition(filter, Place::ROOT)
            }
            (false, Some(filter)) => self.filter(filter),
        }
    }

    /// WHERE, in the scope of the root.
    pub(super) fn filter(&mut self, filter: &Node) -> Result<()> {
        self.push(" WHERE ");
        self.node(filter, Place::ROOT)
    }

    fn groups(&mut self, select: &Select, selected: &[Written]) -> Result<()> {
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.separated(", ", &select.group_by, |writer, node| {
                let start = writer.mark();
                writer.node(node, Place::ROOT)?;
                writer.repeat(start, selected);
                Ok(())
            })?;
        }
        if let Some(having) = &select.having {
            self.push(" HAVING ");
            self.node(having, Place::ROOT)?;
        }
        Ok(())
    }

    /// Rows to skip and to give; binds, so that every page has the same text. One or two rows, which is what the verbs for a
    /// single row ask for, are said in the text: PostgreSQL then plans for so few, and SQLite does not prepare the statement
    /// anew, as it does whenever a limit is bound.
    pub(super) fn limit(&mut self, select: &Select) -> Result<()> {
        match (select.limit, self.dialect) {
            (Some(1), _) => self.push(" LIMIT 1"),
            (Some(2), _) => self.push(" LIMIT 2"),
            (Some(limit), _) => {
                self.push(" LIMIT ");
                self.bind_count(limit);
            }
            (None, _) if select.offset.is_none() => {}
            (None, Dialect::Sqlite) => self.push(" LIMIT -1"),
            (None, Dialect::MariaDb | Dialect::MySql) => self.push(" LIMIT 18446744073709551615"),
            (None, Dialect::Postgres) => {}
        }
        if let Some(offset) = select.offset {
            self.push(" OFFSET ");
            self.bind_count(offset);
        }
        Ok(())
    }

    /// Writes FROM at the mark: it is known only now which joins the paths behind it ask for.
    pub(super) fn from(&mut self, mark: Mark, select: &Select, joins: &[Join]) -> Result<()> {
        let paths = std::mem::replace(&mut self.paths, Paths::Subqueries);
        self.splice(mark, |writer| {
            writer.push(" FROM ");
            writer.root(select);
            writer.joins(joins, paths)
        })
    }
}
