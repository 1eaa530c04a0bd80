//! The strategy `joined`: related rows come in the parent's own statement, by LEFT JOIN.

use futures_util::future::BoxFuture;

use super::loader::{Extent, Load, Strategy};
use super::plan::{Batch, Plan};
use super::slots::{SlotBatch, SlotLoad, Tree};
use super::stitch::Links;
use crate::ast::{Alias, Join, Select};
use crate::backend::Cells;
use crate::db::Lease;
use crate::error::{Error, Result};
use crate::meta::Link;
use crate::model::{Loaded, Model, Relation};

/// The strategy `joined`.
#[derive(Debug, Clone, Copy)]
pub enum Joined {}

impl Strategy for Joined {}

impl<M, R, P, X> SlotLoad<M> for Load<R, Joined, P, X>
where
    M: Model,
    R: Relation<Source = M>,
    P: Plan<Model = R::Target, Row: Clone>,
    X: Extent<R::Cardinality>,
{
    type Value = Loaded<X::Of<P::Row>>;
    type Batch = JoinedBatch<R, P, X>;

    fn start(self, tree: &mut Tree<'_>) -> Result<Self::Batch> {
        let to = join(tree, R::LINK)?;
        if let Some(join) = tree.select.joins.last_mut() {
            join.filter = self.filter;
        }
        tree.select.join_order.extend(self.order_by.into_iter().map(|order| (to, order)));
        let before = tree.select.width();
        let children = self.plan.start(&mut Tree { select: tree.select, at: to })?;
        let width = tree.select.width() - before;
        Ok(JoinedBatch { children, width, links: Links::default(), values: Vec::new().into_iter() })
    }
}

/// Joins the relation's target to the table of the tree.
fn join(tree: &mut Tree<'_>, link: &'static Link) -> Result<Alias> {
    let select = &mut *tree.select;
    let to = Alias(u16::try_from(select.joins.len() + 1).unwrap_or(u16::MAX));
    if link.to_many {
        refuse_second(select, tree.at, link)?;
        select.multiplies = true;
    }
    select.joins.push(Join { link, from: tree.at, to, filter: None });
    Ok(to)
}

/// Two joined to-many relations of which neither leads to the other would multiply each other's rows.
fn refuse_second(select: &Select, at: Alias, link: &'static Link) -> Result<()> {
    let other = select.joins.iter().rev().find(|join| join.link.to_many);
    match other {
        Some(join) if !leads_to(select, join.to, at) => Err(Error::InvalidQuery(format!(
            "{model}::{second} and {other_model}::{first} are both to-many and both `joined()` in one statement, so each row of \
             the one would come once for every row of the other; load one of them by `.selectin()`, e.g. \
             `{model}::{second}.selectin()`; nothing was sent",
            model = link.source.name,
            second = link.name,
            other_model = join.link.source.name,
            first = join.link.name,
        ))),
        _ => Ok(()),
    }
}

/// Whether the table `from` is `to`, or one that `to` was joined to, directly or not.
fn leads_to(select: &Select, from: Alias, to: Alias) -> bool {
    let mut at = Some(to);
    while let Some(alias) = at {
        if alias == from {
            return true;
        }
        at = select.joins.iter().find(|join| join.to == alias).map(|join| join.from);
    }
    false
}

/// The batch of a joined relation.
pub struct JoinedBatch<R: Relation, P: Plan, X: Extent<R::Cardinality>> {
    children: P::Batch,
    /// How many columns the plan selected, to pass over where there is no row.
    width: usize,
    links: Links,
    values: std::vec::IntoIter<Loaded<X::Of<P::Row>>>,
}

impl<R, P, X> SlotBatch<R::Source> for JoinedBatch<R, P, X>
where
    R: Relation,
    P: Plan<Model = R::Target, Row: Clone>,
    X: Extent<R::Cardinality>,
{
    fn push(&mut self, parent: usize, cells: &mut Cells<'_>) -> Result<()> {
        // A LEFT JOIN without a partner is told by the partner's key, which a row of its own never lacks.
        if cells.peek_key(R::Target::META.primary)?.is_none() {
            cells.skip(self.width);
            return Ok(());
        }
        let child = self.children.push(parent, cells)?;
        self.links.add(parent, child);
        Ok(())
    }

    fn resolve<'a>(
        &'a mut self,
        parents: &'a [R::Source],
        on: &'a mut Lease<'_>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let children = self.children.resolve(on).await?;
            self.values =
                self.links.deal::<R::Cardinality, X, _>(R::LINK, children, parents.len())?.into_iter();
            Ok(())
        })
    }
}

impl<R: Relation, P: Plan, X: Extent<R::Cardinality>> Iterator for JoinedBatch<R, P, X> {
    type Item = Loaded<X::Of<P::Row>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.values.next()
    }
}
