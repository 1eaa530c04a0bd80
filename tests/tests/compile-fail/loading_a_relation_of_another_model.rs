use orm_tests::blog::*;

fn main() {
    User::select().with(Post::comments.selectin());
}
