use orm_core::prelude::*;
use orm_tests::blog::*;

fn adults(filter: Filter<User>) -> Filter<User> {
    filter.and(User::age.ge(18))
}

fn order(by: &str, descending: bool) -> Option<OrderBy<User>> {
    let key = match by {
        "age" if descending => User::age.desc(),
        "age" => User::age.asc(),
        "posts" => User::posts.count().desc(),
        "email" => User::email.lower().asc().nulls_last(),
        _ => return None,
    };
    Some(key)
}

fn orders(by: &[&str]) -> Vec<OrderBy<User>> {
    by.iter().filter_map(|by| order(by, false)).collect()
}

fn titles(user: &UserWith<impl Has<user::posts>>) -> Vec<&str> {
    user.posts().models().map(|post| post.title.as_str()).collect()
}

async fn page(db: &Db) -> orm_core::Result<Vec<loaded!(User { posts { comments, author }, profile, groups })>> {
    User::select()
        .filter(adults(User::email.is_not_null()))
        .filter_if(true, Filter::any_of([User::status.eq(Status::Active), User::age.lt(30)]))
        .order_by(order("age", true))
        .order_by(orders(&["posts", "email"]))
        .order_by((User::age.asc(), User::id.desc()))
        .with(User::posts.selectin().with(Post::comments.selectin()).with(Post::author.joined()))
        .with(User::profile.joined())
        .with(User::groups.selectin())
        .all(db)
        .await
}

async fn program(db: &Db) -> orm_core::Result<()> {
    for user in &page(db).await? {
        for post in user.posts() {
            println!("{} {} {}", user.username, post.title, post.comments().len());
        }
        titles(user);
    }
    let some = User::find(1).with(User::posts.joined().filter(Post::score.gt(1))).one(db).await?;
    titles(&some);
    let maybe = User::find(1).with_if(true, User::posts.selectin()).one(db).await?;
    if let Ok(posts) = maybe.posts() {
        println!("{}", posts.len());
    }
    let (user, slots) = maybe.into_parts();
    println!("{user:?} {slots:?}");
    let rows: Vec<(i64, String, i64)> =
        User::select().columns((User::id, User::username, User::posts.count())).all(db).await?;
    let sum: Option<i64> = User::select().sum(User::age, db).await?;
    let grouped: Vec<(Status, Option<f64>)> = User::select()
        .columns((User::status, User::age.avg()))
        .group_by(User::status)
        .having(User::age.sum().gt(100))
        .all(db)
        .await?;
    let names: Vec<String> = Post::select().columns(Post::author.get(User::username)).all(db).await?;
    let editors: Vec<Option<String>> = Post::select().columns(Post::editor.get(User::username)).all(db).await?;
    println!("{rows:?} {sum:?} {grouped:?} {names:?} {editors:?}");
    Ok(())
}

fn main() {
    let _ = program;
}
