use orm_tests::blog::*;

fn main() {
    User::select().columns(User::id).with(User::posts.selectin());
}
