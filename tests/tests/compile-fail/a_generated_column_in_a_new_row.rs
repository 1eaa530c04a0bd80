use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = Profile::insert(NewProfile { id: 1, user_id: 1 });
}

fn main() {}
