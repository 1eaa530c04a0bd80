//! Dealing children out to their parents.

use super::loader::Extent;
use crate::error::Result;
use crate::meta::Link;
use crate::model::{Cardinality, Loaded};

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

    /// Gives every parent its children, in the order of the links: each child is moved on its last use and cloned before.
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
        let mut uses = vec![0_usize; children.len()];
        for (_, child) in &pairs {
            if let Some(uses) = uses.get_mut(*child) {
                *uses += 1;
            }
        }
        let mut children: Vec<(Option<T>, usize)> = children.into_iter().map(Some).zip(uses).collect();
        let mut pairs = pairs.into_iter().peekable();
        let mut dealt = Vec::with_capacity(parents);
        for parent in 0..parents {
            let mut own = Vec::new();
            while let Some((_, child)) = pairs.next_if(|pair| pair.0 == parent) {
                own.extend(children.get_mut(child).and_then(use_once));
            }
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
