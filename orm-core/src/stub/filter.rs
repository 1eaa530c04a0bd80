//! STUB: stands in for the unfinished file.
/// Stub.
pub struct Filter<M>(pub(super) std::marker::PhantomData<fn() -> M>);
