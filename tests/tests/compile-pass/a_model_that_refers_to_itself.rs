use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
#[belongs_to(boss: Person, key = boss_id, on_delete = set_null)]
#[has_many(reports: Person, key = boss_id)]
#[many_to_many(followers: Person, through = Follow, from = followee, to = follower)]
struct Person {
    #[model(primary_key, generated)]
    id: i64,
    boss_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "follows")]
#[belongs_to(follower: Person, key = follower_id)]
#[belongs_to(followee: Person, key = followee_id)]
struct Follow {
    #[model(primary_key)]
    follower_id: i64,
    #[model(primary_key)]
    followee_id: i64,
}

async fn program(db: &Db) -> orm_core::Result<Vec<loaded!(Person { boss { boss }, reports { reports } })>> {
    Person::select()
        .filter(Person::boss.get(Person::boss.get(Person::id)).eq(1).or(Person::reports.any(Person::id.gt(2))))
        .with(Person::boss.joined().with(Person::boss.joined()))
        .with(Person::reports.selectin().with(Person::reports.selectin()))
        .all(db)
        .await
}

fn main() {
    let _ = program;
}
