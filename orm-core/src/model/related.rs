//! The other model's rows, whatever the shape of the load.

use super::Part;

/// What a load gave for a relation to `M`, whatever the strategy and whatever is nested in it. The derive implements it
/// for the model and its loaded form, which are what an exactly-one relation gives.
pub trait Related<M> {
    /// The other model's rows, in order.
    fn models<'a>(&'a self) -> impl Iterator<Item = &'a M>
    where
        M: 'a;
}

impl<M, T: AsRef<M>> Related<M> for Vec<T> {
    fn models<'a>(&'a self) -> impl Iterator<Item = &'a M>
    where
        M: 'a,
    {
        self.iter().map(AsRef::as_ref)
    }
}

impl<M, T: AsRef<M>> Related<M> for Part<T> {
    fn models<'a>(&'a self) -> impl Iterator<Item = &'a M>
    where
        M: 'a,
    {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl<M, T: AsRef<M>> Related<M> for Option<T> {
    fn models<'a>(&'a self) -> impl Iterator<Item = &'a M>
    where
        M: 'a,
    {
        self.iter().map(AsRef::as_ref)
    }
}
