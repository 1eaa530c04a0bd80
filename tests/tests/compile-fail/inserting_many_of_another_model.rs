use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::insert_many([NewProfile { user_id: 1 }]);
}

fn main() {}
