//! No value is ever part of a text, and no name leaves its quotes.

use super::schema::*;
use super::{DIALECTS, eq, placeholders, rows};
use crate::ast::{Binary, Bind, Function, Insert, Node, RowsForm, TextMatch, UpdateRows};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, ModelMeta};
use crate::sql::{self, Sql};
use crate::value::{SqlType, Value};

const CORPUS: [&str; 14] = [
    "'; DROP TABLE users; --",
    "\"; DROP TABLE users; --",
    "`; DROP TABLE users; --",
    "\\'; DROP TABLE users; --",
    "' OR '1'='1",
    "\\",
    "''",
    "\"\"",
    "``",
    "*/ /* --",
    "$1 ? :a @b",
    "\0",
    "\n\r\u{1a}",
    "ʼ'′",
];

/// Every place that a value can stand in.
fn sinks(value: &str) -> Vec<Box<dyn Fn(Dialect) -> Result<Sql>>> {
    let cell = bind(Value::Text(value.into()), SqlType::Text);
    let node = || Node::Bind(cell.clone());
    let filtered = |node: Node| -> Box<dyn Fn(Dialect) -> Result<Sql>> {
        Box::new(rows(&USER, move |select| select.filter = Some(node.clone())))
    };
    let name = || col(&USER, "username");
    let like =
        |matching| Node::Like { operand: name().into(), pattern: node().into(), matching, negated: false };
    let list =
        |count| Node::InList { operand: name().into(), values: vec![cell.clone(); count], negated: false };
    let call = |function| Node::Call { function, arguments: vec![node()], sql_type: SqlType::Text };
    let mut sinks = vec![
        filtered(eq(name(), node())),
        filtered(Node::Between { operand: name().into(), low: node().into(), high: node().into() }),
        filtered(eq(Node::binary(Binary::Concat, name(), node()), node())),
        filtered(eq(call(Function::Lower), call(Function::Upper))),
        filtered(Node::Raw { sql: "{} = 'x'", arguments: vec![node()] }),
        filtered(list(1)),
        filtered(list(3)),
        filtered(list(300)),
    ];
    for matching in [TextMatch::Pattern, TextMatch::Contains, TextMatch::StartsWith, TextMatch::EndsWith] {
        sinks.push(filtered(like(matching)));
    }
    let insert = Insert {
        model: &USER,
        columns: vec![meta(&USER, "username")],
        rows: 2,
        form: RowsForm::Values,
        values: vec![cell.value.clone(); 2],
        returning: vec![],
    };
    sinks.push(Box::new(move |dialect| sql::insert(insert.clone(), dialect)));
    let values = vec![cell.value.clone(), cell.value];
    let update = UpdateRows { model: &TAG, columns: vec![meta(&TAG, "label")], values, rows: 1 };
    sinks.push(Box::new(move |dialect| sql::update_rows(update.clone(), dialect)));
    sinks
}

#[test]
fn texts_do_not_depend_on_values() {
    for dialect in DIALECTS {
        let harmless: Vec<Sql> = sinks("harmless").iter().map(|sink| sink(dialect).unwrap()).collect();
        for value in CORPUS {
            for (sink, harmless) in sinks(value).iter().zip(&harmless) {
                let sql = sink(dialect).unwrap();
                assert_eq!(placeholders(&sql, dialect), sql.binds.len(), "{}", sql.text);
                // A long list with a NUL is no JSON array, since that NUL is refused when it is bound.
                if !(value.contains('\0') && sql.binds.len() == 512) {
                    assert_eq!(sql.text, harmless.text);
                }
            }
        }
    }
}

fn named(name: &'static str) -> &'static ModelMeta {
    let column = ColumnMeta { name, nullable: true, sql_type: SqlType::Text, ..*meta(&USER, "id") };
    let columns = Box::leak(Box::new([column]));
    let primary = Box::leak(Box::new([&columns[0]]));
    Box::leak(Box::new(ModelMeta {
        name: "Named",
        schema: Some(name),
        table: name,
        columns,
        primary,
        indexes: &[],
        foreign_keys: &[],
        read_only: false,
    }))
}

#[test]
fn names_stay_in_their_quotes() {
    for name in CORPUS {
        let model = named(name);
        let cell: Bind = bind(Value::Text("x".into()), SqlType::Text);
        for dialect in DIALECTS {
            let select = rows(model, |select| {
                select.filter = Some(eq(Node::Column(&model.columns[0]), Node::Bind(cell.clone())));
            })(dialect);
            let insert = Insert {
                model,
                columns: vec![&model.columns[0]],
                rows: 1,
                form: RowsForm::Values,
                values: vec![cell.value.clone()],
                returning: vec![],
            };
            for result in [select, sql::insert(insert, dialect)] {
                if name.contains('\0') {
                    assert!(matches!(result, Err(Error::InvalidName { .. })), "{name:?}");
                    continue;
                }
                let sql = result.unwrap();
                let quote = if dialect.is_mysql_like() { "`" } else { "\"" };
                let quoted = format!("{quote}{}{quote}", name.replace(quote, &quote.repeat(2)));
                // Without the quoted names nothing of them is left.
                let rest = sql.text.replace(&quoted, "NAME");
                assert!(rest.contains("NAME.NAME"), "{rest}");
                assert!(!rest.contains(quote) && !rest.contains(';') && !rest.contains('\''), "{rest}");
            }
        }
    }
}

#[test]
fn names_that_a_server_would_cut_are_refused() {
    let name: &'static str = Box::leak("n".repeat(200).into_boxed_str());
    for dialect in DIALECTS {
        let result = rows(named(name), |_| {})(dialect);
        assert_eq!(result.is_ok(), dialect == Dialect::Sqlite);
        assert!(matches!(result, Ok(_) | Err(Error::InvalidName { .. })));
    }
}
