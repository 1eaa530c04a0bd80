//! stub
use crate::ast::*;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::value::SqlType;
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) binds: Vec<Bind>,
}
fn e() -> Result<Sql> {
    Ok(Sql { text: String::new(), binds: vec![] })
}
pub(crate) fn query(_: &Query, _: Dialect) -> Result<Sql> {
    e()
}
pub(crate) fn insert(_: &Insert, _: Dialect) -> Result<Sql> {
    e()
}
pub(crate) fn update(_: &Update, _: Dialect) -> Result<Sql> {
    e()
}
pub(crate) fn update_rows(_: &UpdateRows, _: Dialect) -> Result<Sql> {
    e()
}
pub(crate) fn delete(_: &Delete, _: Dialect) -> Result<Sql> {
    e()
}
pub(crate) fn key_capacity(_: Dialect, _: &[SqlType], _: bool) -> usize {
    500
}
