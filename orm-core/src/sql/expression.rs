//! Expressions.

use super::inspect::{FLAT_TERMS, is_integer, sql_type};
use super::writer::{Place, Typing, Writer};
use crate::ast::{Binary, Bind, MAX_DEPTH, Node};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::value::{SqlType, Value};

impl Writer {
    /// An expression in the scope of the table at `at`, as it stands in a select list or as a function's argument.
    pub(super) fn node(&mut self, node: &Node, at: Place) -> Result<()> {
        if self.dialect != Dialect::Sqlite {
            return self.write(node, at);
        }
        self.within_depth(node, |writer| writer.write(node, at))
    }

    fn write(&mut self, node: &Node, at: Place) -> Result<()> {
        match node {
            Node::Column(column) => {
                self.column(at, column);
                Ok(())
            }
            Node::Path { links, operand } => self.path(links, &operand.node, at),
            Node::Bind(bind) => {
                self.bind(bind.clone(), Typing::Explicit);
                Ok(())
            }
            Node::Constant(value) => {
                self.push(if *value { "TRUE" } else { "FALSE" });
                Ok(())
            }
            Node::And(terms) => self.terms(terms, true, at),
            Node::Or(terms) => self.terms(terms, false, at),
            Node::Not(tree) => {
                self.push("NOT (");
                self.node(&tree.node, at)?;
                self.push(")");
                Ok(())
            }
            Node::IsNull { operand, negated } => self.is_null(&operand.node, *negated, at),
            Node::Binary { operator, left, right } => self.binary(*operator, &left.node, &right.node, at),
            Node::Between { operand, low, high } => {
                self.operand(&operand.node, at)?;
                self.push(" BETWEEN ");
                self.operand(&low.node, at)?;
                self.push(" AND ");
                self.operand(&high.node, at)
            }
            Node::InList { operand, values, negated } => self.in_list(&operand.node, values, *negated, at),
            Node::Like { operand, pattern, matching, negated } => {
                self.like(&operand.node, &pattern.node, *matching, *negated, at)
            }
            Node::Call { function, arguments, sql_type } => self.call(*function, arguments, *sql_type, at),
            Node::Related { link, quantifier, filter } => {
                self.related(link, *quantifier, filter.as_ref().map(|tree| &*tree.node), at)
            }
            Node::RelatedAggregate { link, function, argument, filter, sql_type } => {
                let argument = argument.as_ref().map(|tree| &*tree.node);
                let filter = filter.as_ref().map(|tree| &*tree.node);
                self.related_aggregate(link, *function, argument, filter, *sql_type, at)
            }
            Node::Raw { sql, arguments } => self.raw(sql, arguments, at, Self::push),
            Node::TooDeep => {
                Err(Error::QueryTooComplex { what: "nested expressions", limit: usize::from(MAX_DEPTH) })
            }
        }
    }

    /// An expression as a term of AND.
    pub(super) fn condition(&mut self, node: &Node, at: Place) -> Result<()> {
        if matches!(node, Node::And(_) | Node::Or(_) | Node::Raw { .. }) {
            return self.in_parentheses(node, at);
        }
        self.node(node, at)
    }

    /// An expression that is compared or computed with.
    pub(super) fn operand(&mut self, node: &Node, at: Place) -> Result<()> {
        // SQLite keeps decimals as text, which would compare letter by letter.
        if self.dialect == Dialect::Sqlite && sql_type(node) == Some(SqlType::Decimal) {
            return self.cast_as(node, "NUMERIC", at);
        }
        match node {
            Node::Bind(bind) => {
                self.bind(bind.clone(), Typing::Inferred);
                Ok(())
            }
            Node::Path { links, operand } if matches!(*operand.node, Node::Column(_)) => {
                self.path(links, &operand.node, at)
            }
            Node::Column(_) | Node::Constant(_) | Node::Call { .. } | Node::RelatedAggregate { .. } => {
                self.node(node, at)
            }
            _ => self.in_parentheses(node, at),
        }
    }

    pub(super) fn cast_as(&mut self, node: &Node, to: &'static str, at: Place) -> Result<()> {
        self.push("CAST(");
        self.node(node, at)?;
        self.push(" AS ");
        self.push(to);
        self.push(")");
        Ok(())
    }

    fn in_parentheses(&mut self, node: &Node, at: Place) -> Result<()> {
        self.push("(");
        self.node(node, at)?;
        self.push(")");
        Ok(())
    }

    fn terms(&mut self, terms: &[Node], all: bool, at: Place) -> Result<()> {
        match terms {
            [] => self.node(&Node::Constant(all), at),
            [only] => self.condition(only, at),
            _ if terms.len() <= FLAT_TERMS => {
                self.separated(word(all), terms, |writer, term| writer.condition(term, at))
            }
            _ => {
                let (left, right) = terms.split_at(terms.len() / 2);
                self.separated(word(all), [left, right], |writer, half| {
                    writer.push("(");
                    writer.terms(half, all, at)?;
                    writer.push(")");
                    Ok(())
                })
            }
        }
    }

    /// The type of a placeholder cannot be inferred here, so this is no [`Self::operand`].
    fn is_null(&mut self, operand: &Node, negated: bool, at: Place) -> Result<()> {
        match operand {
            Node::Bind(_) => self.node(operand, at)?,
            _ => self.operand_as_stored(operand, at)?,
        }
        self.push(if negated { " IS NOT NULL" } else { " IS NULL" });
        Ok(())
    }

    /// An operand without the cast of decimals.
    fn operand_as_stored(&mut self, node: &Node, at: Place) -> Result<()> {
        match sql_type(node) {
            Some(SqlType::Decimal) => self.in_parentheses(node, at),
            _ => self.operand(node, at),
        }
    }

    fn binary(&mut self, operator: Binary, left: &Node, right: &Node, at: Place) -> Result<()> {
        match (operator, left, right) {
            (Binary::Eq | Binary::Ne, Node::Bind(Bind { value: Value::Null, .. }), other)
            | (Binary::Eq | Binary::Ne, other, Node::Bind(Bind { value: Value::Null, .. })) => {
                self.is_null(other, operator == Binary::Ne, at)
            }
            (Binary::Concat, ..) => self.concat(left, right, at),
            (Binary::Div, ..) => self.divide(left, right, at),
            _ => {
                self.operand(left, at)?;
                self.push(symbol(operator));
                self.operand(right, at)
            }
        }
    }

    fn concat(&mut self, left: &Node, right: &Node, at: Place) -> Result<()> {
        if self.dialect.is_mysql_like() {
            self.push("CONCAT(");
            self.node(left, at)?;
            self.push(", ");
            self.node(right, at)?;
            self.push(")");
            return Ok(());
        }
        self.text_operand(left, at)?;
        self.push(" || ");
        self.text_operand(right, at)
    }

    /// An operand of `||`, whose placeholders have nothing to infer a type from.
    fn text_operand(&mut self, node: &Node, at: Place) -> Result<()> {
        match node {
            Node::Bind(_) => self.node(node, at),
            _ => self.operand_as_stored(node, at),
        }
    }

    /// Integers are divided without remainder and decimals with one, on every database.
    fn divide(&mut self, left: &Node, right: &Node, at: Place) -> Result<()> {
        let either = |wanted: SqlType| sql_type(left) == Some(wanted) || sql_type(right) == Some(wanted);
        if self.dialect == Dialect::Sqlite && either(SqlType::Decimal) {
            self.cast_as(left, "REAL", at)?;
        } else {
            self.operand(left, at)?;
        }
        let whole = self.dialect.is_mysql_like() && is_integer(left) && is_integer(right);
        self.push(if whole { " DIV " } else { " / " });
        self.operand(right, at)
    }
}

fn word(all: bool) -> &'static str {
    if all { " AND " } else { " OR " }
}

fn symbol(operator: Binary) -> &'static str {
    match operator {
        Binary::Eq => " = ",
        Binary::Ne => " <> ",
        Binary::Lt => " < ",
        Binary::Le => " <= ",
        Binary::Gt => " > ",
        Binary::Ge => " >= ",
        Binary::Add => " + ",
        Binary::Sub => " - ",
        Binary::Mul => " * ",
        Binary::Div => " / ",
        Binary::Rem => " % ",
        Binary::Concat => " || ",
    }
}
