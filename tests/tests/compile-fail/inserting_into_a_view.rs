use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = TopPost::insert(TopPost { id: 1, title: String::new() });
}

fn main() {}
