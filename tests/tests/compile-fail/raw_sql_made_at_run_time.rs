use orm_core::prelude::*;
use blog::*;

fn search(text: &str) -> Expr<User, String> {
    Expr::raw(&format!("lower('{text}')"), [User::username])
}

fn main() {}
