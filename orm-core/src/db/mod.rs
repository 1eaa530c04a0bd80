//! stub
use futures_util::future::BoxFuture; use crate::error::Result; use crate::dialect::Dialect; use crate::sql::Sql; use crate::backend::{Sink, Outcome};
pub struct Db; pub struct Transaction;
pub struct Lease<'c>(std::marker::PhantomData<&'c mut ()>);
pub(crate) struct Scope;
impl Lease<'_> {
  pub(crate) fn dialect(&self) -> Dialect { Dialect::Sqlite }
  pub(crate) async fn fetch(&mut self, _: &Sql, _: &mut dyn Sink) -> Result<Outcome> { Ok(Outcome{rows_affected:0,last_insert_id:None}) }
  pub(crate) async fn run(&mut self, _: &str) -> Result<()> { Ok(()) }
  pub(crate) async fn enter(&mut self) -> Result<Scope> { Ok(Scope) }
  pub(crate) async fn leave<T>(&mut self, _: Scope, r: Result<T>) -> Result<T> { r }
}
pub trait Executor<'c>: Send { fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>>; }
