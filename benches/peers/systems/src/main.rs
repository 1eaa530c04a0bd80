//! Serves blocks of workloads with one of the libraries that can be linked together.

mod diesel_models;
mod diesel_sync;
mod diesel_tokio;
mod mysql_by_hand;
mod postgres_by_hand;
mod sea;
mod sqlite_by_hand;

use diesel::{MysqlConnection, PgConnection, SqliteConnection};
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};
use harness::Result;
use harness::args::Args;
use harness::data::Backend;
use harness::serve::{Task, runtime, serve};
use orm_benches::{by_hand, ours, prepare, raw};
use sqlx::{MySql, Postgres};

/// Backend and system, in the order of the tables.
const SYSTEMS: &str = "\
sqlite ours
sqlite raw
sqlite diesel
sqlite diesel-async
sqlite sea-orm
sqlite sqlx
sqlite rusqlite
postgres ours
postgres raw
postgres diesel
postgres diesel-async
postgres diesel-async-fast
postgres sea-orm
postgres sqlx
postgres sqlx-pool
postgres tokio-postgres
mariadb ours
mariadb raw
mariadb diesel
mariadb diesel-async
mariadb diesel-async-fast
mariadb sea-orm
mariadb sqlx
mariadb sqlx-pool
mariadb mysql_async
";

fn main() -> Result<()> {
    let mut args = Args::of_process();
    if args.flag("--systems") {
        print!("{SYSTEMS}");
        return Ok(());
    }
    let only_fill = args.flag("--prepare");
    let task = Task {
        system: args.value("--serve")?.unwrap_or_default(),
        backend: args.required("--backend")?.parse()?,
        url: args.required("--url")?,
        users: args.required("--users")?.parse()?,
        fill: args.flag("--fill"),
    };
    if only_fill { runtime()?.block_on(prepare::prepare(&task)) } else { runtime()?.block_on(run(&task)) }
}

async fn run(task: &Task) -> Result<()> {
    let url = &*task.url;
    // mysql_async, and diesel-async on it, would leave TCP for a socket in the file system, and the others behind.
    let over_tcp = format!("{url}?prefer_socket=false");
    use Backend::{Mariadb, Postgres as Pg, Sqlite};
    match (task.backend, &*task.system) {
        (backend, "ours") => serve(ours::Ours::connect(backend, url).await?, task).await,
        (backend, "sea-orm") => serve(sea::SeaOrm::connect(backend, url).await?, task).await,
        (Sqlite, "diesel") => serve(diesel_sync::Diesel::<SqliteConnection>::connect(url)?, task).await,
        (Pg, "diesel") => serve(diesel_sync::Diesel::<PgConnection>::connect(url)?, task).await,
        (Mariadb, "diesel") => serve(diesel_sync::Diesel::<MysqlConnection>::connect(url)?, task).await,
        (Sqlite, "diesel-async") => serve(diesel_tokio::Single::connect(url).await?, task).await,
        (Pg, "diesel-async" | "diesel-async-fast") => {
            let fast = task.system.ends_with("fast");
            serve(diesel_tokio::Pooled::<Pool<AsyncPgConnection>>::connect(url, fast)?, task).await
        }
        (Mariadb, "diesel-async" | "diesel-async-fast") => {
            let fast = task.system.ends_with("fast");
            serve(diesel_tokio::Pooled::<Pool<AsyncMysqlConnection>>::connect(&over_tcp, fast)?, task).await
        }
        (Sqlite, "raw") => serve(raw::sqlite::Raw::connect(url)?, task).await,
        (Pg, "raw") => serve(raw::postgres::Raw::connect(url).await?, task).await,
        (Mariadb, "raw") => serve(raw::mysql::Raw::connect(url).await?, task).await,
        (Sqlite, "sqlx") => serve(by_hand::Single::<sqlx::SqliteConnection>::connect(url).await?, task).await,
        (Pg, "sqlx") => serve(by_hand::Single::<sqlx::PgConnection>::connect(url).await?, task).await,
        (Mariadb, "sqlx") => serve(by_hand::Single::<sqlx::MySqlConnection>::connect(url).await?, task).await,
        (Pg, "sqlx-pool") => serve(by_hand::Pooled::<Postgres>::connect(url).await?, task).await,
        (Mariadb, "sqlx-pool") => serve(by_hand::Pooled::<MySql>::connect(url).await?, task).await,
        (Pg, "tokio-postgres") => serve(postgres_by_hand::TokioPostgres::connect(url).await?, task).await,
        (Mariadb, "mysql_async") => serve(mysql_by_hand::MysqlAsync::connect(&over_tcp).await?, task).await,
        (Sqlite, "rusqlite") => serve(sqlite_by_hand::Rusqlite::connect(url)?, task).await,
        (backend, system) => Err(format!("no system is called {system} on {backend}").into()),
    }
}
