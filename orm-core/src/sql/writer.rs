//! The buffer that text and binds are appended to, and how names and placeholders are spelt.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use super::from::Paths;
use super::inspect::height;
use super::token::Token;
use super::{Sql, shapes};
use crate::ast::{Alias, Bind, Node};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, ModelMeta};
use crate::value::{SqlType, Value};

/// How deep SQLite lets expressions be (`SQLITE_MAX_EXPR_DEPTH`). It adds the depth of a subquery's expressions to the
/// depth of those around it, in which they are counted already.
const SQLITE_DEPTH: usize = 1_000;

/// How deep MySQL and MariaDB let selects nest, less the derived tables that a statement may need.
const MYSQL_NESTING: usize = 60;

/// A table's name inside a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    prefix: char,
    number: u32,
}

impl Place {
    pub(super) const ROOT: Place = Place { prefix: 't', number: 0 };
    /// The source's table, where children are matched to it by the server.
    pub(super) const SOURCE: Place = Place { prefix: 's', number: 0 };

    /// Another number for another name.
    pub(super) fn code(self) -> u64 {
        u64::from(u32::from(self.prefix)) << 32 | u64::from(self.number)
    }

    /// The table in the middle of a many-to-many relation that leads here.
    pub(super) fn between(self) -> Place {
        Place { prefix: 'j', ..self }
    }
}

impl From<Alias> for Place {
    fn from(alias: Alias) -> Place {
        Place { prefix: 't', number: alias.0.into() }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix, self.number)
    }
}

/// Who tells PostgreSQL the type of a text placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typing {
    /// What it is compared with, or the column that it goes into.
    Inferred,
    /// A cast: nothing around it has a type.
    Explicit,
}

/// A place in tokens and binds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    tokens: usize,
    binds: usize,
}

/// An expression of a select list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// The number by which ORDER BY and GROUP BY can name it.
    pub(super) rank: usize,
    pub(super) from: Mark,
    pub(super) to: Mark,
}

/// A derived table that stands for the root: its columns are called by their index, and those that the statement
/// around it uses are kept, so that it selects no other.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub(super) used: BTreeMap<usize, &'static ColumnMeta>,
}

/// Tokens and binds of one statement while it is written.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) dialect: Dialect,
    pub(super) tokens: Vec<Token>,
    /// Pieces of the text that were made at run time.
    made: Vec<String>,
    pub(super) binds: Vec<Bind>,
    /// How a path is reached in the select that is being written.
    pub(super) paths: Paths,
    /// What stands for the root, where that is not its table.
    pub(super) derived: Option<Derived>,
    next: u32,
    /// SQLite's depth of the expressions that are being written, one a select.
    depth: usize,
    /// Whether an expression of this select is being written, whose depth is counted.
    counted: bool,
    nesting: usize,
}

impl Writer {
    pub(super) fn new(dialect: Dialect) -> Self {
        Writer {
            dialect,
            tokens: Vec::with_capacity(48),
            made: Vec::new(),
            binds: Vec::new(),
            paths: Paths::Subqueries,
            derived: None,
            next: 1,
            depth: 0,
            counted: false,
            nesting: 0,
        }
    }

    /// The statement, spelt out where no other had its shape.
    pub(super) fn finish(self) -> Result<Sql> {
        self.check("binds", self.binds.len(), self.dialect.max_binds())?;
        let text = shapes::text(self.dialect, &self.tokens, &self.made)?;
        Ok(Sql { text, binds: self.binds })
    }

    pub(super) fn check(&self, what: &'static str, count: usize, limit: usize) -> Result<()> {
        if count > limit { Err(Error::QueryTooComplex { what, limit }) } else { Ok(()) }
    }

    pub(super) fn push(&mut self, text: &'static str) {
        self.tokens.push(Token::Text(text));
    }

    /// Writes SQL that was made at run time.
    pub(super) fn push_made(&mut self, text: &str) {
        self.tokens.push(Token::Made(small(self.made.len())));
        self.made.push(text.to_owned());
    }

    /// Writes SQL with a number behind it.
    pub(super) fn numbered(&mut self, text: &'static str, number: usize) {
        self.tokens.push(Token::Numbered(text, small(number)));
    }

    pub(super) fn place_name(&mut self, place: Place) {
        self.tokens.push(Token::Place(place));
    }

    /// Writes the items with `separator` between them.
    pub(super) fn separated<T>(
        &mut self,
        separator: &'static str,
        items: impl IntoIterator<Item = T>,
        mut item: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        for (index, next) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            item(self, next)?;
        }
        Ok(())
    }

    /// [`Self::separated`] with items that cannot fail.
    pub(super) fn list<T>(
        &mut self,
        separator: &'static str,
        items: impl IntoIterator<Item = T>,
        mut item: impl FnMut(&mut Self, T),
    ) {
        for (index, next) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            item(self, next);
        }
    }

    /// Writes the same row so many times with `separator` between.
    pub(super) fn again(&mut self, separator: &'static str, rows: usize, row: impl Fn(&mut Self)) {
        row(self);
        let start = self.tokens.len();
        if rows > 1 {
            self.push(separator);
            row(self);
        }
        if rows > 2 {
            self.tokens
                .push(Token::Again { tokens: small(self.tokens.len() - start), times: small(rows - 2) });
        }
    }

    /// Writes rows with `separator` between them, most of which are alike: one that is spelt like the row before it is only
    /// counted.
    pub(super) fn alike<T>(
        &mut self,
        separator: &'static str,
        rows: impl IntoIterator<Item = T>,
        mut row: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        let mut last = self.tokens.len()..self.tokens.len();
        let mut times = 0;
        for (index, next) in rows.into_iter().enumerate() {
            let start = self.tokens.len();
            if index > 0 {
                self.push(separator);
            }
            row(self, next)?;
            if index > 1 && self.tokens.get(last.clone()) == self.tokens.get(start..) {
                self.tokens.truncate(start);
                times += 1;
                continue;
            }
            let again = usize::from(times > 0);
            if times > 0 {
                self.tokens.insert(start, Token::Again { tokens: small(last.len()), times });
            }
            last = start + again..self.tokens.len();
            times = 0;
        }
        if times > 0 {
            self.tokens.push(Token::Again { tokens: small(last.len()), times });
        }
        Ok(())
    }

    /// A table name that this statement has not used yet; the statement's own are reserved first.
    pub(super) fn place(&mut self) -> Place {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        Place { prefix: 't', number }
    }

    /// Keeps generated names clear of this one.
    pub(super) fn reserve(&mut self, alias: Alias) {
        self.next = self.next.max(u32::from(alias.0) + 1);
    }

    /// Writes an expression, if SQLite takes one so deep.
    pub(super) fn within_depth(
        &mut self,
        node: &Node,
        body: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        if self.counted {
            return body(self);
        }
        let height = height(node) + 2; // in an AND with the condition of a relation, and negated or cast
        self.depth += height;
        self.check("nested expressions", self.depth, SQLITE_DEPTH)?;
        self.counted = true;
        body(self)?;
        self.counted = false;
        self.depth -= height;
        Ok(())
    }

    /// Writes a select inside an expression.
    pub(super) fn nested(&mut self, body: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.nesting += 1;
        if self.dialect.is_mysql_like() {
            self.check("nested subqueries", self.nesting, MYSQL_NESTING)?;
        }
        let counted = std::mem::replace(&mut self.counted, false);
        body(self)?;
        self.counted = counted;
        self.nesting -= 1;
        Ok(())
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { tokens: self.tokens.len(), binds: self.binds.len() }
    }

    /// Whether nothing was written since.
    pub(super) fn is_at(&self, mark: Mark) -> bool {
        self.tokens.len() == mark.tokens
    }

    /// Replaces an expression with binds, written since `start`, by its rank in the select list where it stands there, and
    /// says whether it did: two placeholders are never one expression to the server, not even with the same value.
    pub(super) fn repeat(&mut self, start: Mark, selected: &[Written]) -> bool {
        let written = (self.tokens.get(start.tokens..), self.binds.get(start.binds..));
        if self.binds.len() == start.binds {
            return false;
        }
        let same = |Written { from, to, .. }: &&Written| {
            let binds = self.binds.get(from.binds..to.binds);
            let values = |binds: Option<&[Bind]>| -> Vec<Value> {
                binds.unwrap_or_default().iter().map(|bind| bind.value.clone()).collect()
            };
            self.tokens.get(from.tokens..to.tokens) == written.0 && values(binds) == values(written.1)
        };
        let Some(rank) = selected.iter().find(same).map(|written| written.rank) else { return false };
        self.cut(start);
        self.numbered("", rank);
        true
    }

    /// Takes back what was written since the mark.
    pub(super) fn cut(&mut self, mark: Mark) {
        self.tokens.truncate(mark.tokens);
        self.binds.truncate(mark.binds);
    }

    /// Writes at a mark what could only be known after the text behind it.
    pub(super) fn splice(&mut self, mark: Mark, body: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let end = self.mark();
        body(self)?;
        if let Some(tokens) = self.tokens.get_mut(mark.tokens..) {
            tokens.rotate_left(end.tokens - mark.tokens);
        }
        if let Some(binds) = self.binds.get_mut(mark.binds..) {
            binds.rotate_left(end.binds - mark.binds);
        }
        Ok(())
    }

    pub(super) fn name(&mut self, name: &'static str) {
        self.tokens.push(Token::Name(name));
    }

    pub(super) fn table(&mut self, model: &ModelMeta) {
        if let Some(schema) = model.schema {
            self.name(schema);
            self.push(".");
        }
        self.name(model.table);
    }

    pub(super) fn table_as(&mut self, model: &ModelMeta, place: Place) {
        self.table(model);
        self.push(" AS ");
        self.place_name(place);
    }

    pub(super) fn column(&mut self, at: Place, column: &'static ColumnMeta) {
        match &mut self.derived {
            Some(derived) if at == Place::ROOT => {
                derived.used.insert(column.index, column);
                self.place_name(at);
                self.numbered(".c", column.index);
            }
            _ => self.tokens.push(Token::Column(at, column.name)),
        }
    }

    /// All columns of a model.
    pub(super) fn columns(&mut self, at: Place, model: &'static ModelMeta) {
        if self.derived.is_none() || at != Place::ROOT {
            self.tokens.push(Token::Columns(at, model));
            return;
        }
        for column in model.columns {
            if column.index > 0 {
                self.push(", ");
            }
            self.column(at, column);
        }
    }

    /// Writes a placeholder and its value.
    pub(super) fn bind(&mut self, bind: Bind, typing: Typing) {
        self.placeholder(bind.sql_type, typing);
        self.binds.push(bind);
    }

    /// Writes a placeholder, whose value is to be bound in its turn.
    pub(super) fn placeholder(&mut self, sql_type: SqlType, typing: Typing) {
        self.tokens.push(Token::Placeholder(sql_type, typing));
    }

    /// The values of rows whose placeholders are written: row by row, one a column.
    pub(super) fn bind_rows(&mut self, columns: &[&'static ColumnMeta], values: Vec<Value>) {
        self.binds.reserve(values.len());
        let mut values = values.into_iter();
        while !values.as_slice().is_empty() && !columns.is_empty() {
            let row = columns.iter().zip(values.by_ref());
            self.binds.extend(row.map(|(column, value)| Bind::of(column, value)));
        }
    }

    /// Writes a placeholder for a number of rows.
    pub(super) fn bind_count(&mut self, count: u64) {
        let value = Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        self.bind(Bind { value, sql_type: SqlType::BigInt, column: None }, Typing::Explicit);
    }
}

/// A number of tokens or tables, of which there are never as many as this cuts.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
