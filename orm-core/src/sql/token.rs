//! What a statement is written as: tokens, which are cheap to write and to compare, and are spelt out as text once a shape.

use std::fmt::Write;
use std::hash::{Hash, Hasher};

use super::writer::{Place, Typing};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::ModelMeta;
use crate::value::SqlType;

/// A piece of a statement's text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    /// SQL.
    Text(&'static str),
    /// SQL made at run time: which of the writer's pieces it is.
    Made(u32),
    /// SQL with a number behind it: ` AS c3`.
    Numbered(&'static str, u32),
    /// A name between quotes.
    Name(&'static str),
    /// A table's name inside the statement.
    Place(Place),
    /// A column of such a table.
    Column(Place, &'static str),
    /// All columns of a model, in its order.
    Columns(Place, &'static ModelMeta),
    /// A value's place.
    Placeholder(SqlType, Typing),
    /// The tokens before this one, so many of them, so many times again.
    Again { tokens: u32, times: u32 },
}

impl Token {
    /// A tag with what is small, and what is static by its address and length: equal ones are spelt alike. The same text at
    /// two addresses is two tokens, which costs a second entry of what is kept.
    fn identity(self) -> (u64, u64, u64) {
        let of = |text: &'static str| (text.as_ptr() as u64, text.len() as u64);
        match self {
            Token::Text(text) => (0, of(text).0, of(text).1),
            Token::Made(index) => (1, index.into(), 0),
            Token::Numbered(text, number) => (2 | u64::from(number) << 8, of(text).0, of(text).1),
            Token::Name(name) => (3, of(name).0, of(name).1),
            Token::Place(place) => (4 | place.code() << 8, 0, 0),
            Token::Column(place, name) => (5 | place.code() << 8, of(name).0, of(name).1),
            Token::Columns(place, model) => (6 | place.code() << 8, std::ptr::from_ref(model) as u64, 0),
            Token::Placeholder(sql_type, typing) => {
                let (outer, element) = match sql_type {
                    SqlType::Array(element) => (1, code(*element)),
                    scalar => (0, code(scalar)),
                };
                (7 | element << 8 | outer << 16 | (typing as u64) << 17, 0, 0)
            }
            Token::Again { tokens, times } => (8 | u64::from(tokens) << 8, times.into(), 0),
        }
    }
}

/// The type's number; of an array in an array only that it is one, which nothing binds.
fn code(sql_type: SqlType) -> u64 {
    match sql_type {
        SqlType::Bool => 0,
        SqlType::SmallInt => 1,
        SqlType::Integer => 2,
        SqlType::BigInt => 3,
        SqlType::TinyUnsigned => 4,
        SqlType::SmallUnsigned => 5,
        SqlType::Unsigned => 6,
        SqlType::BigUnsigned => 7,
        SqlType::Real => 8,
        SqlType::Double => 9,
        SqlType::Text => 10,
        SqlType::Bytes => 11,
        SqlType::Date => 12,
        SqlType::Time => 13,
        SqlType::DateTime => 14,
        SqlType::Timestamp => 15,
        SqlType::Uuid => 16,
        SqlType::Decimal => 17,
        SqlType::Json => 18,
        SqlType::Array(_) => 19,
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Token {}

impl Hash for Token {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (tag, address, length) = self.identity();
        state.write_u64(tag ^ address.rotate_left(24) ^ length.rotate_left(56));
    }
}

/// Spells a statement out. Placeholders are numbered where the dialect wants it.
pub(super) struct Speller<'a> {
    pub(super) dialect: Dialect,
    pub(super) made: &'a [String],
    pub(super) text: String,
    placeholders: u32,
}

impl<'a> Speller<'a> {
    pub(super) fn new(dialect: Dialect, made: &'a [String]) -> Self {
        Speller { dialect, made, text: String::with_capacity(256), placeholders: 0 }
    }

    /// # Errors
    /// [`Error::InvalidName`](crate::Error::InvalidName) where a name cannot be quoted.
    pub(super) fn spell(&mut self, tokens: &[Token]) -> Result<()> {
        for (index, token) in tokens.iter().enumerate() {
            match token {
                Token::Again { tokens: count, times } => {
                    let before = tokens.get(index.saturating_sub(*count as usize)..index).unwrap_or_default();
                    for _ in 0..*times {
                        self.spell(before)?;
                    }
                }
                token => self.one(*token)?,
            }
        }
        Ok(())
    }

    fn one(&mut self, token: Token) -> Result<()> {
        match token {
            Token::Text(text) => self.text.push_str(text),
            Token::Made(index) => {
                self.text.push_str(self.made.get(index as usize).map_or("", String::as_str));
            }
            Token::Numbered(text, number) => self.show(format_args!("{text}{number}")),
            Token::Name(name) => self.dialect.quote(name, &mut self.text)?,
            Token::Place(place) => self.show(format_args!("{place}")),
            Token::Column(place, name) => self.column(place, name)?,
            Token::Columns(place, model) => self.columns(place, model)?,
            Token::Placeholder(sql_type, typing) => self.placeholder(sql_type, typing),
            Token::Again { .. } => {}
        }
        Ok(())
    }

    fn columns(&mut self, place: Place, model: &ModelMeta) -> Result<()> {
        for (index, column) in model.columns.iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            self.column(place, column.name)?;
        }
        Ok(())
    }

    fn column(&mut self, place: Place, name: &str) -> Result<()> {
        self.show(format_args!("{place}."));
        self.dialect.quote(name, &mut self.text)
    }

    fn placeholder(&mut self, sql_type: SqlType, typing: Typing) {
        match self.dialect {
            Dialect::Postgres => {
                self.placeholders += 1;
                let number = self.placeholders;
                self.show(format_args!("${number}"));
                self.cast(sql_type, typing);
            }
            // Without the cast it would be compared as text, and no document equals a text.
            Dialect::MySql if sql_type == SqlType::Json => self.text.push_str("CAST(? AS JSON)"),
            _ => self.text.push('?'),
        }
    }

    fn cast(&mut self, sql_type: SqlType, typing: Typing) {
        match sql_type {
            SqlType::Text if typing == Typing::Inferred => {}
            SqlType::Array(element) => self.show(format_args!("::{}[]", postgres_type(*element))),
            scalar => self.show(format_args!("::{}", postgres_type(scalar))),
        }
    }

    fn show(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(text); // a String takes everything
    }
}

/// What PostgreSQL calls the type that values of this type are sent as.
pub(super) fn postgres_type(sql_type: SqlType) -> &'static str {
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
