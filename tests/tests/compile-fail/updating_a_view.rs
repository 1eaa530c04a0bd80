use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = TopPost::update();
}

fn main() {}
