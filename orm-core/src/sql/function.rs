//! Functions and aggregates: what they are called, and the casts that make their results alike.

use super::inspect::sql_type;
use super::writer::{Place, Typing, Writer};
use crate::ast::{Function, Node};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::value::SqlType;

impl Writer {
    /// A call whose result is to be of type `result`.
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &[Node],
        result: SqlType,
        at: Place,
    ) -> Result<()> {
        match function {
            Function::Count if arguments.is_empty() => {
                self.push("COUNT(*)");
                Ok(())
            }
            Function::Count => self.apply("COUNT(", arguments, at),
            Function::CountDistinct => self.apply("COUNT(DISTINCT ", arguments, at),
            Function::Sum => self.sum(arguments, result, at),
            Function::Avg => self.average(arguments, result, at),
            Function::Min => self.extreme("MIN(", "BOOL_AND(", arguments, at),
            Function::Max => self.extreme("MAX(", "BOOL_OR(", arguments, at),
            Function::Lower => self.apply("LOWER(", arguments, at),
            Function::Upper => self.apply("UPPER(", arguments, at),
            Function::Length => self.apply(self.length(arguments), arguments, at),
            Function::Abs => self.apply_computed("ABS(", arguments, at),
            Function::Coalesce => self.coalesce(arguments, at),
        }
    }

    fn apply(&mut self, open: &'static str, arguments: &[Node], at: Place) -> Result<()> {
        self.apply_open(open, arguments, at)?;
        self.push(")");
        Ok(())
    }

    fn apply_open(&mut self, open: &'static str, arguments: &[Node], at: Place) -> Result<()> {
        self.push(open);
        self.separated(", ", arguments, |writer, argument| writer.node(argument, at))
    }

    /// Applies a function that computes or compares, so that decimals must be numbers.
    fn apply_computed(&mut self, open: &'static str, arguments: &[Node], at: Place) -> Result<()> {
        self.push(open);
        self.separated(", ", arguments, |writer, argument| match sql_type(argument) {
            Some(SqlType::Decimal) => writer.operand(argument, at),
            _ => writer.node(argument, at),
        })?;
        self.push(")");
        Ok(())
    }

    /// MySQL's sum of integers is a decimal, PostgreSQL's of `int8` too. Both become integers in a way that fails where the sum
    /// does not fit: MySQL's CAST would give the largest integer in its place.
    fn sum(&mut self, arguments: &[Node], result: SqlType, at: Place) -> Result<()> {
        let integer = result.is_integer();
        if integer && self.dialect.is_mysql_like() {
            self.apply_computed("(SUM(", arguments, at)?;
            self.push(" DIV 1)");
            return Ok(());
        }
        self.apply_computed("SUM(", arguments, at)?;
        if self.dialect == Dialect::Postgres {
            match result {
                SqlType::Double => self.push("::float8"),
                _ if integer => self.push("::int8"),
                _ => {}
            }
        }
        Ok(())
    }

    /// MySQL keeps four digits of an integers' average, so it is computed from doubles there.
    fn average(&mut self, arguments: &[Node], result: SqlType, at: Place) -> Result<()> {
        let exact = result == SqlType::Decimal;
        match (self.dialect, arguments) {
            (Dialect::MariaDb | Dialect::MySql, [argument]) if !exact => {
                self.push("AVG(");
                self.cast_as(argument, "DOUBLE", at)?;
                self.push(")");
            }
            (Dialect::Postgres, _) => {
                self.apply_computed("AVG(", arguments, at)?;
                self.push(if exact { "::numeric" } else { "::float8" });
            }
            _ => self.apply_computed("AVG(", arguments, at)?,
        }
        Ok(())
    }

    /// PostgreSQL has no MIN and MAX of booleans, UUIDs and bytes; the hexadecimal digits of the last two sort as they do.
    fn extreme(
        &mut self,
        usual: &'static str,
        boolean: &'static str,
        arguments: &[Node],
        at: Place,
    ) -> Result<()> {
        let of = arguments.first().and_then(sql_type).filter(|_| self.dialect == Dialect::Postgres);
        let (outer, inner, close) = match of {
            Some(SqlType::Bool) => return self.apply(boolean, arguments, at),
            Some(SqlType::Uuid) => ("CAST(", "CAST(", " AS text) COLLATE \"C\") AS uuid)"),
            Some(SqlType::Bytes) => ("DECODE(", "ENCODE(", ", 'hex') COLLATE \"C\"), 'hex')"),
            Some(SqlType::Json) => {
                return Err(Error::Unsupported {
                    feature: "MIN and MAX of JSON",
                    backend: self.dialect.name(),
                });
            }
            _ => return self.apply_computed(usual, arguments, at),
        };
        self.push(outer);
        self.push(usual);
        self.apply_open(inner, arguments, at)?;
        self.push(close);
        Ok(())
    }

    /// Characters of a text, bytes of bytes.
    fn length(&self, arguments: &[Node]) -> &'static str {
        let is_bytes = arguments.first().and_then(sql_type) == Some(SqlType::Bytes);
        if self.dialect.is_mysql_like() && !is_bytes { "CHAR_LENGTH(" } else { "LENGTH(" }
    }

    /// A text placeholder takes the type of the other arguments: an enum does not mix with `text`.
    fn coalesce(&mut self, arguments: &[Node], at: Place) -> Result<()> {
        let typed = arguments.iter().any(|argument| !matches!(argument, Node::Bind(_)));
        self.push("COALESCE(");
        self.separated(", ", arguments, |writer, argument| match argument {
            Node::Bind(bind) if typed => {
                writer.bind(bind.clone(), Typing::Inferred);
                Ok(())
            }
            _ => writer.node(argument, at),
        })?;
        self.push(")");
        Ok(())
    }
}
