use orm_core::prelude::*;
use orm_tests::blog::Group;

#[derive(Model, Clone)]
#[model(table = "people")]
#[many_to_many(groups: Group, through = Membership)]
struct Person {
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[model(table = "memberships")]
#[belongs_to(person: Person, key = person_id)]
struct Membership {
    #[model(primary_key)]
    person_id: i64,
}

fn main() {}
