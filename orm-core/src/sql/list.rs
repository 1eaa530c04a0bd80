//! Lists of values and keys, written so that the text does not change with every number of them.

use std::ops::RangeInclusive;

use super::writer::{Place, Typing, Writer};
use crate::ast::{Bind, Node};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::ColumnMeta;
use crate::value::{SqlType, Value};

/// Lists are padded to powers of two up to here, then to multiples of it.
const PADDING: usize = 1_024;
/// Above so many values SQLite reads integers and text from one JSON array.
const SQLITE_JSON: usize = 256;
/// So many integers MariaDB reads from one JSON array: it optimizes a list value by value, and reads the rows of 100 keys in
/// two thirds of the time where they come as a table. It takes that for a small table: of many keys, it should know how many
/// they are. MySQL is not known to gain.
const MARIADB_JSON: RangeInclusive<usize> = 33..=PADDING;
/// How many bytes a JSON array has at most: well below the packet that MariaDB takes unless told otherwise (16 MiB).
const JSON_BYTES: usize = 4 << 20;
const JSON_TABLE: &str = "SELECT k.k0 FROM JSON_TABLE(";
/// How many keys go into one bind.
const ARRAY_KEYS: usize = 32_768;
/// How many binds a list of keys should have: few enough that its texts are few and prepared quickly. For thousands of keys the
/// server reads the whole table, and would for each list.
const LIST_BINDS: usize = 16 * PADDING;

/// How many keys a statement that loads children should carry at most; a loader sends more in several statements.
/// `exact` says whether the keys are the relation's own, or the sources' primary keys with the source joined.
pub(crate) fn key_capacity(dialect: Dialect, key: &[SqlType], exact: bool) -> usize {
    let in_one_bind = match (dialect, key) {
        (Dialect::Postgres, parts) => parts.iter().all(|part| element(*part).is_some()),
        (Dialect::Sqlite, [only]) => is_in_json(dialect, *only),
        _ => false,
    };
    if in_one_bind {
        return ARRAY_KEYS;
    }
    // Text compared by the server is the slow way anyway: one bucket of the padding and no more texts.
    let binds = if exact { LIST_BINDS } else { PADDING };
    (binds / key.len().max(1)).max(1)
}

impl Writer {
    /// `operand [NOT] IN (values)`.
    pub(super) fn in_list(
        &mut self,
        operand: &Node,
        values: &[Bind],
        negated: bool,
        at: Place,
    ) -> Result<()> {
        self.one_of(operand, values, negated, at)
    }

    /// The columns are one of the keys, which have a bind a column.
    pub(super) fn keys(&mut self, at: Place, columns: &[&'static ColumnMeta], keys: &[Bind]) -> Result<()> {
        match columns {
            [column] => self.one_of(&Node::Column(column), keys, false, at),
            _ => self.composite_keys(at, columns, keys),
        }
    }

    fn one_of(&mut self, operand: &Node, values: &[Bind], negated: bool, at: Place) -> Result<()> {
        let Some(first) = values.first() else { return self.node(&Node::Constant(negated), at) };
        self.operand(operand, at)?;
        if self.dialect == Dialect::Postgres
            && let Some(element) = element(first.sql_type)
        {
            self.push(if negated { " <> ALL(" } else { " = ANY(" });
            self.array(element, values.iter());
            self.push(")");
            return Ok(());
        }
        self.push(if negated { " NOT IN (" } else { " IN (" });
        match self.json(values) {
            Some(array) => {
                let array = Bind { value: Value::Text(array), sql_type: SqlType::Text, ..*first };
                self.json_values(array, first.sql_type);
            }
            None => {
                let padding = self.padded(values.len(), 1) - values.len();
                let last = values.iter().last().into_iter().cycle().take(padding);
                self.alike(", ", values.iter().chain(last), |writer, value| {
                    writer.operand(&Node::Bind(value.clone()), at)
                })?;
            }
        }
        self.push(")");
        Ok(())
    }

    /// The values of a JSON array, as rows.
    fn json_values(&mut self, array: Bind, sql_type: SqlType) {
        let (before, behind) = match self.dialect {
            Dialect::Sqlite => ("SELECT json_each.value FROM json_each(", ")"),
            _ if sql_type.is_unsigned() => {
                (JSON_TABLE, ", '$[*]' COLUMNS (k0 BIGINT UNSIGNED PATH '$')) AS k")
            }
            _ => (JSON_TABLE, ", '$[*]' COLUMNS (k0 BIGINT PATH '$')) AS k"),
        };
        self.push(before);
        self.bind(array, Typing::Inferred);
        self.push(behind);
    }

    fn composite_keys(&mut self, at: Place, columns: &[&'static ColumnMeta], keys: &[Bind]) -> Result<()> {
        if keys.is_empty() {
            return self.node(&Node::Constant(false), at);
        }
        self.push("(");
        self.list(", ", columns, |writer, column| writer.column(at, column));
        self.push(") IN (");
        let elements: Option<Vec<_>> = columns.iter().map(|column| element(column.sql_type)).collect();
        match elements {
            Some(elements) if self.dialect == Dialect::Postgres => self.unnest(&elements, keys),
            _ => self.rows_of_keys(columns.len(), keys)?,
        }
        self.push(")");
        Ok(())
    }

    /// `SELECT k.k0, k.k1 FROM unnest($1::int8[], $2::int8[]) AS k (k0, k1)`
    fn unnest(&mut self, elements: &[&'static SqlType], keys: &[Bind]) {
        self.push("SELECT ");
        self.list(", ", 0..elements.len(), |writer, part| writer.numbered("k.k", part));
        self.push(" FROM unnest(");
        self.list(", ", elements.iter().enumerate(), |writer, (part, element)| {
            writer.array(element, keys.iter().skip(part).step_by(elements.len()));
        });
        self.push(") AS k (");
        self.list(", ", 0..elements.len(), |writer, part| writer.numbered("k", part));
        self.push(")");
    }

    fn rows_of_keys(&mut self, parts: usize, keys: &[Bind]) -> Result<()> {
        if self.dialect == Dialect::Sqlite {
            self.push("VALUES ");
        }
        let keys = keys.chunks(parts);
        let padding = self.padded(keys.len(), parts) - keys.len();
        let last = keys.clone().last().into_iter().cycle().take(padding);
        self.alike(", ", keys.chain(last), |writer, key| {
            writer.push("(");
            writer.list(", ", key, |writer, part| writer.bind(part.clone(), Typing::Inferred));
            writer.push(")");
            Ok(())
        })
    }

    /// Writes one bind that holds all the values.
    fn array<'a>(&mut self, element: &'static SqlType, values: impl Iterator<Item = &'a Bind>) {
        let mut column = None;
        let elements = values
            .map(|bind| {
                column = bind.column;
                bind.value.clone()
            })
            .collect();
        let bind = Bind { value: Value::Array(elements), sql_type: SqlType::Array(element), column };
        self.bind(bind, Typing::Inferred);
    }

    /// How long a list of so many keys is written; the last key is repeated, which changes nothing.
    fn padded(&self, keys: usize, parts: usize) -> usize {
        let padded = if keys <= PADDING { keys.next_power_of_two() } else { keys.next_multiple_of(PADDING) };
        // Near the limit other binds of the statement need the room.
        if padded * parts + PADDING > self.dialect.max_binds() { keys } else { padded }
    }

    /// The values as a JSON array, where that is how they are sent and they all have a form in JSON that the server reads
    /// back as it was.
    fn json(&self, values: &[Bind]) -> Option<String> {
        let wanted = match self.dialect {
            Dialect::Sqlite => values.len() > SQLITE_JSON,
            // Else it would be refused.
            _ if values.len() + PADDING > self.dialect.max_binds() => true,
            _ => MARIADB_JSON.contains(&values.len()),
        };
        if !wanted || !values.iter().all(|bind| is_in_json(self.dialect, bind.sql_type)) {
            return None;
        }
        let mut array = String::from("[");
        for (index, bind) in values.iter().enumerate() {
            if index > 0 {
                array.push(',');
            }
            match &bind.value {
                Value::Int(value) => array.push_str(&value.to_string()),
                Value::Unsigned(value) if self.dialect == Dialect::Sqlite => {
                    array.push_str(&i64::try_from(*value).ok()?.to_string());
                }
                Value::Unsigned(value) => array.push_str(&value.to_string()),
                Value::Text(text) => push_json_text(text, &mut array)?,
                _ => return None,
            }
        }
        array.push(']');
        (array.len() <= JSON_BYTES || self.dialect == Dialect::Sqlite).then_some(array)
    }
}

/// Writes a text as JSON; `None` where it holds a NUL, which whoever binds it refuses.
fn push_json_text(text: &str, out: &mut String) -> Option<()> {
    out.push('"');
    for character in text.chars() {
        match character {
            '\0' => return None,
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    Some(())
}

/// Whether a long list of values of this type is sent as a JSON array.
fn is_in_json(dialect: Dialect, sql_type: SqlType) -> bool {
    match dialect {
        Dialect::Sqlite => sql_type == SqlType::Text || sql_type.is_integer(),
        Dialect::MariaDb => sql_type.is_integer(),
        Dialect::Postgres | Dialect::MySql => false,
    }
}

/// The type as the element of a PostgreSQL array, where its values compare as the column does: text has the column's
/// own rules (`citext`, enums), and decimals and floats come as columns of several types.
fn element(sql_type: SqlType) -> Option<&'static SqlType> {
    Some(match sql_type {
        SqlType::Bool => &SqlType::Bool,
        SqlType::SmallInt => &SqlType::SmallInt,
        SqlType::Integer => &SqlType::Integer,
        SqlType::BigInt => &SqlType::BigInt,
        SqlType::TinyUnsigned => &SqlType::TinyUnsigned,
        SqlType::SmallUnsigned => &SqlType::SmallUnsigned,
        SqlType::Unsigned => &SqlType::Unsigned,
        SqlType::BigUnsigned => &SqlType::BigUnsigned,
        SqlType::Bytes => &SqlType::Bytes,
        SqlType::Date => &SqlType::Date,
        SqlType::Time => &SqlType::Time,
        SqlType::DateTime => &SqlType::DateTime,
        SqlType::Timestamp => &SqlType::Timestamp,
        SqlType::Uuid => &SqlType::Uuid,
        SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Decimal
        | SqlType::Json
        | SqlType::Array(_) => {
            return None;
        }
    })
}
