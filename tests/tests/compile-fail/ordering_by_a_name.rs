use orm_core::prelude::*;
use blog::*;

fn program(_: &Db, by: &str) {
    let _ = User::select().order_by(by);
}

fn main() {}
