//! Rows for the systems that are used by hand, and the tree made of them.

use std::collections::HashMap;

use time::PrimitiveDateTime;

#[derive(sqlx::FromRow)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub city: String,
    pub bio: Option<String>,
    pub age: i32,
    pub visits: i64,
    pub score: f64,
    pub active: bool,
    pub created_at: PrimitiveDateTime,
}

#[derive(sqlx::FromRow)]
pub struct Post {
    pub id: i64,
    pub author_id: i64,
    pub title: String,
    pub body: Option<String>,
    pub score: i32,
}

#[derive(sqlx::FromRow)]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub text: String,
    pub likes: i32,
}

pub struct PostWith {
    pub post: Post,
    pub comments: Vec<Comment>,
}

pub struct UserWith {
    pub user: User,
    pub posts: Vec<PostWith>,
}

/// Deals the children out to their parents.
pub fn nest(users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Vec<UserWith> {
    let mut of_post: HashMap<i64, Vec<Comment>> = HashMap::with_capacity(posts.len());
    for comment in comments {
        of_post.entry(comment.post_id).or_default().push(comment);
    }
    let mut of_user: HashMap<i64, Vec<PostWith>> = HashMap::with_capacity(users.len());
    for post in posts {
        let comments = of_post.remove(&post.id).unwrap_or_default();
        of_user.entry(post.author_id).or_default().push(PostWith { post, comments });
    }
    let with = |user: User| UserWith { posts: of_user.remove(&user.id).unwrap_or_default(), user };
    users.into_iter().map(with).collect()
}

/// All rows of a tree.
pub fn size(tree: &[UserWith]) -> usize {
    let posts = tree.iter().flat_map(|user| &user.posts);
    tree.len() + posts.map(|post| 1 + post.comments.len()).sum::<usize>()
}

pub fn keys<T>(rows: &[T], key: impl Fn(&T) -> i64) -> Vec<i64> {
    rows.iter().map(key).collect()
}

/// The statements of the systems that are used by hand, with `?` or with `$1` and `$2` for the values.
pub mod text {
    macro_rules! columns {
        () => {
            "name, email, city, bio, age, visits, score, active, created_at"
        };
    }
    pub const COPY: &str = concat!("COPY entries (", columns!(), ") FROM STDIN BINARY");

    macro_rules! texts {
        ($first:literal, $second:literal) => {
            pub const ONE: &str = concat!("SELECT id, ", columns!(), " FROM users WHERE id = ", $first);
            pub const ROWS: &str = concat!("SELECT id, ", columns!(), " FROM users WHERE id <= ", $first, " ORDER BY id");
            pub const JOIN: &str = concat!(
                "SELECT p.id, p.author_id, p.title, p.body, p.score FROM posts p JOIN users u ON u.id = p.author_id ",
                "WHERE u.age = ", $first, " AND p.score >= ", $second, " ORDER BY p.id"
            );
            pub const COUNT: &str = concat!("SELECT count(*) FROM users WHERE age = ", $first);
            pub const EXISTS: &str = concat!("SELECT EXISTS (SELECT 1 FROM users WHERE age = ", $first, ")");
            pub const COLUMNS: &str = concat!("SELECT id, name FROM users WHERE id <= ", $first, " ORDER BY id");
        };
    }

    pub mod question {
        texts!("?", "?");
    }
    pub mod dollar {
        texts!("$1", "$2");
    }

    pub const POSTS: &str = "SELECT id, author_id, title, body, score FROM posts WHERE author_id";
    pub const COMMENTS: &str = "SELECT id, post_id, text, likes FROM comments WHERE post_id";
    pub const INSERT: &str = concat!("INSERT INTO entries (", columns!(), ") ");
    /// Of an array a column.
    pub const INSERT_ARRAYS: &str = concat!(
        "INSERT INTO entries (",
        columns!(),
        ") SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[], $6::int8[], $7::float8[], ",
        "$8::bool[], $9::timestamp[])"
    );
}
