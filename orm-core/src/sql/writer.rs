//! The buffer that text and binds are appended to, and how names and placeholders are spelt.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

use super::Sql;
use super::from::Paths;
use super::inspect::height;
use crate::ast::{Alias, Bind, Node};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, ModelMeta};
use crate::value::{SqlType, Value};

/// Stands for a PostgreSQL placeholder until all are there to be numbered; no name and no SQL can hold it.
const MARK: char = '\0';

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

/// A place in text and binds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    text: usize,
    binds: usize,
}

/// A derived table that stands for the root: its columns are called by their index, and those that the statement
/// around it uses are kept, so that it selects no other.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub(super) used: BTreeMap<usize, &'static ColumnMeta>,
}

/// Text and binds of one statement while it is written.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) dialect: Dialect,
    pub(super) text: String,
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
            text: String::with_capacity(256),
            binds: Vec::new(),
            paths: Paths::Subqueries,
            derived: None,
            next: 1,
            depth: 0,
            counted: false,
            nesting: 0,
        }
    }

    /// The statement, its placeholders numbered.
    pub(super) fn finish(self) -> Result<Sql> {
        self.check("binds", self.binds.len(), self.dialect.max_binds())?;
        let Writer { dialect, text, binds, .. } = self;
        if dialect != Dialect::Postgres {
            return Ok(Sql { text, binds });
        }
        let mut numbered = String::with_capacity(text.len() + 4 * binds.len());
        for (number, part) in text.split(MARK).enumerate() {
            if number > 0 {
                let _ = write!(numbered, "${number}");
            }
            numbered.push_str(part);
        }
        Ok(Sql { text: numbered, binds })
    }

    pub(super) fn check(&self, what: &'static str, count: usize, limit: usize) -> Result<()> {
        if count > limit { Err(Error::QueryTooComplex { what, limit }) } else { Ok(()) }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn show(&mut self, value: impl Display) {
        let _ = write!(self.text, "{value}"); // a String takes everything
    }

    /// Writes the items with `separator` between them.
    pub(super) fn separated<T>(
        &mut self,
        separator: &str,
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
        Mark { text: self.text.len(), binds: self.binds.len() }
    }

    /// Whether nothing was written since.
    pub(super) fn is_at(&self, mark: Mark) -> bool {
        self.text.len() == mark.text
    }

    /// Replaces an expression with binds, written since `start`, by its rank in the select list where it stands there, and
    /// says whether it did: two placeholders are never one expression to the server, not even with the same value.
    pub(super) fn repeat(&mut self, start: Mark, selected: &[(Mark, Mark)]) -> bool {
        let written = (self.text.get(start.text..), self.binds.get(start.binds..));
        if self.binds.len() == start.binds {
            return false;
        }
        let same = |from: &Mark, to: &Mark| {
            let binds = self.binds.get(from.binds..to.binds);
            let values = |binds: Option<&[Bind]>| -> Vec<Value> {
                binds.unwrap_or_default().iter().map(|bind| bind.value.clone()).collect()
            };
            self.text.get(from.text..to.text) == written.0 && values(binds) == values(written.1)
        };
        let Some(rank) = selected.iter().position(|(from, to)| same(from, to)) else { return false };
        self.cut(start);
        self.show(rank + 1);
        true
    }

    /// Takes back what was written since the mark.
    pub(super) fn cut(&mut self, mark: Mark) {
        self.text.truncate(mark.text);
        self.binds.truncate(mark.binds);
    }

    /// Writes at a mark what could only be known after the text behind it.
    pub(super) fn splice(&mut self, mark: Mark, body: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let text = self.text.split_off(mark.text);
        let binds = self.binds.split_off(mark.binds);
        body(self)?;
        self.text.push_str(&text);
        self.binds.extend(binds);
        Ok(())
    }

    pub(super) fn name(&mut self, name: &str) -> Result<()> {
        self.dialect.quote(name, &mut self.text)
    }

    pub(super) fn table(&mut self, model: &ModelMeta) -> Result<()> {
        if let Some(schema) = model.schema {
            self.name(schema)?;
            self.push(".");
        }
        self.name(model.table)
    }

    pub(super) fn table_as(&mut self, model: &ModelMeta, place: Place) -> Result<()> {
        self.table(model)?;
        self.show(format_args!(" AS {place}"));
        Ok(())
    }

    pub(super) fn column(&mut self, at: Place, column: &'static ColumnMeta) -> Result<()> {
        self.show(format_args!("{at}."));
        match &mut self.derived {
            Some(derived) if at == Place::ROOT => {
                derived.used.insert(column.index, column);
                self.show(format_args!("c{}", column.index));
                Ok(())
            }
            _ => self.name(column.name),
        }
    }

    /// Writes a placeholder.
    pub(super) fn bind(&mut self, bind: Bind, typing: Typing) {
        match self.dialect {
            Dialect::Postgres => {
                self.text.push(MARK);
                self.cast(bind.sql_type, typing);
            }
            // Without the cast it would be compared as text, and no document equals a text.
            Dialect::MySql if bind.sql_type == SqlType::Json => self.push("CAST(? AS JSON)"),
            _ => self.push("?"),
        }
        self.binds.push(bind);
    }

    /// Writes a placeholder for a number of rows.
    pub(super) fn bind_count(&mut self, count: u64) {
        let value = Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        self.bind(Bind { value, sql_type: SqlType::BigInt, column: None }, Typing::Explicit);
    }

    fn cast(&mut self, sql_type: SqlType, typing: Typing) {
        match sql_type {
            SqlType::Text if typing == Typing::Inferred => {}
            SqlType::Array(element) => {
                self.show(format_args!("::{}[]", postgres_type(*element)));
            }
            scalar => self.show(format_args!("::{}", postgres_type(scalar))),
        }
    }
}

/// What PostgreSQL calls the type that values of this type are sent as.
fn postgres_type(sql_type: SqlType) -> &'static str {
    match sql_type {
        SqlType::Bool => "bool",
        SqlType::SmallInt | SqlType::TinyUnsigned => "int2",
        SqlType::Integer | SqlType::SmallUnsigned => "int4",
        SqlType::BigInt | SqlType::Unsigned | SqlType::BigUnsigned => "int8",
        SqlType::Real => "float4",
        SqlType::Double => "float8",
        SqlType::Text | SqlType::Array(_) => "text",
        SqlType::Bytes => "bytea",
        SqlType::Date => "date",
        SqlType::Time => "time",
        SqlType::DateTime => "timestamp",
        SqlType::Timestamp => "timestamptz",
        SqlType::Uuid => "uuid",
        SqlType::Decimal => "numeric",
        SqlType::Json => "jsonb",
    }
}
