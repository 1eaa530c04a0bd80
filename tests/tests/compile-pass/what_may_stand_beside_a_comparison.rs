use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(name: String, nickname: Option<String>, names: &[String], ages: Vec<i32>) -> Filter<User> {
    User::username
        .eq(&name)
        .or(User::username.eq("ada"))
        .or(User::email.eq(nickname))
        .or(User::email.eq(None))
        .or(User::email.eq(User::username))
        .or(User::username.in_list(names))
        .or(User::age.in_list(ages))
        .or(User::age.in_list(18..20))
        .or(User::email.in_list(["a", "b"]))
        .or(User::status.eq(Status::Gone))
        .or(User::username.eq(name))
        .or(!User::posts.any(Post::score.gt(1)))
}

fn main() {
    let _ = program;
}
