//! STUB: stands in for the unfinished file.
use std::marker::PhantomData;
use crate::meta::ColumnMeta;
/// Stub.
pub struct Column<M, T>(&'static ColumnMeta, PhantomData<fn() -> (M, T)>);
/// Stub.
pub struct Expr<M, T>(PhantomData<fn() -> (M, T)>);
impl<M, T> Column<M, T> {
    /// Stub.
    pub const fn new(meta: &'static ColumnMeta) -> Self {
        Column(meta, PhantomData)
    }
    /// Stub.
    pub const fn meta(self) -> &'static ColumnMeta {
        self.0
    }
}
impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M, T> Copy for Column<M, T> {}
