//! SQL of the user's own: the escape hatch for whole statements.

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::ast::{Bind, Node};
use crate::backend::{Cells, Row, Sink};
use crate::db::{Executor, Lease};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::sql::{self as writer, Sql};
use crate::value::{ColumnType, each_tuple};

/// A statement of your own, made by [`sql`].
#[must_use = "a statement does nothing until a verb runs it"]
#[derive(Debug, Clone)]
pub struct Raw {
    text: Cow<'static, str>,
    arguments: Vec<Node>,
}

/// A statement of your own. Each `{}` stands for a value given by [`bind`](Raw::bind), on every backend: values are bound and
/// never written into the text.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let rows = orm_core::sql("SELECT id, name FROM users WHERE name = {}")
///     .bind("ada".to_owned())
///     .fetch_as::<(i64, String)>()
///     .all(&db)
///     .await?;
/// assert_eq!(rows, [(ada.id, "ada".to_owned())]);
/// # Ok(())
/// # }
/// ```
pub fn sql(text: &'static str) -> Raw {
    Raw { text: Cow::Borrowed(text), arguments: Vec::new() }
}

/// [`sql`] with a text made at run time, such as the name of a schema. Whoever makes it answers for what is in it: never put
/// a value from outside into it.
pub fn sql_dynamic(text: String) -> Raw {
    Raw { text: Cow::Owned(text), arguments: Vec::new() }
}

impl Raw {
    /// The value for the next `{}`.
    pub fn bind<T: ColumnType>(mut self, value: T) -> Self {
        self.arguments.push(Node::Bind(Bind { value: value.encode(), sql_type: T::TYPE, column: None }));
        self
    }

    /// Runs it for its effect; gives the number of rows that it changed.
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] where `{}` and values differ in number, the text holds a `;` or a comment, or it begins or ends a
    /// transaction; on MariaDB and MySQL [`Error::Unsupported`] for DDL in a transaction, which these servers would commit.
    /// Nothing is sent then. Else what the database says.
    pub async fn exec<'c>(self, on: impl Executor<'c>) -> Result<u64> {
        let mut lease = on.lease().await?;
        let sql = self.render(&mut lease)?;
        Ok(lease.execute(&sql).await?.rows_affected)
    }

    fn render(&self, lease: &mut Lease<'_>) -> Result<Sql> {
        let sql = match &self.text {
            Cow::Borrowed(text) => writer::raw(text, &self.arguments, lease.dialect())?,
            Cow::Owned(text) => writer::raw_dynamic(text, &self.arguments, lease.dialect())?,
        };
        if controls_transaction(&self.text) {
            let text = &self.text;
            return Err(Error::InvalidQuery(format!(
                "raw SQL `{text}` begins or ends a transaction, behind the back of the one who keeps count of them: use \
                 `db.transaction(..)` or `db.begin()`; nothing was sent"
            )));
        }
        if lease.in_transaction() && lease.dialect().is_mysql_like() && commits(&self.text) {
            let backend = lease.dialect().name();
            return Err(Error::Unsupported { feature: "DDL in a transaction", backend });
        }
        lease.admit(&self.text)?;
        Ok(sql)
    }

    /// The rows as `T`: a tuple of values, by position, or a model, whose columns must come in its order.
    pub fn fetch_as<T: FromRow>(self) -> RawSelect<T> {
        RawSelect { raw: self, row: PhantomData }
    }
}

/// The first two words, in capitals.
fn verb(text: &str) -> (String, String) {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '@');
    let mut next = || words.find(|word| !word.is_empty()).unwrap_or_default().to_ascii_uppercase();
    (next(), next())
}

/// Whether a statement begins or ends a transaction or a savepoint.
fn controls_transaction(text: &str) -> bool {
    let (first, second) = verb(text);
    match first.as_str() {
        "BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "XA" => true,
        "START" | "PREPARE" => second == "TRANSACTION",
        "RELEASE" => second == "SAVEPOINT",
        "SET" => second.trim_start_matches('@') == "AUTOCOMMIT",
        _ => false,
    }
}

/// Whether MariaDB and MySQL commit the transaction around the statement.
fn commits(text: &str) -> bool {
    const VERBS: [&str; 13] = [
        "ALTER", "ANALYZE", "CREATE", "DROP", "FLUSH", "GRANT", "LOCK", "OPTIMIZE", "RENAME", "REPAIR",
        "REVOKE", "TRUNCATE", "UNLOCK",
    ];
    let (first, second) = verb(text);
    VERBS.contains(&first.as_str()) && second != "TEMPORARY"
}

/// A statement of your own that returns rows.
#[must_use = "a statement does nothing until a verb runs it"]
#[derive(Debug, Clone)]
pub struct RawSelect<T> {
    raw: Raw,
    row: PhantomData<fn() -> T>,
}

/// What a row of [`sql`] can become: a tuple of up to twelve values, or a model.
#[diagnostic::on_unimplemented(
    message = "a row can not become `{Self}`",
    label = "expected a tuple such as `(i64, String)`, or a model"
)]
pub trait FromRow: Send + Sized + 'static {
    /// Reads the row.
    ///
    /// # Errors
    /// Where a value does not fit its type.
    #[doc(hidden)]
    fn read(cells: &mut Cells<'_>) -> Result<Self>;
}

impl<M: Model> FromRow for M {
    fn read(cells: &mut Cells<'_>) -> Result<M> {
        M::decode(cells)
    }
}

macro_rules! from_row {
    ($($name:ident)+) => {
        impl<$($name: ColumnType),+> FromRow for ($($name,)+) {
            fn read(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(($(cells.take_as::<$name>("sql", || "a selected expression")?,)+))
            }
        }
    };
}

each_tuple!(from_row);

struct Rows<T>(Vec<T>);

impl<T: FromRow> Sink for Rows<T> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        self.0.push(T::read(&mut Cells::new(row, false))?);
        Ok(())
    }
}

impl<T: FromRow> RawSelect<T> {
    /// All rows.
    ///
    /// # Errors
    /// As [`Raw::exec`]; [`Error::Decode`] where a value does not fit its type.
    pub async fn all<'c>(self, on: impl Executor<'c>) -> Result<Vec<T>> {
        let mut lease = on.lease().await?;
        let sql = self.raw.render(&mut lease)?;
        let mut rows = Rows(Vec::new());
        lease.fetch(&sql, &mut rows).await?;
        Ok(rows.0)
    }

    /// The one row, or `None`.
    ///
    /// # Errors
    /// [`Error::TooMany`] for more than one; else as [`all`](RawSelect::all).
    pub async fn optional<'c>(self, on: impl Executor<'c>) -> Result<Option<T>> {
        let mut rows = self.all(on).await?;
        let row = rows.pop();
        if rows.is_empty() { Ok(row) } else { Err(Error::TooMany { model: "row" }) }
    }

    /// The one row that there is.
    ///
    /// # Errors
    /// [`Error::NotFound`] for none, [`Error::TooMany`] for more than one; else as [`all`](RawSelect::all).
    pub async fn one<'c>(self, on: impl Executor<'c>) -> Result<T> {
        self.optional(on).await?.ok_or(Error::NotFound { model: "row" })
    }
}
