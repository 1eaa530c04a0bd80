use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let mut query = User::select();
    query = query.with(User::posts.selectin());
}

fn main() {}
