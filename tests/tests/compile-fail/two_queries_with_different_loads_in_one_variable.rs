use orm_core::prelude::*;
use orm_tests::blog::*;

fn main() {
    let mut query = User::select();
    query = query.with(User::posts.selectin());
}
