//! A database of its own for one run of one case.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use orm_core::{Db, Dialect, Tables, sql_dynamic};

use crate::Statements;

/// A backend of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite in memory
    Sqlite,
    /// PostgreSQL
    Postgres,
    /// MariaDB
    MariaDb,
    /// MariaDB, spoken to as if it were MySQL
    MySql,
}

/// A database that is empty at the start of the case and gone at its end.
pub struct Bed {
    /// The database.
    pub db: Db,
    /// Its backend.
    pub backend: Backend,
    /// Its URL.
    pub url: String,
    /// What was sent to it.
    pub statements: Statements,
}

impl Backend {
    /// The name that a case's list of gaps uses.
    fn name(self) -> &'static str {
        match self {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
            Backend::MariaDb => "mariadb",
            Backend::MySql => "mysql",
        }
    }

    /// The server's URL: from the environment, else the usual local address.
    pub fn server(self) -> String {
        let (variable, usual) = match self {
            Backend::Sqlite => return "sqlite::memory:".to_owned(),
            Backend::Postgres => ("ORM_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test"),
            Backend::MariaDb | Backend::MySql => ("ORM_TEST_MYSQL", "mysql://root@127.0.0.1:3306/test"),
        };
        std::env::var(variable).unwrap_or_else(|_| usual.to_owned())
    }

    /// The URL of a database (or schema) of this name on the server.
    fn url(self, name: &str) -> String {
        let server = self.server();
        match self {
            Backend::Sqlite => server,
            Backend::Postgres => {
                let joint = if server.contains('?') { '&' } else { '?' };
                format!("{server}{joint}options[search_path]={name}")
            }
            Backend::MariaDb | Backend::MySql => match server.rsplit_once('/') {
                Some((host, _)) => format!("{host}/{name}"),
                None => server,
            },
        }
    }
}

impl Bed {
    /// Runs a case on a backend.
    ///
    /// # Panics
    /// Where the case fails, and where the backend is not there while `CI` is set.
    pub fn run<F, Fut>(backend: Backend, case: &str, gaps: &[(&str, &str)], body: F)
    where
        F: FnOnce(Bed) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        if let Some((_, reason)) = gaps.iter().find(|(gap, _)| *gap == backend.name()) {
            println!("{case} leaves out {}: {reason}", backend.name());
            return;
        }
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            let admin =
                match Db::builder(&backend.server()).pool_timeout(Duration::from_secs(10)).connect().await {
                    Ok(admin) => admin,
                    Err(error) if std::env::var_os("CI").is_none() => {
                        println!("{case} is skipped: no {} at the test URL ({error})", backend.name());
                        return;
                    }
                    Err(error) => panic!("no {} for the tests: {error}", backend.name()),
                };
            let name = database_name();
            create(&admin, backend, &name).await;
            let url = backend.url(&name);
            let outcome = tokio::spawn(async move {
                let bed = Bed::open(backend, url).await;
                body(bed).await;
            })
            .await;
            drop_database(&admin, backend, &name).await;
            if let Err(failure) = outcome {
                std::panic::resume_unwind(failure.into_panic());
            }
        });
    }

    async fn open(backend: Backend, url: String) -> Bed {
        let mut builder = Db::builder(&url).pool_size(4).max_overflow(0);
        if backend == Backend::MySql {
            builder = builder.assume_mysql();
        }
        let db = builder.connect().await.unwrap();
        let statements = Statements::of(&db);
        Bed { db, backend, url, statements }
    }

    /// Creates the tables of these models.
    pub async fn create<T: Tables>(&self) {
        self.db.create_tables::<T>().await.unwrap();
        self.statements.clear();
    }

    /// Runs SQL of the case's own.
    pub async fn sql(&self, text: impl Into<String>) {
        let text = text.into();
        sql_dynamic(text.clone()).exec(&self.db).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// The dialect that the library speaks to the database.
    pub fn dialect(&self) -> Dialect {
        self.db.dialect()
    }
}

/// A name that no other case of this or another run has.
fn database_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos() % 1_000_000_000);
    format!("orm_test_{}_{}_{now}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn create(admin: &Db, backend: Backend, name: &str) {
    let text = match backend {
        Backend::Sqlite => return,
        Backend::Postgres => format!("CREATE SCHEMA {name}"),
        Backend::MariaDb | Backend::MySql => format!("CREATE DATABASE {name} DEFAULT CHARACTER SET utf8mb4"),
    };
    sql_dynamic(text).exec(admin).await.unwrap();
}

async fn drop_database(admin: &Db, backend: Backend, name: &str) {
    let text = match backend {
        Backend::Sqlite => return,
        Backend::Postgres => format!("DROP SCHEMA IF EXISTS {name} CASCADE"),
        Backend::MariaDb | Backend::MySql => format!("DROP DATABASE IF EXISTS {name}"),
    };
    if let Err(error) = sql_dynamic(text).exec(admin).await {
        println!("{name} could not be dropped: {error}");
    }
}
