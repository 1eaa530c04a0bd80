use orm_core::prelude::*;
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", index(status, email))]
#[has_many(posts: Post, key = author_id)]
#[has_one(profile: Profile, key = user_id)]
#[many_to_many(groups: Group, through = Membership)]
pub struct User {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub username: String,
    pub email: Option<String>,
    pub status: Status,
    #[model(default = "CURRENT_TIMESTAMP")]
    pub created_at: time::OffsetDateTime,
}
#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Active,
    Gone,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id, on_delete = cascade)]
#[has_many(comments: Comment, key = post_id)]
pub struct Post {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(index)]
    pub author_id: i64,
    pub title: String,
    pub body: Option<String>,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments")]
#[belongs_to(post: Post, key = post_id)]
pub struct Comment {
    #[model(primary_key, generated)]
    pub id: i64,
    pub post_id: i64,
    pub text: String,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "profiles")]
#[belongs_to(user: User, key = user_id)]
pub struct Profile {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub user_id: i64,
    pub bio: String,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "groups")]
pub struct Group {
    #[model(primary_key, generated)]
    pub id: i64,
    pub name: String,
}
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "memberships")]
#[belongs_to(user: User, key = user_id)]
#[belongs_to(group: Group, key = group_id)]
pub struct Membership {
    #[model(primary_key)]
    pub user_id: i64,
    #[model(primary_key)]
    pub group_id: i64,
}

fn titles(user: &UserWith<impl Has<user::posts>>) -> Vec<&str> {
    user.posts().models().map(|post| post.title.as_str()).collect()
}
fn exact(_: &loaded!(User { posts { comments }, profile })) {}

#[tokio::main]
async fn main() -> orm_core::Result<()> {
    let url = std::env::args().nth(1).unwrap_or("sqlite::memory:".into());
    let db = Db::connect(&url).await?;
    db.drop_tables::<(User, Post, Comment, Profile, Group, Membership)>().await?;
    db.create_tables::<(User, Post, Comment, Profile, Group, Membership)>().await?;
    db.observe(|event: &orm_core::Event<'_>| {
        println!("  > {} [{} binds, {} rows]", event.statement, event.binds, event.rows)
    });
    let ada = User::insert(NewUser {
        username: "ada".into(),
        email: None,
        status: Status::Active,
        created_at: None,
    })
    .one(&db)
    .await?;
    println!("{ada:?}");
    let bo = User::insert(NewUser {
        username: "bo".into(),
        email: Some("b@x".into()),
        status: Status::Active,
        created_at: None,
    })
    .one(&db)
    .await?;
    let posts = Post::insert_many((0..4).map(|n| NewPost {
        author_id: if n % 2 == 0 { ada.id } else { bo.id },
        title: format!("rust {n}"),
        body: None,
    }))
    .all(&db)
    .await?;
    Comment::insert_many(
        posts.iter().flat_map(|p| (0..2).map(|n| NewComment { post_id: p.id, text: format!("c{n}") })),
    )
    .exec(&db)
    .await?;
    Profile::insert(NewProfile { user_id: ada.id, bio: "x".into() }).exec(&db).await?;
    let g = Group::insert_many(["a", "b"].map(|n| NewGroup { name: n.into() })).all(&db).await?;
    Membership::insert_many(g.iter().map(|g| NewMembership { user_id: ada.id, group_id: g.id }))
        .exec(&db)
        .await?;
    let users = User::select()
        .filter(User::status.eq(Status::Active).and(User::username.is_not_null()))
        .order_by(User::username.asc())
        .limit(20)
        .with(
            User::posts
                .selectin()
                .filter(Post::title.contains("rust"))
                .order_by(Post::id.desc())
                .with(Post::comments.selectin()),
        )
        .with(User::profile.joined())
        .with(User::groups.selectin())
        .all(&db)
        .await?;
    for user in &users {
        for post in user.posts() {
            println!("{} {} {}", user.username, post.title, post.comments().len());
        }
        println!("{:?} {:?} {:?}", titles(user), user.profile(), user.groups());
    }
    let i = User::select()
        .with(User::posts.selectin().with(Post::comments.selectin()))
        .with(User::profile.joined())
        .all(&db)
        .await?;
    let j = User::select()
        .with(User::posts.joined().with(Post::comments.joined()))
        .with(User::profile.selectin())
        .all(&db)
        .await?;
    assert_eq!(i, j);
    exact(&i[0]);
    let n = User::select().filter(User::posts.any(Post::title.eq("rust 1"))).count(&db).await?;
    println!(
        "{n} {:?}",
        Post::select().filter(Post::author.get(User::username).eq("ada")).sum(Post::id, &db).await?
    );
    println!("{:?}", User::select().columns((User::id, User::username, User::posts.count())).all(&db).await?);
    println!(
        "{:?}",
        User::update().set(User::status, Status::Gone).filter(User::email.is_null()).exec(&db).await?
    );
    let mut all = User::find(1).one(&db).await?;
    all.username = "ada2".into();
    println!("{:?}", User::update_many([&all], (User::username, User::email)).exec(&db).await?);
    println!(
        "{:?}",
        db.transaction(async |tx| { User::delete().filter(User::id.in_list([2])).exec(&mut *tx).await })
            .await?
    );
    println!("{}", User::insert(all.clone()).exec(&db).await.unwrap_err());
    Ok(())
}
