//! STUB: stands in for the unfinished room.
use crate::model::{Filter, Insertable, Model};
use std::marker::PhantomData;
/// Stub.
pub struct Select<P>(PhantomData<P>);
/// Stub.
pub struct Insert<P>(PhantomData<P>);
/// Stub.
pub struct InsertMany<P>(PhantomData<P>);
/// Stub.
pub struct Update<P>(PhantomData<P>);
/// Stub.
pub struct UpdateMany<P>(PhantomData<P>);
/// Stub.
pub struct Delete<P>(PhantomData<P>);
/// Stub.
pub struct Whole<P>(PhantomData<P>);
/// Stub.
pub trait ColumnSet<M> {}
/// Stub.
pub fn select<M: Model>() -> Select<Whole<M>> {
    Select(PhantomData)
}
/// Stub.
pub fn find<M: Model, const N: usize>(_: [Filter<M>; N]) -> Select<Whole<M>> {
    Select(PhantomData)
}
/// Stub.
pub fn insert<I: Insertable>(_: I) -> Insert<I::Model> {
    Insert(PhantomData)
}
/// Stub.
pub fn insert_many<M: Model, I: IntoIterator<Item: Insertable<Model = M>>>(_: I) -> InsertMany<M> {
    InsertMany(PhantomData)
}
/// Stub.
pub fn update<M: Model>() -> Update<M> {
    Update(PhantomData)
}
/// Stub.
pub fn update_many<'a, M: Model, I: IntoIterator<Item = &'a M>, C: ColumnSet<M>>(_: I, _: C) -> UpdateMany<M> {
    UpdateMany(PhantomData)
}
/// Stub.
pub fn delete<M: Model>() -> Delete<M> {
    Delete(PhantomData)
}
