use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let id = User::id;
    let _ = User::select().columns((id, id, id, id, id, id, id, id, id, id, id, id, id));
}

fn main() {}
