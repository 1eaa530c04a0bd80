//! Each loader beside the loop that one would have written without it.

use orm_core::Result;
use orm_core::prelude::*;
use orm_examples::{Column, Measured, Table, Watch};

use crate::models::*;
use crate::{WIDTH, section};

type WithPosts = loaded!(User { posts });
type WithComments = loaded!(User { posts { comments } });
type WithProfile = loaded!(User { profile });
type WithGroups = loaded!(User { groups });
type WithAuthor = loaded!(Comment { post { author } });

/// Runs the loaders and the loops, and shows what each sent.
pub(crate) async fn show(db: &Db, watch: &Watch) -> Result<()> {
    section(
        "Loaders, and the loop that each one replaces",
        "`.selectin()` sends one statement more for all parents at once, `.joined()` none; a loop sends one a row.",
    );
    let mut pairs = Pairs::new(watch);
    let users = User::select().order_by(User::id.asc());

    let query = users.clone().with(User::posts.selectin());
    let form = |users: Vec<WithPosts>| {
        users.iter().map(|user| (User::clone(user), user.posts().clone())).collect::<Vec<_>>()
    };
    pairs
        .pair("User::posts.selectin()", async || query.clone().all(db).await, form, async || posts(db).await)
        .await?;

    let query = users.clone().with(User::posts.joined());
    pairs
        .pair("User::posts.joined()", async || query.clone().all(db).await, form, async || posts(db).await)
        .await?;

    let query = users.clone().with(User::posts.selectin().with(Post::comments.selectin()));
    let form = |users: Vec<WithComments>| {
        let posts = |user: &WithComments| {
            user.posts().iter().map(|post| (Post::clone(post), post.comments().clone())).collect::<Vec<_>>()
        };
        users.iter().map(|user| (User::clone(user), posts(user))).collect::<Vec<_>>()
    };
    let code = "User::posts.selectin().with(Post::comments.selectin())";
    pairs.pair(code, async || query.clone().all(db).await, form, async || comments(db).await).await?;

    let query = users.clone().with(User::posts.joined().with(Post::comments.joined()));
    let code = "User::posts.joined().with(Post::comments.joined())";
    pairs.pair(code, async || query.clone().all(db).await, form, async || comments(db).await).await?;

    let query = users.clone().with(User::profile.joined());
    let form = |users: Vec<WithProfile>| {
        users.iter().map(|user| (User::clone(user), user.profile().clone())).collect::<Vec<_>>()
    };
    pairs
        .pair(
            "User::profile.joined()",
            async || query.clone().all(db).await,
            form,
            async || profiles(db).await,
        )
        .await?;

    let query = users.clone().with(User::groups.selectin());
    let form = |users: Vec<WithGroups>| {
        users.iter().map(|user| (User::clone(user), user.groups().clone())).collect::<Vec<_>>()
    };
    pairs
        .pair(
            "User::groups.selectin()",
            async || query.clone().all(db).await,
            form,
            async || groups(db).await,
        )
        .await?;

    let query = Comment::select()
        .order_by(Comment::id.asc())
        .with(Comment::post.joined().with(Post::author.joined()));
    let form = |comments: Vec<WithAuthor>| {
        let author = |comment: &WithAuthor| comment.post().author().username.clone();
        comments.iter().map(|comment| (Comment::clone(comment), author(comment))).collect::<Vec<_>>()
    };
    let code = "Comment::post.joined().with(Post::author.joined())";
    pairs.pair(code, async || query.clone().all(db).await, form, async || authors(db).await).await?;

    println!("{}", pairs.table);
    if cfg!(debug_assertions) {
        println!(
            "  The times are those of a debug build, with the database in this process: no round trip is in them.\n"
        );
    }
    Ok(())
}

/// Loader and loop, side by side.
struct Pairs<'w> {
    watch: &'w Watch,
    table: Table,
}

impl<'w> Pairs<'w> {
    fn new(watch: &'w Watch) -> Self {
        let columns = [
            Column::Text("loader"),
            Column::Number("statements"),
            Column::Number("rows"),
            Column::Time("ms"),
            Column::Number("in a loop: statements"),
            Column::Number("rows"),
            Column::Time("ms"),
        ];
        Pairs { watch, table: Table::new("", columns) }
    }

    /// Runs both and shows what was sent. `form` makes of the loaded rows what the loop gives, so that both can be compared.
    async fn pair<R, T: PartialEq>(
        &mut self,
        code: &str,
        load: impl AsyncFn() -> Result<R>,
        form: impl Fn(R) -> T,
        naive: impl AsyncFn() -> Result<T>,
    ) -> Result<()> {
        let (loaded, looped) = (self.second_run(load).await?, self.second_run(naive).await?);
        println!("  {code}");
        loaded.lines(WIDTH - 4).iter().for_each(|line| println!("    {line}"));
        println!("    instead of");
        looped.lines(WIDTH - 4).iter().for_each(|line| println!("    {line}"));
        println!();
        let figures =
            |statements: usize, rows: u64, ms: String| [statements.to_string(), rows.to_string(), ms];
        let ours = figures(loaded.statements.len(), loaded.rows, loaded.milliseconds());
        let theirs = figures(looped.statements.len(), looped.rows, looped.milliseconds());
        assert!(form(loaded.value) == looped.value, "{code} and the loop give the same");
        self.table.row([code.to_owned()].into_iter().chain(ours).chain(theirs));
        Ok(())
    }

    /// Measures the second run: the first one prepares the statements.
    async fn second_run<T>(&self, code: impl AsyncFn() -> Result<T>) -> Result<Measured<T>> {
        code().await?;
        self.watch.measure(&code).await
    }
}

async fn users(db: &Db) -> Result<Vec<User>> {
    User::select().order_by(User::id.asc()).all(db).await
}

async fn posts_of(user: &User, db: &Db) -> Result<Vec<Post>> {
    Post::select().filter(Post::author_id.eq(user.id)).order_by(Post::id.asc()).all(db).await
}

async fn posts(db: &Db) -> Result<Vec<(User, Vec<Post>)>> {
    let mut all = Vec::new();
    for user in users(db).await? {
        let posts = posts_of(&user, db).await?;
        all.push((user, posts));
    }
    Ok(all)
}

type Commented = Vec<(Post, Vec<Comment>)>;

async fn comments(db: &Db) -> Result<Vec<(User, Commented)>> {
    let mut all = Vec::new();
    for user in users(db).await? {
        let mut posts = Vec::new();
        for post in posts_of(&user, db).await? {
            let of_post = Comment::select().filter(Comment::post_id.eq(post.id));
            let comments = of_post.order_by(Comment::id.asc()).all(db).await?;
            posts.push((post, comments));
        }
        all.push((user, posts));
    }
    Ok(all)
}

async fn profiles(db: &Db) -> Result<Vec<(User, Option<Profile>)>> {
    let mut all = Vec::new();
    for user in users(db).await? {
        let profile = Profile::select().filter(Profile::user_id.eq(user.id)).optional(db).await?;
        all.push((user, profile));
    }
    Ok(all)
}

async fn groups(db: &Db) -> Result<Vec<(User, Vec<Group>)>> {
    let mut all = Vec::new();
    for user in users(db).await? {
        let mut groups = Vec::new();
        let of_user = Membership::select().filter(Membership::user_id.eq(user.id));
        for membership in of_user.order_by(Membership::group_id.asc()).all(db).await? {
            groups.push(Group::find(membership.group_id).one(db).await?);
        }
        all.push((user, groups));
    }
    Ok(all)
}

async fn authors(db: &Db) -> Result<Vec<(Comment, String)>> {
    let mut all = Vec::new();
    for comment in Comment::select().order_by(Comment::id.asc()).all(db).await? {
        let post = Post::find(comment.post_id).one(db).await?;
        let author = User::find(post.author_id).one(db).await?;
        all.push((comment, author.username));
    }
    Ok(all)
}
