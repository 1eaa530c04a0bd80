use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::select().columns(Expr::<User, String>::raw("lower({})", [Post::title]));
}

fn main() {}
