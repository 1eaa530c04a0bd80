//! Columns instead of models: `.columns((User::id, User::username))`.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;

use super::plan::{Batch, Plan};
use super::slots::Tree;
use crate::ast::Node;
use crate::backend::Cells;
use crate::db::Lease;
use crate::error::Result;
use crate::model::{Column, Expr, Expression, Model};
use crate::value::{ColumnType, Value, each_tuple};

/// What `columns` takes: a column or an expression of `M`, or a tuple of up to twelve.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can not be selected from `{M}`",
    label = "expected a column or an expression of `{M}`, or a tuple of up to twelve"
)]
pub trait Selectable<M>: Clone + Send + 'static {
    /// What a row becomes: the value, or a tuple of values.
    type Row: Send + 'static;

    /// Adds the expressions.
    #[doc(hidden)]
    fn nodes(self, nodes: &mut Vec<Node>);

    /// Reads a row.
    ///
    /// # Errors
    /// Where a value does not fit its type.
    #[doc(hidden)]
    fn read(cells: &mut Cells<'_>, model: &'static str) -> Result<Self::Row>;
}

macro_rules! selectable_expression {
    ($type:ident) => {
        impl<M: Model, T: ColumnType> Selectable<M> for $type<M, T> {
            type Row = T;

            fn nodes(self, nodes: &mut Vec<Node>) {
                nodes.push(Expression::<M>::node(self));
            }

            fn read(cells: &mut Cells<'_>, model: &'static str) -> Result<T> {
                cells.take_as(model, || "a selected expression")
            }
        }
    };
}

selectable_expression!(Column);
selectable_expression!(Expr);

macro_rules! selectable_tuple {
    ($($name:ident)+) => {
        impl<M, $($name: Selectable<M>),+> Selectable<M> for ($($name,)+) {
            type Row = ($($name::Row,)+);

            fn nodes(self, nodes: &mut Vec<Node>) {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $($name.nodes(nodes);)+
            }

            fn read(cells: &mut Cells<'_>, model: &'static str) -> Result<Self::Row> {
                Ok(($($name::read(cells, model)?,)+))
            }
        }
    };
}

each_tuple!(selectable_tuple);

/// The plan of a query for columns.
pub struct Columns<M, C> {
    columns: C,
    model: PhantomData<fn() -> M>,
}

impl<M, C> Columns<M, C> {
    pub(crate) fn new(columns: C) -> Self {
        Columns { columns, model: PhantomData }
    }
}

impl<M, C: Clone> Clone for Columns<M, C> {
    fn clone(&self) -> Self {
        Self::new(self.columns.clone())
    }
}

impl<M: Model, C: Selectable<M>> Plan for Columns<M, C> {
    type Model = M;
    type Row = C::Row;
    type Batch = ColumnBatch<M, C>;

    fn start(self, tree: &mut Tree<'_>) -> Result<Self::Batch> {
        let mut nodes = Vec::new();
        self.columns.nodes(&mut nodes);
        let at = tree.at;
        nodes.into_iter().for_each(|node| tree.select.push(at, node));
        Ok(ColumnBatch { rows: Vec::new(), model: PhantomData })
    }
}

/// The rows read so far.
pub struct ColumnBatch<M, C: Selectable<M>> {
    rows: Vec<C::Row>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, C: Selectable<M>> Batch for ColumnBatch<M, C> {
    type Row = C::Row;

    fn push(&mut self, _: usize, cells: &mut Cells<'_>) -> Result<usize> {
        self.rows.push(C::read(cells, M::META.name)?);
        Ok(self.rows.len() - 1)
    }

    fn value(&self, _: usize, _: usize) -> Value {
        Value::Null
    }

    fn resolve<'a>(&'a mut self, _: &'a mut Lease<'_>) -> BoxFuture<'a, Result<Vec<C::Row>>> {
        Box::pin(std::future::ready(Ok(std::mem::take(&mut self.rows))))
    }
}
