use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = Profile::insert(NewProfile { user_id: 1 }).returning((Profile::id, User::age));
}

fn main() {}
