//! A statement's text is spelt out once a shape: whatever the values and however many keys, the second run finds it, and
//! allocates little beside the values that it gives.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;

use orm_core::__private::spelt_statements;
use orm_core::prelude::*;
use orm_core::{Result, sql};
use orm_tests::{Backend, Bed, cases};
use tokio::sync::Mutex;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
#[has_many(posts: Post, key = author_id)]
struct User {
    #[model(primary_key)]
    id: i64,
    name: String,
    email: Option<String>,
    score: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
    author_id: i64,
    title: String,
}

/// The number is one for the whole process.
static ALONE: Mutex<()> = Mutex::const_new(());

fn user(id: i64) -> User {
    User {
        id,
        name: format!("user {id}"),
        email: (id % 2 == 0).then(|| format!("{id}@example.org")),
        score: 0,
    }
}

/// Every kind of statement, with values that follow from `n`; the number of keys does too.
async fn every_statement(db: &Db, n: i64) -> Result<()> {
    let key = n + 100;
    User::insert(user(key)).exec(db).await?;
    User::insert_many((1..=5).map(|more| user(key * 1_000 + more))).all(db).await?;
    Post::insert_many((1..=9).map(|more| Post {
        id: key * 100 + more,
        author_id: key,
        title: format!("post {more}"),
    }))
    .exec(db)
    .await?;
    User::find(key).one(db).await?;
    let named = User::select().filter(User::name.contains(format!("{n}")).and(User::score.lt(n as i32 + 1)));
    named.clone().order_by(User::score.desc()).limit(3).offset(n as u64).all(db).await?;
    named.clone().count(db).await?;
    named.clone().exists(db).await?;
    named.sum(User::score, db).await?;
    User::select().filter(User::id.in_list((0..5 + n).map(|id| id * 7))).all(db).await?;
    User::select().columns((User::id, User::score)).filter(User::posts.exists()).all(db).await?;
    // Six parents, then five: the number of keys changes, within a power of two.
    let parents = User::id.eq(key).or(User::id.ge(key * 1_000 + n - 1));
    let loads = User::select().filter(parents).with(User::posts.selectin());
    assert!(loads.all(db).await?.iter().any(|user| user.posts().len() == 9));
    Post::select().filter(Post::author_id.eq(key)).with(Post::author.joined()).all(db).await?;
    User::update().set(User::score, n as i32).filter(User::id.eq(key)).exec(db).await?;
    let changed: Vec<User> = (1..=5).map(|more| User { score: 9, ..user(key * 1_000 + more) }).collect();
    User::update_many(&changed, (User::score, User::name)).exec(db).await?;
    sql("SELECT id FROM users WHERE score = {}").bind(n as i32).fetch_as::<(i64,)>().all(db).await?;
    Post::delete().filter(Post::id.eq(key * 100 + 1)).exec(db).await?;
    Ok(())
}

cases! {
    async fn a_second_run_spells_nothing(bed: Bed) {
        let _alone = ALONE.lock().await;
        bed.create::<(User, Post)>().await;
        every_statement(&bed.db, 1).await.unwrap();
        bed.statements.clear();
        every_statement(&bed.db, 2).await.unwrap();
        let second = bed.statements.take();
        // The database of another case may be made or dropped meanwhile, by statements of their own: not in every run.
        let mut spelt = Vec::new();
        while spelt.len() < 5 && !spelt.contains(&0) {
            let before = spelt_statements();
            every_statement(&bed.db, 3 + spelt.len() as i64).await.unwrap();
            spelt.push(spelt_statements() - before);
            assert_eq!(bed.statements.take(), second, "the texts of two runs differ");
        }
        assert_eq!(spelt.last(), Some(&0), "{spelt:?}");
    }
}

/// Counts the allocations of each thread.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is handed on to the system's allocator as it came; the count is a plain number of the thread's own,
// which allocates nothing.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

async fn allocations<T>(work: impl Future<Output = Result<T>>) -> u64 {
    let before = ALLOCATIONS.get();
    let done = work.await.unwrap();
    let count = ALLOCATIONS.get() - before;
    drop(done);
    count
}

/// What the second run of one row by key and of a hundred rows allocates, on a runtime of one thread.
fn of_second_runs(bed: &Bed) -> (u64, u64) {
    let mut builder = Db::builder(&bed.url).pool_size(1).max_overflow(0);
    if bed.backend == Backend::MySql {
        builder = builder.assume_mysql();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let db = builder.connect().await.unwrap();
        db.create_tables::<(User, Post)>().await.unwrap();
        User::insert_many((1..=100).map(user)).exec(&db).await.unwrap();
        let one = |key| User::find(key).one(&db);
        let all = || User::select().all(&db);
        for _ in 0..2 {
            one(1).await.unwrap();
            all().await.unwrap();
        }
        (allocations(one(2)).await, allocations(all()).await)
    })
}

cases! {
    async fn a_second_run_allocates_little(bed: Bed) {
        let backend = bed.backend;
        let (one, hundred) = tokio::task::spawn_blocking(move || of_second_runs(&bed)).await.unwrap();
        // A row has a name, every other one an email.
        let texts = 150;
        let (most_for_one, most_per_row) = match backend {
            Backend::Sqlite => (12, 0),
            // The driver's own: a buffer and a description a row.
            Backend::Postgres => (24, 2),
            Backend::MariaDb | Backend::MySql => (70, 3),
        };
        assert!(one <= most_for_one, "{one} for one row");
        assert!(hundred <= most_for_one + texts + 10 + 100 * most_per_row, "{hundred} for a hundred rows");
    }
}
