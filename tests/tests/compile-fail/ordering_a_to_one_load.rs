use orm_tests::blog::*;

fn main() {
    Post::select().with(Post::author.selectin().order_by(User::age.asc()));
}
