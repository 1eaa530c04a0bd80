//! What a library must do to take part, and how a block of it is timed.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::data::{Entry, entry};
use crate::workload::{AGE, COLUMNS_ROWS, SCORE, Workload};
use crate::{Error, Result};

/// A library on one backend. Each method does the whole of a workload and answers with the number of rows that it got, as
/// owned values with every column; synchronous libraries work on the calling thread.
#[allow(async_fn_in_trait)]
pub trait Client: Send + Sync + 'static {
    /// Rows ready to be inserted, in the library's own type.
    type New: Send;

    /// Whether the library can do this at all.
    fn takes(&self, _workload: Workload) -> bool {
        true
    }

    /// Runs a statement without binds and without result.
    fn execute(&self, sql: &str) -> impl Future<Output = Result<()>> + Send;
    fn one(&self, id: i64) -> impl Future<Output = Result<usize>> + Send;
    /// Users up to this key, in key order.
    fn rows(&self, n: usize) -> impl Future<Output = Result<usize>> + Send;
    /// Posts of at least this score by authors of this age, in key order.
    fn join(&self, age: i32, score: i32) -> impl Future<Output = Result<usize>> + Send;
    fn prepare(&self, rows: Vec<Entry>) -> Self::New;
    fn insert(&self, rows: Self::New) -> impl Future<Output = Result<usize>> + Send;
    /// Users up to this key, in key order, with their posts and the posts' comments.
    fn tree(&self, users: i64) -> impl Future<Output = Result<usize>> + Send;
    fn count(&self, age: i32) -> impl Future<Output = Result<usize>> + Send;
    fn exists(&self, age: i32) -> impl Future<Output = Result<usize>> + Send;
    /// Key and name of the first users.
    fn columns(&self, n: usize) -> impl Future<Output = Result<usize>> + Send;
}

/// The figures of some iterations in a row.
#[derive(Debug, Default, PartialEq)]
pub struct Block {
    /// From the call to the dropped result, each iteration.
    pub walls: Vec<Duration>,
    /// CPU time of the whole process, all iterations together.
    pub cpu: Duration,
    /// Rows in the result of an iteration: what the systems must agree on.
    pub rows: usize,
}

/// Runs `iterations` of a workload in a task of the runtime, as a server's request handler would.
pub async fn block<C: Client>(
    client: Arc<C>,
    workload: Workload,
    iterations: usize,
    seed: usize,
) -> Result<Block> {
    tokio::spawn(async move {
        let inputs: Vec<_> = (seed..seed + iterations).map(|i| input(&*client, workload, i)).collect();
        let mut block = Block { walls: Vec::with_capacity(iterations), ..Block::default() };
        let before = cpu();
        for input in inputs {
            let start = Instant::now();
            block.rows = black_box(run(&*client, workload, input).await?);
            block.walls.push(start.elapsed());
        }
        block.cpu = cpu() - before;
        Ok(block)
    })
    .await?
}

/// What is different in each iteration, and made before the time is taken.
enum Input<N> {
    Nothing,
    Id(i64),
    New(N),
}

fn input<C: Client>(client: &C, workload: Workload, i: usize) -> Input<C::New> {
    match workload {
        Workload::One => Input::Id(i as i64 * 7_919 % 10_000 + 1),
        Workload::Insert(n) => Input::New(client.prepare((1..=n).map(entry).collect())),
        _ => Input::Nothing,
    }
}

async fn run<C: Client>(client: &C, workload: Workload, input: Input<C::New>) -> Result<usize> {
    match (workload, input) {
        (_, Input::Id(id)) => client.one(id).await,
        (_, Input::New(rows)) => client.insert(rows).await,
        (Workload::Rows(n), _) => client.rows(n).await,
        (Workload::Join, _) => client.join(AGE, SCORE).await,
        (Workload::Tree(users), _) => client.tree(i64::try_from(users)?).await,
        (Workload::Count, _) => client.count(AGE).await,
        (Workload::Exists, _) => client.exists(AGE).await,
        (Workload::Columns, _) => client.columns(COLUMNS_ROWS).await,
        (Workload::One | Workload::Insert(_), Input::Nothing) => Err("this takes an input".into()),
    }
}

/// The CPU time that this process has used, in all of its threads.
fn cpu() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(spent.tv_sec).unwrap_or(0), u32::try_from(spent.tv_nsec).unwrap_or(0))
}

/// For counts that a database gives as `i64`.
pub fn number(count: i64) -> Result<usize> {
    usize::try_from(count).map_err(Error::from)
}
