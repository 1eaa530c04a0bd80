//! STUB: stands in for the unfinished file.
use crate::value::ColumnType;
/// Stub.
pub trait Operand<M, T> {}
impl<M, T: ColumnType> Operand<M, T> for T {}
/// Stub.
pub fn operand<M, T>(_: super::Column<M, T>, _: impl Operand<M, T>) -> super::Filter<M> {
    super::Filter(std::marker::PhantomData)
}
