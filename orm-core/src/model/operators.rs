//! What one may say with a column or an expression. Columns and expressions have the same methods; they are written once
//! here and given to both, as inherent methods, so that no trait need be imported.

use super::kinds::{Number, Textual};
use super::operand::bind;
use super::{Column, Expr, Expression, Filter, Operand, OrderBy};
use crate::ast::{Binary, Bind, Function, Node, TextMatch};
use crate::meta::ColumnMeta;
use crate::value::{ColumnType, Value};

/// `left operator right`, with the right side typed by the left.
fn compare<M, T: ColumnType>(left: Node, operator: Binary, right: impl Operand<M, T>) -> Filter<M> {
    let column = column_of(&left);
    Filter::new(Node::binary(operator, left, right.into_node(column)))
}

fn column_of(node: &Node) -> Option<&'static ColumnMeta> {
    match node {
        Node::Column(column) => Some(column),
        _ => None,
    }
}

/// `operand IN (values)` with SQL's corner cases made right: an empty list holds nothing, a NULL in the list is asked for
/// by IS NULL, and columns in the list are compared one by one.
fn in_list<M, T: ColumnType, V: Operand<M, T>>(operand: Node, values: impl IntoIterator<Item = V>) -> Node {
    let column = column_of(&operand);
    let (mut binds, mut others): (Vec<Bind>, Vec<Node>) = (Vec::new(), Vec::new());
    for value in values {
        match value.into_node(column) {
            Node::Bind(Bind { value: Value::Null, .. }) => {
                others.push(Node::IsNull { operand: operand.clone().into(), negated: false });
            }
            Node::Bind(bind) => binds.push(bind),
            node => others.push(Node::binary(Binary::Eq, operand.clone(), node)),
        }
    }
    if !binds.is_empty() {
        others.push(Node::InList { operand: operand.into(), values: binds, negated: false });
    }
    match others.len() {
        1 => others.remove(0),
        _ => Node::Or(others),
    }
}

fn like(operand: Node, pattern: impl Into<String>, matching: TextMatch, negated: bool) -> Node {
    let column = column_of(&operand);
    let pattern = Node::Bind(bind::<String>(Value::Text(pattern.into()), column));
    Node::Like { operand: operand.into(), pattern: pattern.into(), matching, negated }
}

fn call<T: ColumnType>(function: Function, argument: Node) -> Node {
    Node::Call { function, arguments: vec![argument], sql_type: T::TYPE }
}

/// Gives a type of expression its methods.
macro_rules! operators {
    ($type:ident) => {
        impl<M, T: ColumnType> $type<M, T> {
            /// `self = value`; with `None`, `self IS NULL`.
            pub fn eq(self, value: impl Operand<M, T>) -> Filter<M> {
                compare(self.node(), Binary::Eq, value)
            }

            /// `self <> value`; with `None`, `self IS NOT NULL`. A NULL in the column is neither equal nor unequal to a
            /// value, as always in SQL.
            pub fn ne(self, value: impl Operand<M, T>) -> Filter<M> {
                compare(self.node(), Binary::Ne, value)
            }

            /// `self < value`
            pub fn lt(self, value: impl Operand<M, T>) -> Filter<M> {
                compare(self.node(), Binary::Lt, value)
            }

            /// `self <= value`
            pub fn le(self, value: impl Operand<M, T>) -> Filter<M> {
                compare(self.node(), Binary::Le, value)
            }

            /// `self > value`
            pub fn gt(self, value: impl Operand<M, T>) -> Filter<M> {
                compare(self.node(), Binary::Gt, value)
            }

            /// `self >= value`
            pub fn ge(self, value: impl Operand<M, T>) -> Filter<M> {
                compare(self.node(), Binary::Ge, value)
            }

            /// `self BETWEEN low AND high`, both included.
            pub fn between(self, low: impl Operand<M, T>, high: impl Operand<M, T>) -> Filter<M> {
                let operand = self.node();
                let column = column_of(&operand);
                Filter::new(Node::Between {
                    operand: operand.into(),
                    low: low.into_node(column).into(),
                    high: high.into_node(column).into(),
                })
            }

            /// `self IN (values)`. An empty list matches no row, and `None` in it matches NULL. The text sent does not
            /// depend on the number of values: PostgreSQL gets one array, the others a padded list.
            pub fn in_list<V: Operand<M, T>>(self, values: impl IntoIterator<Item = V>) -> Filter<M> {
                Filter::new(in_list::<M, T, V>(self.node(), values))
            }

            /// `self NOT IN (values)`. An empty list matches every row, and `None` in it excludes NULL.
            pub fn not_in<V: Operand<M, T>>(self, values: impl IntoIterator<Item = V>) -> Filter<M> {
                Filter::new(in_list::<M, T, V>(self.node(), values).negate())
            }

            /// `self IS NULL`
            pub fn is_null(self) -> Filter<M> {
                Filter::new(Node::IsNull { operand: self.node().into(), negated: false })
            }

            /// `self IS NOT NULL`
            pub fn is_not_null(self) -> Filter<M> {
                Filter::new(Node::IsNull { operand: self.node().into(), negated: true })
            }

            /// Ascending.
            pub fn asc(self) -> OrderBy<M> {
                OrderBy::new(self.node(), false)
            }

            /// Descending.
            pub fn desc(self) -> OrderBy<M> {
                OrderBy::new(self.node(), true)
            }

            /// `COALESCE(self, value)`: the value where this is NULL.
            pub fn coalesce(self, value: impl Operand<M, T::Plain>) -> Expr<M, T::Plain> {
                let operand = self.node();
                let value = value.into_node(column_of(&operand));
                Expr::new(Node::Call {
                    function: Function::Coalesce,
                    arguments: vec![operand, value],
                    sql_type: T::TYPE,
                })
            }

            /// `COUNT(self)`: how many rows have a value here.
            pub fn count(self) -> Expr<M, i64> {
                Expr::new(call::<i64>(Function::Count, self.node()))
            }

            /// `COUNT(DISTINCT self)`
            pub fn count_distinct(self) -> Expr<M, i64> {
                Expr::new(call::<i64>(Function::CountDistinct, self.node()))
            }

            /// `MIN(self)`; NULL where there is no row.
            pub fn min(self) -> Expr<M, Option<T::Plain>> {
                Expr::new(call::<T>(Function::Min, self.node()))
            }

            /// `MAX(self)`; NULL where there is no row.
            pub fn max(self) -> Expr<M, Option<T::Plain>> {
                Expr::new(call::<T>(Function::Max, self.node()))
            }

            /// `SUM(self)`: `i64` for integers, `f64` for floats; NULL where there is no row.
            pub fn sum<S: ColumnType>(self) -> Expr<M, Option<S>>
            where
                T: Number<Sum = S>,
            {
                Expr::new(call::<S>(Function::Sum, self.node()))
            }

            /// `AVG(self)`: `f64`, or a decimal for decimals; NULL where there is no row.
            pub fn avg<A: ColumnType>(self) -> Expr<M, Option<A>>
            where
                T: Number<Average = A>,
            {
                Expr::new(call::<A>(Function::Avg, self.node()))
            }

            /// `ABS(self)`
            pub fn abs(self) -> Expr<M, T>
            where
                T: Number,
            {
                Expr::new(call::<T>(Function::Abs, self.node()))
            }

            /// `self LIKE pattern`, where `%` stands for any text, `_` for any character, and `!` takes the meaning from the
            /// character after it. PostgreSQL tells upper and lower case apart; SQLite does not for ASCII; MariaDB and MySQL
            /// follow the column's collation.
            pub fn like(self, pattern: impl Into<String>) -> Filter<M>
            where
                T: Textual,
            {
                Filter::new(like(self.node(), pattern, TextMatch::Pattern, false))
            }

            /// `self NOT LIKE pattern`; see [`like`](Self::like).
            pub fn not_like(self, pattern: impl Into<String>) -> Filter<M>
            where
                T: Textual,
            {
                Filter::new(like(self.node(), pattern, TextMatch::Pattern, true))
            }

            /// The text stands somewhere in this; `%` and `_` in it mean themselves. Case as for [`like`](Self::like).
            pub fn contains(self, text: impl Into<String>) -> Filter<M>
            where
                T: Textual,
            {
                Filter::new(like(self.node(), text, TextMatch::Contains, false))
            }

            /// This starts with the text; see [`contains`](Self::contains).
            pub fn starts_with(self, text: impl Into<String>) -> Filter<M>
            where
                T: Textual,
            {
                Filter::new(like(self.node(), text, TextMatch::StartsWith, false))
            }

            /// This ends with the text; see [`contains`](Self::contains).
            pub fn ends_with(self, text: impl Into<String>) -> Filter<M>
            where
                T: Textual,
            {
                Filter::new(like(self.node(), text, TextMatch::EndsWith, false))
            }

            /// `LOWER(self)`; SQLite lowers ASCII only.
            pub fn lower(self) -> Expr<M, T>
            where
                T: Textual,
            {
                Expr::new(call::<T>(Function::Lower, self.node()))
            }

            /// `UPPER(self)`; SQLite raises ASCII only.
            pub fn upper(self) -> Expr<M, T>
            where
                T: Textual,
            {
                Expr::new(call::<T>(Function::Upper, self.node()))
            }

            /// How many characters the text has.
            pub fn length(self) -> Expr<M, Option<i64>>
            where
                T: Textual,
            {
                Expr::new(call::<i64>(Function::Length, self.node()))
            }

            /// This text with the other behind it; NULL where either is.
            pub fn concat(self, other: impl Operand<M, T>) -> Expr<M, T>
            where
                T: Textual,
            {
                let left = self.node();
                let right = other.into_node(column_of(&left));
                Expr::new(Node::binary(Binary::Concat, left, right))
            }
        }

        operators!(arithmetic $type, Add, add, Add);
        operators!(arithmetic $type, Sub, sub, Sub);
        operators!(arithmetic $type, Mul, mul, Mul);
        operators!(arithmetic $type, Div, div, Div);
        operators!(arithmetic $type, Rem, rem, Rem);
    };
    (arithmetic $type:ident, $trait:ident, $method:ident, $operator:ident) => {
        impl<M, T: Number, V: Operand<M, T>> std::ops::$trait<V> for $type<M, T> {
            type Output = Expr<M, T>;

            fn $method(self, other: V) -> Expr<M, T> {
                let left = self.node();
                let right = other.into_node(column_of(&left));
                Expr::new(Node::binary(Binary::$operator, left, right))
            }
        }
    };
}

operators!(Column);
operators!(Expr);

impl<M, T: ColumnType> Expr<M, T> {
    /// A value as an expression: it is bound, not written into the text.
    pub fn value(value: T) -> Self {
        Expr::new(Node::Bind(bind::<T>(value.encode(), None)))
    }
}
