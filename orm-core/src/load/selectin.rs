//! The strategy `selectin`: one statement more for all parents at once.

use futures_util::future::BoxFuture;

use super::keys::ParentKeys;
use super::loader::{Extent, Load, Strategy};
use super::plan::{Batch, Plan};
use super::slots::{SlotBatch, SlotLoad, Tree};
use super::stitch::Links;
use crate::ast::{Query, Select, Shape, Source};
use crate::backend::{Cells, Row, Sink};
use crate::db::Lease;
use crate::error::{Error, Result};
use crate::meta::Link;
use crate::model::{Loaded, Model, Relation};
use crate::sql;

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
        let query = Query { select, shape: Shape::Rows };
        Ok(SelectInBatch { query, children, values: Vec::new().into_iter() })
    }
}

/// The batch of a relation that is loaded by a statement of its own.
pub struct SelectInBatch<R: Relation, P: Plan, X: Extent<R::Cardinality>> {
    /// The statement, but for the keys.
    query: Query,
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
                self.query.select.source = Source::Children { link: R::LINK, keys: chunk };
                let sql = sql::query(&self.query, on.dialect())?;
                let repeats = self.query.select.multiplies || R::LINK.through.is_some();
                let mut gather = Gather {
                    link: R::LINK,
                    keys: &keys,
                    hint: 0,
                    children: &mut self.children,
                    links: &mut links,
                    repeats,
                    last: None,
                };
                on.fetch(&sql, &mut gather).await?;
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

/// Gives each row to the batch of children and links it to the parents whose key comes first in it.
struct Gather<'a, B> {
    link: &'static Link,
    keys: &'a ParentKeys,
    hint: usize,
    children: &'a mut B,
    links: &'a mut Links,
    repeats: bool,
    /// The child of the last row.
    last: Option<usize>,
}

impl<B: Batch> Sink for Gather<'_, B> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        let mut cells = Cells::new(row, self.repeats);
        let key = cells.take_key(self.keys.columns())?;
        let link = self.link;
        let unmatched = || Error::Unmatched { model: link.source.name, relation: link.name };
        let key = key.ok_or_else(unmatched)?;
        let parents = self.keys.parents(&key, &mut self.hint);
        // Rows of one key are one scope, named by its first parent.
        let scope = parents.first().ok_or_else(unmatched)?.1;
        let child = self.children.push(scope, &mut cells)?;
        // The same child again is the same link: a deeper relation, or a link that is there twice, repeated the row.
        if self.last.replace(child) != Some(child) {
            for (_, parent) in parents {
                self.links.add(*parent, child);
            }
        }
        Ok(())
    }
}
