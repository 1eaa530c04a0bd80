//! Dealing children out to their parents.

use super::loader::Extent;
use crate::error::Result;
use crate::meta::Link;
use crate::model::{Cardinality, Loaded};
use crate::value::Key;

/// Which child belongs to which parent, in the order in which the children came.
#[derive(Debug, Default)]
pub(crate) struct Links {
    pairs: Vec<(usize, usize)>,
}

impl Links {
    /// Adds a link. A pair that comes again at once is the same link: a deeper to-many relation repeated the row.
    pub(crate) fn add(&mut self, parent: usize, child: usize) {
        if self.pairs.last() != Some(&(parent, child)) {
            self.pairs.push((parent, child));
        }
    }

    /// Puts the children of each parent in the order of their keys.
    pub(crate) fn sort_by_key(&mut self, key: impl Fn(usize) -> Option<Key>) {
        let place = |pair: &(usize, usize)| (pair.0, key(pair.1));
        if !self.pairs.is_sorted_by_key(place) {
            self.pairs.sort_by_cached_key(place);
        }
    }

    /// Gives every parent its children, in the order of the links: each child is moved on its last use and cloned before.
    /// Where every child has one parent and they came parent by parent, as a one-to-many relation's do, they are moved in turn.
    pub(crate) fn deal<C: Cardinality, X: Extent<C>, T: Clone + Send + 'static>(
        &mut self,
        link: &'static Link,
        children: Vec<T>,
        parents: usize,
    ) -> Result<Vec<Loaded<X::Of<T>>>> {
        let mut pairs = std::mem::take(&mut self.pairs);
        if !pairs.is_sorted_by_key(|pair| pair.0) {
            pairs.sort_by_key(|pair| pair.0); // stable: keeps the children's order
        }
        let mut dealt = Vec::with_capacity(parents);
        let counts = (0..parents).scan(pairs.as_slice(), |rest, parent| {
            let count = rest.iter().take_while(|pair| pair.0 == parent).count();
            *rest = rest.get(count..)?;
            Some(count)
        });
        let in_turn = pairs.len() == children.len() && pairs.iter().map(|pair| pair.1).eq(0..children.len());
        if in_turn {
            let mut children = children.into_iter();
            for count in counts {
                dealt.push(Loaded::new(X::gather(link, children.by_ref().take(count))?));
            }
            return Ok(dealt);
        }
        let mut uses = vec![0_usize; children.len()];
        for (_, child) in &pairs {
            if let Some(uses) = uses.get_mut(*child) {
                *uses += 1;
            }
        }
        let mut children: Vec<(Option<T>, usize)> = children.into_iter().map(Some).zip(uses).collect();
        let mut linked = pairs.iter();
        for count in counts {
            let own = linked.by_ref().take(count);
            let own = own.filter_map(|(_, child)| children.get_mut(*child).and_then(use_once));
            dealt.push(Loaded::new(X::gather(link, own)?));
        }
        Ok(dealt)
    }
}

/// The child, moved out where this is its last use.
fn use_once<T: Clone>((child, uses): &mut (Option<T>, usize)) -> Option<T> {
    *uses -= 1;
    if *uses == 0 { child.take() } else { child.clone() }
}
