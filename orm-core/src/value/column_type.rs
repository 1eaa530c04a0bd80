//! The trait that makes a Rust type storable, and the words for a value that does not fit.

use super::{Cell, SqlType, Value};

/// A Rust type that a column can have.
///
/// Implemented for the scalar types, `Option` of each, and (PostgreSQL) `Vec` of scalars; derived for enums by
/// `DbEnum` and for newtypes by `DbNewtype`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "this type cannot be stored in a column",
    note = "column types are bool, integers, floats, String, Vec<u8>, Option of each, and with their features the types of `time`, `chrono`, `uuid`, `rust_decimal` and `serde_json`",
    note = "for an enum of your own use `#[derive(DbEnum)]`, for a newtype `#[derive(DbNewtype)]`"
)]
pub trait ColumnType: Sized + Clone + Send + Sync + 'static {
    /// The SQL type of such a column.
    const TYPE: SqlType;
    /// Whether the column may hold NULL: [`Nullable`] for `Option`, else [`NotNull`].
    type Nullability: Nullability;
    /// The type without its `Option`.
    type Plain: ColumnType<Nullability = NotNull, Plain = Self::Plain>;

    /// The SQL type, and whether it may be NULL. The derive names what it needs of a field's type by paths of this trait
    /// alone, so that a type which is no column type is one error and not one a use.
    #[doc(hidden)]
    const FACTS: (SqlType, bool) = (Self::TYPE, <Self::Nullability as Nullability>::NULLABLE);

    /// The value to bind.
    fn encode(self) -> Value;

    /// The value to bind, of a field that stays.
    #[doc(hidden)]
    fn bind(&self) -> Value {
        self.clone().encode()
    }

    /// Reads a value of a result.
    ///
    /// # Errors
    /// [`Mismatch`] where the value has another type or does not fit.
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch>;
}

/// Whether a column may hold NULL.
pub trait Nullability: 'static {
    /// True for [`Nullable`].
    const NULLABLE: bool;
}

/// The nullability of every type but `Option`.
#[derive(Debug, Clone, Copy)]
pub enum NotNull {}

/// The nullability of `Option<T>`.
#[derive(Debug, Clone, Copy)]
pub enum Nullable {}

impl Nullability for NotNull {
    const NULLABLE: bool = false;
}

impl Nullability for Nullable {
    const NULLABLE: bool = true;
}

/// A value of a result that cannot be read as the column's Rust type. It never holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch {
    /// The Rust type that was asked for.
    pub expected: &'static str,
    /// What the database sent.
    pub found: &'static str,
}

impl Mismatch {
    /// `T` was asked for and `found` came.
    pub fn new<T>(found: &'static str) -> Self {
        Mismatch { expected: std::any::type_name::<T>(), found }
    }

    /// `T` was asked for and this cell came.
    pub fn cell<T>(cell: Cell<'_>) -> Self {
        Self::new::<T>(cell.kind())
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl<T: ColumnType<Nullability = NotNull, Plain = T>> ColumnType for Option<T> {
    const TYPE: SqlType = T::TYPE;
    type Nullability = Nullable;
    type Plain = T;

    fn encode(self) -> Value {
        self.map_or(Value::Null, T::encode)
    }

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::decode(cell).map(Some),
        }
    }
}

/// A scalar type whose `Vec` is a column type on PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "`Vec<{Self}>` is not a column type",
    label = "arrays hold scalars other than `u8`; `Vec<u8>` is bytes"
)]
pub trait ArrayElement: ColumnType<Nullability = NotNull> {
    /// The element's type, with a place of its own for the array type to point at.
    const ELEMENT: &'static SqlType;
}

impl<T: ArrayElement> ColumnType for Vec<T> {
    const TYPE: SqlType = SqlType::Array(T::ELEMENT);
    type Nullability = NotNull;
    type Plain = Self;

    fn encode(self) -> Value {
        Value::Array(self.into_iter().map(T::encode).collect())
    }

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Array(elements) => elements.map(T::decode).collect(),
            other => Err(Mismatch::cell::<Self>(other)),
        }
    }
}
