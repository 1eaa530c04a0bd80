use orm_tests::blog::*;

fn main() {
    User::select().with_if(true, Post::comments.selectin());
}
