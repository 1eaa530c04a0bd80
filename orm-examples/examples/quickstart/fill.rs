//! A few hundred rows.

use orm_core::Result;
use orm_core::prelude::*;

use crate::models::*;

const SUBJECTS: [&str; 4] = ["rust", "databases", "gardens", "trains"];

/// Fills empty tables; gives the number of rows.
pub(crate) async fn fill(db: &Db) -> Result<usize> {
    let users = User::insert_many((0..60).map(|n| NewUser {
        username: format!("user{n:02}"),
        email: (n % 4 > 0).then(|| format!("user{n:02}@example.org")),
        status: if n % 7 == 6 { Status::Gone } else { Status::Active },
        created_at: None, // the database's default
    }))
    .all(db)
    .await?;
    let posts = Post::insert_many((0..240).map(|n| NewPost {
        author_id: users[(n * n + n) / 2 % 48].id, // some write much, some nothing
        title: format!("On {}, part {n}", SUBJECTS[n % 4]),
        body: (n % 5 > 0).then(|| "…".to_owned()),
    }))
    .all(db)
    .await?;
    let comments = posts.iter().flat_map(|post| {
        (0..post.id % 5)
            .map(|n| NewComment { post_id: post.id, text: format!("Comment {n} on {}", post.title) })
    });
    let comments = Comment::insert_many(comments).exec(db).await?;
    let profiles = users.iter().filter(|user| user.email.is_some());
    let profiles =
        profiles.map(|user| NewProfile { user_id: user.id, bio: format!("{} writes.", user.username) });
    let profiles = Profile::insert_many(profiles).exec(db).await?;
    let groups = ["authors", "editors", "readers", "admins"].map(|name| NewGroup { name: name.to_owned() });
    let groups = Group::insert_many(groups).all(db).await?;
    let memberships = users.iter().flat_map(|user| {
        let of_user = groups.iter().filter(|group| (user.id + group.id) % 3 == 0);
        of_user.map(|group| Membership { user_id: user.id, group_id: group.id })
    });
    let memberships = Membership::insert_many(memberships).exec(db).await?;
    Ok(users.len()
        + posts.len()
        + groups.len()
        + usize::try_from(comments + profiles + memberships).unwrap_or(0))
}
