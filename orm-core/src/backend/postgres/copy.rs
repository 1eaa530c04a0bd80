//! Rows behind a COPY, in its binary form (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format").

use sqlx::PgConnection;

use super::encode;
use crate::ast::Bind;
use crate::backend::{Outcome, failure};
use crate::error::Result;
use crate::value::{SqlType, Value};

/// The signature, no flags, and no extension of the header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In the place of a row's number of fields.
const END: i16 = -1;

/// Runs a COPY of rows that come as one array a column. Nothing is sent before all of them are written.
pub(in crate::backend) async fn copy(
    connection: &mut PgConnection,
    text: &str,
    arrays: &[Bind],
) -> Result<Outcome> {
    let data = rows(arrays)?;
    let copied = async {
        let mut copy = connection.copy_in_raw(text).await?;
        copy.send(data).await?;
        copy.finish().await
    };
    let rows_affected = copied.await.map_err(|error| failure::classify(error, text))?;
    Ok(Outcome { rows_affected, last_insert_id: None })
}

/// The rows as COPY reads them.
fn rows(arrays: &[Bind]) -> Result<Vec<u8>> {
    let mut columns: Vec<_> = arrays.iter().filter_map(column).collect();
    let rows = columns.first().map_or(0, |column| column.values.len());
    let width = i16::try_from(columns.len()).unwrap_or(i16::MAX).to_be_bytes();
    let mut data = HEADER.to_vec();
    for _ in 0..rows {
        data.extend(width);
        for column in &mut columns {
            let value = column.values.next().unwrap_or(&Value::Null);
            encode::field(value, column.sql_type, &mut data)
                .map_err(|unfit| crate::backend::bind::invalid(column.bind, unfit.0))?;
        }
    }
    data.extend(END.to_be_bytes());
    Ok(data)
}

/// The values of a column, as far as they are written.
struct Column<'a> {
    bind: &'a Bind,
    sql_type: SqlType,
    values: std::slice::Iter<'a, Value>,
}

fn column(bind: &Bind) -> Option<Column<'_>> {
    match (&bind.value, bind.sql_type) {
        (Value::Array(values), SqlType::Array(element)) => {
            Some(Column { bind, sql_type: *element, values: values.iter() })
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_field_by_field() {
        let array = |values: Vec<Value>, element: &'static SqlType| Bind {
            value: Value::Array(values),
            sql_type: SqlType::Array(element),
            column: None,
        };
        let data = rows(&[
            array(vec![Value::Int(1), Value::Null], &SqlType::SmallInt),
            array(vec![Value::Text("ab".into()), Value::Text(String::new())], &SqlType::Text),
        ])
        .unwrap();
        let expected = [
            HEADER,
            &[0, 2, 0, 0, 0, 2, 0, 1, 0, 0, 0, 2, b'a', b'b'],
            &[0, 2, 255, 255, 255, 255, 0, 0, 0, 0],
            &[255, 255],
        ];
        assert_eq!(data, expected.concat());
        assert!(rows(&[array(vec![Value::Int(40_000)], &SqlType::SmallInt)]).is_err());
    }
}
