use orm_core::prelude::*;
use orm_tests::blog::*;

fn spawned(db: Db) {
    tokio::spawn(async move {
        let users = User::select()
            .with(User::posts.selectin().filter(Post::score.gt(1)).with(Post::comments.selectin()).with(Post::author.joined()))
            .with(User::profile.joined())
            .with_if(users_are_many(), User::groups.selectin())
            .all(&db)
            .await?;
        let count = User::select().filter(User::posts.any(Post::score.gt(1))).count(&db).await?;
        Profile::insert_many((0..4).map(|user_id| NewProfile { user_id })).all(&db).await?;
        User::update_many(users.iter().map(AsRef::as_ref), (User::age,)).exec(&db).await?;
        let made = db
            .transaction(async |tx| {
                let user = User::find(1).one(&mut *tx).await?;
                tx.transaction(async |tx| User::delete().all_rows().exec(tx).await).await?;
                Profile::insert(NewProfile { user_id: user.id }).one(tx).await
            })
            .await?;
        db.transaction_as::<AppError, _, _>(async |tx| {
            User::find(1).one(tx).await?;
            Err(AppError)
        })
        .await
        .unwrap_or(());
        db.create_tables::<(User, Post)>().await?;
        Ok::<_, orm_core::Error>((users, count, made))
    });
}

fn users_are_many() -> bool {
    true
}

struct AppError;

impl From<orm_core::Error> for AppError {
    fn from(_: orm_core::Error) -> Self {
        AppError
    }
}

fn shared<T: Send + Sync + Clone + 'static>() {}
fn sent<T: Send + 'static>() {}

fn main() {
    shared::<Db>();
    sent::<Transaction>();
    shared::<loaded!(User { posts { comments }, profile })>();
    shared::<Filter<User>>();
    shared::<OrderBy<User>>();
    shared::<Expr<User, i64>>();
    let _ = spawned;
}
