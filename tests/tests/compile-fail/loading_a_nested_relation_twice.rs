use orm_tests::blog::*;

fn main() {
    User::select().with(User::posts.selectin().with(Post::comments.selectin()).with(Post::comments.selectin()));
}
