//! Every workload beside its controls: on embedded SQLite, and on PostgreSQL and MariaDB where they answer.

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use harness::client::{Client, block};
use harness::data::{self, Backend};
use harness::serve::{Task, runtime};
use harness::workload::{ALL, Workload};
use harness::{Result, place};
use orm_benches::{by_hand, ours, prepare, raw};
use tokio::runtime::Runtime;

/// A control or the library, connected to tables that are filled.
trait System {
    fn measure(&self, c: &mut Criterion, runtime: &Runtime, backend: Backend, workload: Workload);
}

struct Named<C> {
    name: &'static str,
    client: Arc<C>,
}

impl<C: Client> System for Named<C> {
    fn measure(&self, c: &mut Criterion, runtime: &Runtime, backend: Backend, workload: Workload) {
        let mut group = c.benchmark_group(format!("{backend}/{workload}"));
        if matches!(workload, Workload::Tree(1_000) | Workload::Insert(10_000)) {
            group.sampling_mode(SamplingMode::Flat);
        }
        group.bench_function(self.name, |b| {
            b.iter_custom(|iterations| {
                let iterations = usize::try_from(iterations).unwrap();
                let block = runtime.block_on(block(self.client.clone(), workload, iterations, 0)).unwrap();
                if matches!(workload, Workload::Insert(_)) {
                    runtime.block_on(self.client.execute(data::clear(backend))).unwrap();
                }
                block.walls.iter().sum()
            });
        });
        group.finish();
    }
}

fn named<C: Client>(name: &'static str, client: C) -> Box<dyn System> {
    Box::new(Named { name, client: Arc::new(client) })
}

async fn sqlite() -> Result<Vec<Box<dyn System>>> {
    let url = ":memory:";
    let ours = filled(ours::Ours::connect(Backend::Sqlite, url).await?).await?;
    let sqlx = filled(by_hand::Single::<sqlx::SqliteConnection>::connect(url).await?).await?;
    let raw = filled(raw::sqlite::Raw::connect(url)?).await?;
    Ok(vec![named("ours", ours), named("sqlx by hand", sqlx), named("raw handle", raw)])
}

async fn filled<C: Client>(client: C) -> Result<C> {
    for sql in data::fill(Backend::Sqlite, data::USERS) {
        client.execute(&sql).await?;
    }
    Ok(client)
}

async fn postgres(url: &str) -> Result<Vec<Box<dyn System>>> {
    let ours = ours::Ours::connect(Backend::Postgres, url).await?;
    let sqlx = by_hand::Single::<sqlx::PgConnection>::connect(url).await?;
    let raw = raw::postgres::Raw::connect(url).await?;
    Ok(vec![named("ours", ours), named("sqlx by hand", sqlx), named("fetch_many by hand", raw)])
}

async fn mariadb(url: &str) -> Result<Vec<Box<dyn System>>> {
    let ours = ours::Ours::connect(Backend::Mariadb, url).await?;
    let sqlx = by_hand::Single::<sqlx::MySqlConnection>::connect(url).await?;
    let raw = raw::mysql::Raw::connect(url).await?;
    Ok(vec![named("ours", ours), named("sqlx by hand", sqlx), named("fetch_many by hand", raw)])
}

/// The systems of a server, or none where it does not answer.
async fn on_server(backend: Backend) -> Option<Vec<Box<dyn System>>> {
    let url = place::server(backend, "orm_bench");
    let task = Task { system: String::new(), backend, url, users: data::USERS, fill: false };
    let connected = async {
        prepare::prepare(&task).await?;
        if backend == Backend::Postgres { postgres(&task.url).await } else { mariadb(&task.url).await }
    };
    connected.await.map_err(|error| eprintln!("skipped: {backend} does not answer: {error}")).ok()
}

fn orm(c: &mut Criterion) {
    let runtime = runtime().unwrap();
    for backend in [Backend::Sqlite, Backend::Postgres, Backend::Mariadb] {
        let systems = match backend {
            Backend::Sqlite => Some(runtime.block_on(sqlite()).unwrap()),
            Backend::Postgres | Backend::Mariadb => runtime.block_on(on_server(backend)),
        };
        for workload in ALL {
            for system in systems.iter().flatten() {
                system.measure(c, &runtime, backend, workload);
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots();
    targets = orm
}
criterion_main!(benches);
