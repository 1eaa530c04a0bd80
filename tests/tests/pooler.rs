//! Through pgbouncer in transaction mode, which hands each transaction another session of the server and keeps no track of
//! prepared statements: no wrong answer, no error.
//!
//! Hazard 9. pgbouncer comes with `scripts/services`; where it is missing the cases are skipped, and fail where `CI` is set.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use orm_core::prelude::*;
use orm_core::{ConnectionReason, Error, Pooler, sql, sql_dynamic};
use orm_tests::{Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items")]
#[has_many(parts: Piece, key = item_id)]
struct Item {
    #[model(primary_key, generated)]
    id: i64,
    name: String,
    mood: Mood,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Mood {
    Glad,
    Sad,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "parts")]
#[belongs_to(item: Item, key = item_id)]
struct Piece {
    #[model(primary_key, generated)]
    id: i64,
    item_id: i64,
    size: i32,
}

/// A pgbouncer of its own in front of a database of its own, with three sessions of the server for all clients.
struct Bouncer {
    process: Child,
    folder: PathBuf,
    database: String,
    url: String,
}

impl Bouncer {
    /// `None` where pgbouncer is not installed.
    async fn start(bed: &Bed) -> Option<Bouncer> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
        let Some(program) = program.into_iter().find(|path| std::path::Path::new(path).exists()) else {
            assert!(std::env::var_os("CI").is_none(), "no pgbouncer: run scripts/services");
            println!("skipped: no pgbouncer is installed");
            return None;
        };
        let schema = bed.url.rsplit_once("search_path]=").unwrap().1;
        let database = format!("{schema}_pooler");
        bed.sql(format!("CREATE DATABASE {database}")).await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(&database);
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("pgbouncer.ini");
        let mut text = std::fs::File::create(&file).unwrap();
        let server = Server::of(&orm_tests::Backend::Postgres.server());
        write!(
            text,
            "[databases]\n{database} = {server} dbname={database}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
             default_pool_size = 3\nmax_client_conn = 200\n"
        )
        .unwrap();
        // It refuses to run as root.
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if is_root { Command::new("setpriv") } else { Command::new(program) };
        if is_root {
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", program]);
        }
        let process = command
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("postgres://postgres@127.0.0.1:{port}/{database}");
        Some(Bouncer { process, folder, database, url })
    }

    /// Waits until it answers.
    async fn connect(&self, url: &str) -> Db {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            match Db::builder(url).pool_size(8).max_overflow(0).pooler(Pooler::Transaction).connect().await {
                Err(Error::Connection { reason: ConnectionReason::Unreachable, .. })
                    if Instant::now() < end =>
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                db => return db.unwrap(),
            }
        }
    }

    async fn stop(mut self, bed: &Bed) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        bed.sql(format!("DROP DATABASE {} WITH (FORCE)", self.database)).await;
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where the test server is, in pgbouncer's words.
struct Server(String);

impl Server {
    fn of(url: &str) -> Server {
        let address = url.split_once("://").unwrap().1.split(['/', '?']).next().unwrap();
        let (login, host) = address.rsplit_once('@').unwrap_or(("postgres", address));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = host.split_once(':').unwrap_or((host, "5432"));
        let password = if password.is_empty() { String::new() } else { format!(" password={password}") };
        Server(format!("host={host} port={port} user={user}{password}"))
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

const TASKS: i64 = 8;
const QUERIES: i64 = 200;

async fn prepare(db: &Db) {
    sql("CREATE TYPE mood AS ENUM ('Glad', 'Sad')").exec(db).await.unwrap();
    sql("CREATE TABLE items (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text NOT NULL, mood mood NOT NULL)")
        .exec(db)
        .await
        .unwrap();
    sql("CREATE TABLE parts (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, item_id bigint NOT NULL, size int NOT NULL)")
        .exec(db)
        .await
        .unwrap();
    let items = (0..50).map(|n| NewItem {
        name: format!("item {n}"),
        mood: if n % 2 == 0 { Mood::Glad } else { Mood::Sad },
    });
    let items: Vec<Item> = Item::insert_many(items).all(db).await.unwrap();
    let parts = items.iter().flat_map(|item| (0..3).map(|size| NewPiece { item_id: item.id, size }));
    Piece::insert_many(parts).exec(db).await.unwrap();
}

/// One query of many shapes; whether its answer is right.
async fn ask(db: &Db, task: i64, number: i64) -> orm_core::Result<bool> {
    let key = (task * 31 + number * 7) % 50 + 1;
    let name = format!("item {}", key - 1);
    match number % 6 {
        0 => {
            let text = format!("SELECT {{}} + {}, {{}}", number % 20);
            let rows =
                sql_dynamic(text).bind(task).bind(name.clone()).fetch_as::<(i64, String)>().all(db).await?;
            Ok(rows == [(task + number % 20, name)])
        }
        1 => {
            let item = Item::find(key).one(db).await?;
            Ok(item.id == key && item.name == name && (item.mood == Mood::Glad) == (key % 2 == 1))
        }
        2 => {
            let item =
                Item::select().filter(Item::name.eq(name)).with(Item::parts.selectin()).one(db).await?;
            Ok(item.id == key
                && item.parts().len() == 3
                && item.parts().iter().all(|part| part.item_id == key))
        }
        3 => {
            let moods = Item::select().filter(Item::mood.eq(Mood::Sad)).count(db).await?;
            Ok(moods == 25)
        }
        4 => {
            db.transaction(async move |tx| {
                let item = Item::select().filter(Item::id.eq(key)).one(&mut *tx).await?;
                let sizes = Piece::select().filter(Piece::item_id.eq(key)).columns((Piece::size,));
                let sizes = sizes.order_by(Piece::size.asc()).all(&mut *tx).await?;
                Ok(item.name == name && sizes == [(0,), (1,), (2,)])
            })
            .await
        }
        _ => {
            let changed =
                Piece::update().set(Piece::size, 2).filter(Piece::size.eq(2)).filter(Piece::item_id.eq(key));
            Ok(changed.exec(db).await? == 1)
        }
    }
}

/// How many answers of the hard case were wrong, and how many queries failed.
async fn hard_case(db: &Db) -> (usize, Vec<Error>) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let db = db.clone();
            tokio::spawn(async move {
                let (mut wrong, mut errors) = (0, Vec::new());
                for number in 0..QUERIES {
                    match ask(&db, task, number).await {
                        Ok(true) => {}
                        Ok(false) => wrong += 1,
                        Err(error) => errors.push(error),
                    }
                }
                (wrong, errors)
            })
        })
        .collect();
    let (mut wrong, mut errors) = (0, Vec::new());
    for task in tasks {
        let (more_wrong, more_errors) = task.await.unwrap();
        wrong += more_wrong;
        errors.extend(more_errors);
    }
    (wrong, errors)
}

cases! {
    async fn many_tasks_share_few_sessions(bed: Bed) except [sqlite: "no poolers", mariadb: "no poolers", mysql: "no poolers"] {
        let Some(bouncer) = Bouncer::start(&bed).await else { return };
        // In the URL as by the builder.
        let db = bouncer.connect(&format!("{}?pooler=transaction", bouncer.url)).await;
        prepare(&db).await;
        let (wrong, errors) = hard_case(&db).await;
        assert!(wrong == 0 && errors.is_empty(), "{wrong} wrong, {} errors: {:?}", errors.len(), errors.first());
        assert_eq!(db.pool_status().failed, 0);
        // Nothing was left behind on the three sessions.
        for _ in 0..10 {
            let left = sql("SELECT count(*) FROM pg_prepared_statements").fetch_as::<(i64,)>().one(&db).await.unwrap();
            assert_eq!(left, (0,));
        }
        // A connection that idled is asked for a sign of life; pgbouncer gives it.
        let pinging = Db::builder(&bouncer.url).pooler(Pooler::Transaction).pre_ping(Duration::ZERO).connect().await.unwrap();
        for _ in 0..5 { assert_eq!(Item::select().count(&pinging).await.unwrap(), 50); }
        assert_eq!(pinging.pool_status().opened, 1);
        pinging.close().await;
        db.close().await;
        bouncer.stop(&bed).await;
    }

    async fn what_belongs_to_a_session_is_refused(bed: Bed) except [sqlite: "no poolers", mariadb: "no poolers", mysql: "no poolers"] {
        let Some(bouncer) = Bouncer::start(&bed).await else { return };
        let db = bouncer.connect(&bouncer.url).await;
        for text in [
            "SET app.tenant = '1'", "LISTEN jobs", "SELECT pg_advisory_lock(1)", "CREATE TEMP TABLE t (id int)",
            "SELECT set_config('app.tenant', '1', false)", "PREPARE p AS SELECT 1", "RESET ALL",
        ] {
            let refused = sql_dynamic(text.to_owned()).exec(&db).await;
            assert!(matches!(&refused, Err(Error::Unsupported { feature, .. }) if feature.contains("session")), "{text}: {refused:?}");
        }
        db.transaction(async |tx| {
            sql("SET LOCAL app.tenant = '7'").exec(&mut *tx).await?;
            let tenant = sql("SELECT current_setting('app.tenant')").fetch_as::<(String,)>().one(&mut *tx).await?;
            assert_eq!(tenant, ("7".to_owned(),));
            sql("SELECT pg_advisory_xact_lock(1)").exec(&mut *tx).await.map(drop)
        }).await.unwrap();
        let hook = Db::builder(&bouncer.url).pooler(Pooler::Transaction)
            .on_connect(async |mut connection| sql("SET app.tenant = '1'").exec(&mut connection).await.map(drop));
        let refused = hook.connect().await;
        assert!(matches!(&refused, Err(Error::Connection { reason: ConnectionReason::Hook, message }) if message.contains("session")), "{refused:?}");
        let options = Db::builder(&format!("{}?options[search_path]=x", bouncer.url)).pooler(Pooler::Transaction).connect().await;
        assert!(matches!(&options, Err(Error::Configuration(message)) if message.contains("`options`")), "{options:?}");
        db.close().await;
        bouncer.stop(&bed).await;
    }

    async fn other_backends_have_no_such_poolers(bed: Bed) except [postgres: "has them"] {
        let refused = Db::builder(&bed.url).pooler(Pooler::Transaction).connect().await;
        assert!(matches!(&refused, Err(Error::Configuration(message)) if message.contains("PostgreSQL")), "{refused:?}");
    }
}
