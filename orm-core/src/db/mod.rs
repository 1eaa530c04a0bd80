//! stub
use crate::backend::{Outcome, Sink};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::sql::Sql;
use futures_util::future::BoxFuture;
pub struct Db;
pub struct Transaction;
pub struct Lease<'c>(std::marker::PhantomData<&'c mut ()>);
pub(crate) struct Scope;
impl Lease<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
    pub(crate) async fn fetch(&mut self, _: &Sql, _: &mut dyn Sink) -> Result<Outcome> {
        Ok(Outcome { rows_affected: 0, last_insert_id: None })
    }
    pub(crate) async fn execute(&mut self, _: &Sql) -> Result<Outcome> {
        Ok(Outcome { rows_affected: 0, last_insert_id: None })
    }
    pub(crate) async fn run(&mut self, _: &str) -> Result<()> {
        Ok(())
    }
    pub(crate) async fn enter(&mut self) -> Result<Scope> {
        Ok(Scope)
    }
    pub(crate) async fn leave<T>(&mut self, _: Scope, r: Result<T>) -> Result<T> {
        r
    }
}
pub trait Executor<'c>: Send {
    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>>;
}

impl Db {
    pub fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}
impl<'c> Executor<'c> for &'c Db {
    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        Box::pin(async { Ok(Lease(std::marker::PhantomData)) })
    }
}
