use orm_tests::blog::*;

fn main() {
    User::select().with(User::posts);
}
