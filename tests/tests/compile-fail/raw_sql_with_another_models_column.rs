use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::select().columns(Expr::<User, String>::raw("lower({})", [Post::title]));
}

fn main() {}
