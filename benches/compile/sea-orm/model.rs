use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "@name@")]
pub struct Model {
    #[sea_orm(primary_key)]
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
    #[sea_orm(belongs_to, from = "next_id", to = "id")]
    pub next: BelongsTo<super::@next@::Entity>,
    #[sea_orm(has_many)]
    pub previous: HasMany<super::@previous@::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
