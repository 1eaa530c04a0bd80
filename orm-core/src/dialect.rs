//! How SQL is spelt: what differs between SQLite, PostgreSQL, MariaDB and MySQL.

use crate::error::{Error, Result};

/// A dialect of SQL, told from the server at connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgres,
    /// MariaDB 10.5 or newer: `RETURNING` on INSERT and DELETE
    MariaDb,
    /// MySQL 8: no `RETURNING`
    MySql,
}

impl Dialect {
    /// The name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
            Dialect::MariaDb => "MariaDB",
            Dialect::MySql => "MySQL",
        }
    }

    /// MariaDB or MySQL.
    pub const fn is_mysql_like(self) -> bool {
        matches!(self, Dialect::MariaDb | Dialect::MySql)
    }

    /// How many values one statement can bind.
    pub const fn max_binds(self) -> usize {
        match self {
            Dialect::Sqlite => 32_766,
            Dialect::Postgres | Dialect::MariaDb | Dialect::MySql => 65_535,
        }
    }

    /// How many tables one statement can join.
    pub const fn max_joins(self) -> usize {
        match self {
            Dialect::Sqlite => 64,
            Dialect::MariaDb | Dialect::MySql => 61,
            Dialect::Postgres => 512,
        }
    }

    /// How many columns one statement can select.
    pub const fn max_columns(self) -> usize {
        match self {
            Dialect::Sqlite => 2_000,
            Dialect::Postgres => 1_664,
            Dialect::MariaDb | Dialect::MySql => 4_096,
        }
    }

    /// How many bytes a name can have.
    pub const fn max_name(self) -> usize {
        match self {
            Dialect::Sqlite => usize::MAX,
            Dialect::Postgres => 63,
            Dialect::MariaDb | Dialect::MySql => 64,
        }
    }

    /// Whether INSERT can return the stored rows.
    pub const fn insert_returning(self) -> bool {
        !matches!(self, Dialect::MySql)
    }

    /// Writes a name between the dialect's quotes, which are doubled inside it.
    ///
    /// # Errors
    /// [`Error::InvalidName`] for an empty name, a NUL, or more bytes than the backend allows: PostgreSQL would cut the
    /// name silently and read another column.
    pub fn quote(self, name: &str, out: &mut String) -> Result<()> {
        let invalid = |reason: String| Err(Error::InvalidName { name: name.to_owned(), reason });
        if name.is_empty() {
            return invalid("it is empty".to_owned());
        }
        if name.contains('\0') {
            return invalid("it holds a NUL".to_owned());
        }
        if name.len() > self.max_name() {
            return invalid(format!("{} allows {} bytes", self.name(), self.max_name()));
        }
        let quote = if self.is_mysql_like() { '`' } else { '"' };
        out.push(quote);
        for character in name.chars() {
            if character == quote {
                out.push(quote);
            }
            out.push(character);
        }
        out.push(quote);
        Ok(())
    }
}
