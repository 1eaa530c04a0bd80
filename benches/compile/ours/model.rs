use orm_core::prelude::*;

use super::{@next@::@Next@, @previous@::@Previous@};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "@name@")]
#[belongs_to(next: @Next@, key = next_id)]
#[has_many(previous: @Previous@, key = next_id)]
pub struct @Name@ {
    #[model(primary_key, generated)]
    pub id: i64,
    pub next_id: i64,
    pub name: String,
    pub note: Option<String>,
    pub code: String,
    pub rank: i32,
    pub total: i64,
    pub weight: Option<i64>,
    pub ratio: f64,
    pub active: bool,
    // more columns
}
