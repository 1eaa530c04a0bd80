use orm_core::prelude::*;
use orm_tests::blog::*;

fn search(text: &str) -> Expr<User, String> {
    Expr::raw(&format!("lower('{text}')"), [User::username])
}

fn main() {}
