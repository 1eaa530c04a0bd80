use orm_tests::blog::*;

fn main() {
    Post::select().with(Post::author.joined().filter(User::age.gt(18)));
}
