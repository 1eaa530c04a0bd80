//! The strategy `selectin`: one statement more for all parents at once.

use std::ops::Range;

use futures_util::future::BoxFuture;

use super::keys::ParentKeys;
use super::loader::{Extent, Load, Strategy};
use super::plan::{Batch, Plan};
use super::slots::{SlotBatch, SlotLoad, Tree};
use super::stitch::Links;
use crate::ast::{Select, Shape, Source};
use crate::backend::{Cells, Row, Sink};
use crate::db::Lease;
use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, Link};
use crate::model::{Loaded, Model, Relation};
use crate::sql;
use crate::value::Key;

/// The strategy `selectin`.
#[derive(Debug, Clone, Copy)]
pub enum SelectIn {}

impl Strategy for SelectIn {}

impl<M, R, P, X> SlotLoad<M> for Load<R, SelectIn, P, X>
where
    M: Model,
    R: Relation<Source = M>,
    P: Plan<Model = R::Target, Row: Clone>,
    X: Extent<R::Cardinality>,
{
    type Value = Loaded<X::Of<P::Row>>;
    type Batch = SelectInBatch<R, P, X>;

    fn start(self, _: &mut Tree<'_>) -> Result<Self::Batch> {
        let mut select = Select::new(R::Target::META);
        select.filter = self.filter;
        select.order_by = self.order_by;
        let children = self.plan.start(&mut Tree { select: &mut select, at: Select::ROOT })?;
        select.ordered = !sorts_here::<R>(&select);
        Ok(SelectInBatch { select, children, values: Vec::new().into_iter() })
    }
}

/// Whether the rows are put in order here, so that the server need not sort them and sends the first at once: where nobody
/// asked for another order than the primary key's, which sorts here as it does there, and no row comes twice.
fn sorts_here<R: Relation>(select: &Select) -> bool {
    let primary = R::Target::META.primary;
    select.order_by.is_empty()
        && !repeats::<R>(select)
        && primary.iter().all(|column| column.sql_type.compares_exactly())
}

/// Whether a row may come twice, one after another: a deeper relation, or a link that is there twice, repeats it.
fn repeats<R: Relation>(select: &Select) -> bool {
    select.multiplies || R::LINK.through.is_some()
}

/// The batch of a relation that is loaded by a statement of its own.
pub struct SelectInBatch<R: Relation, P: Plan, X: Extent<R::Cardinality>> {
    /// The statement, but for the keys.
    select: Select,
    children: P::Batch,
    values: std::vec::IntoIter<Loaded<X::Of<P::Row>>>,
}

impl<R, P, X> SlotBatch<R::Source> for SelectInBatch<R, P, X>
where
    R: Relation,
    P: Plan<Model = R::Target, Row: Clone>,
    X: Extent<R::Cardinality>,
{
    fn resolve<'a>(
        &'a mut self,
        parents: &'a [R::Source],
        on: &'a mut Lease<'_>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let keys = ParentKeys::new(R::LINK, parents);
            let mut links = Links::default();
            let size = sql::key_capacity(on.dialect(), &keys.types(), keys.is_exact());
            for chunk in keys.chunks(parents, size) {
                self.select.source = Source::Children { link: R::LINK, keys: chunk };
                let sql = sql::select(&self.select, Shape::Rows, on.dialect())?;
                let mut gather = Gather {
                    link: R::LINK,
                    keys: &keys,
                    found: 0..0,
                    children: &mut self.children,
                    links: &mut links,
                    repeats: repeats::<R>(&self.select),
                    last: None,
                };
                on.fetch(&sql, &mut gather).await?;
            }
            if !self.select.ordered {
                links.sort_by_key(|child| key_of(&self.children, child, R::Target::META.primary));
            }
            let children = self.children.resolve(on).await?;
            self.values = links.deal::<R::Cardinality, X, _>(R::LINK, children, parents.len())?.into_iter();
            Ok(())
        })
    }
}

impl<R: Relation, P: Plan, X: Extent<R::Cardinality>> Iterator for SelectInBatch<R, P, X> {
    type Item = Loaded<X::Of<P::Row>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.values.next()
    }
}

/// The key in these columns of a child.
#[inline]
fn key_of<B: Batch>(children: &B, child: usize, columns: &[&'static ColumnMeta]) -> Option<Key> {
    Key::of_values(columns.iter().map(|column| children.value(child, column.index)))
}

/// Gives each row to the batch of children and links it to the parents whose key comes first in it.
struct Gather<'a, B> {
    link: &'static Link,
    keys: &'a ParentKeys,
    /// The keys that the last row had.
    found: Range<usize>,
    children: &'a mut B,
    links: &'a mut Links,
    repeats: bool,
    /// The child of the last row.
    last: Option<usize>,
}

impl<B: Batch> Sink for Gather<'_, B> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        let mut cells = Cells::new(row, self.repeats);
        match self.keys.in_child() {
            Some(columns) => {
                let child = self.children.push(0, &mut cells)?;
                let parents = self.parents(key_of(self.children, child, columns))?;
                self.link_to(child, parents);
            }
            None => {
                let key = cells.take_key(self.keys.columns())?;
                let parents = self.parents(key)?;
                // Rows of one key are one scope, named by its first parent.
                let scope = parents.first().map_or(0, |parent| parent.1);
                let child = self.children.push(scope, &mut cells)?;
                self.link_to(child, parents);
            }
        }
        Ok(())
    }
}

impl<'a, B: Batch> Gather<'a, B> {
    #[inline]
    fn parents(&mut self, key: Option<Key>) -> Result<&'a [(Key, usize)]> {
        let keys = self.keys;
        let parents = key.map(|key| keys.parents(&key, &mut self.found)).unwrap_or_default();
        match parents {
            [] => Err(Error::Unmatched { model: self.link.source.name, relation: self.link.name }),
            _ => Ok(parents),
        }
    }

    #[inline]
    fn link_to(&mut self, child: usize, parents: &[(Key, usize)]) {
        // The same child again is the same link.
        if self.last.replace(child) != Some(child) {
            for (_, parent) in parents {
                self.links.add(*parent, child);
            }
        }
    }
}
