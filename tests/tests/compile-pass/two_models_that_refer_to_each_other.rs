use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "countries")]
#[has_many(cities: City, key = country_id)]
#[belongs_to(capital: City, key = capital_id)]
struct Country {
    #[model(primary_key, generated)]
    id: i64,
    #[model(unique)]
    capital_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cities")]
#[belongs_to(country: Country, key = country_id)]
#[has_one(capital_of: Country, key = capital_id)]
struct City {
    #[model(primary_key, generated)]
    id: i64,
    country_id: i64,
}

fn main() {}
