//! A database's URL, parsed: which driver, and how to connect.

#[cfg(feature = "mysql")]
use crate::dialect::Dialect;
use crate::error::{Error, Result};

use super::Driver;

const SCHEMES: &str = "`sqlite:`, `postgres:` (or `postgresql:`) and `mysql:` (or `mariadb:`)";

/// How many prepared statements a connection keeps. Texts are few (one a shape), and a cache that overflows costs a round
/// trip a statement.
const STATEMENT_CACHE: usize = 512;

/// A database to connect to. Neither `Display` nor `Debug` shows the password.
#[derive(Clone)]
pub(crate) struct Target {
    assume_mysql: bool,
    /// Whether a pooler stands between us and the server, which gives each transaction another session.
    through_pooler: bool,
    options: Options,
}

#[derive(Clone)]
enum Options {
    #[cfg(feature = "sqlite")]
    Sqlite(Box<super::sqlite::Options>),
    #[cfg(feature = "postgres")]
    Postgres(Box<sqlx::postgres::PgConnectOptions>),
    #[cfg(feature = "mysql")]
    MySql(Box<sqlx::mysql::MySqlConnectOptions>),
    #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
    None(std::convert::Infallible),
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an unknown scheme, a driver that was not compiled in, or a URL that cannot be read. No
    /// part of the URL is in the message but its scheme.
    pub(crate) fn parse(url: &str) -> Result<Target> {
        let options = match url.split_once(':') {
            Some(("sqlite", rest)) => sqlite(rest)?,
            Some(("postgres" | "postgresql", _)) => postgres(url)?,
            Some(("mysql" | "mariadb", rest)) => mysql(&format!("mysql:{rest}"))?,
            Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                return configuration(format!(
                    "there is no driver for `{scheme}:`; a URL starts with {SCHEMES}"
                ));
            }
            _ => return configuration(format!("the URL has no scheme; it starts with {SCHEMES}")),
        };
        let target = Target { options, assume_mysql: false, through_pooler: false };
        Ok(target.statement_cache(STATEMENT_CACHE))
    }

    /// Speaks to MariaDB as if it were MySQL.
    pub(crate) fn assume_mysql(mut self) -> Target {
        self.assume_mysql = true;
        self
    }

    /// Connects to a pooler that gives each transaction another session of the server.
    ///
    /// # Errors
    /// [`Error::Configuration`] where the backend has no such poolers, and where the URL sets `options`: they belong to a
    /// session, and pgbouncer refuses them.
    pub(crate) fn through_pooler(mut self) -> Result<Target> {
        self.through_pooler = true;
        match &mut self.options {
            #[cfg(feature = "postgres")]
            Options::Postgres(options) if options.get_options().is_none() => {
                **options = super::postgres::without_session(options);
                Ok(self)
            }
            #[cfg(feature = "postgres")]
            Options::Postgres(_) => configuration(
                "`options` in the URL are settings of a session, which a transaction pooler does not keep: set them by \
                 `ALTER ROLE … SET` or `ALTER DATABASE … SET`"
                    .to_owned(),
            ),
            #[allow(unreachable_patterns)] // where PostgreSQL is the only driver
            _ => configuration("`pooler=transaction` is for PostgreSQL behind pgbouncer".to_owned()),
        }
    }

    pub(crate) fn is_through_pooler(&self) -> bool {
        self.through_pooler
    }

    /// Sets how many prepared statements a connection keeps.
    pub(crate) fn statement_cache(mut self, capacity: usize) -> Target {
        match &mut self.options {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options) => options.statement_cache(capacity),
            #[cfg(feature = "postgres")]
            Options::Postgres(options) => **options = (**options).clone().statement_cache_capacity(capacity),
            #[cfg(feature = "mysql")]
            Options::MySql(options) => **options = (**options).clone().statement_cache_capacity(capacity),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Options::None(never) => match *never {},
        }
        self
    }

    /// The URL without password and parameters, for messages.
    pub(crate) fn redacted(&self) -> String {
        match &self.options {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options) => options.redacted(),
            #[cfg(feature = "postgres")]
            Options::Postgres(options) => address(
                "postgres",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database(),
            ),
            #[cfg(feature = "mysql")]
            Options::MySql(options) => address(
                "mysql",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database(),
            ),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Options::None(never) => match *never {},
        }
    }

    /// Whether the database lives in this process and ends with the target and its connections.
    pub(crate) fn is_memory(&self) -> bool {
        match &self.options {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options) => options.is_memory(),
            #[allow(unreachable_patterns)] // where SQLite is the only driver
            _ => false,
        }
    }

    /// Opens a connection and puts its session into the state that everything above relies on. No time limit: that is the
    /// pool's.
    ///
    /// # Errors
    /// [`Error::Connection`], with the target and in words: refused, wrong password, no such database.
    pub(crate) async fn connect(&self) -> Result<Driver> {
        match &self.options {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options) => {
                options.connect().await.map(|connection| Driver::Sqlite(Box::new(connection)))
            }
            #[cfg(feature = "postgres")]
            Options::Postgres(options) => {
                let connection = super::postgres::connect(options, &self.redacted()).await?;
                Ok(Driver::Postgres(connection, super::postgres::Prepare::new(self.through_pooler)))
            }
            #[cfg(feature = "mysql")]
            Options::MySql(options) => {
                let (connection, dialect) = super::mysql::connect(options, &self.redacted()).await?;
                Ok(Driver::MySql(connection, if self.assume_mysql { Dialect::MySql } else { dialect }))
            }
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Options::None(never) => match *never {},
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.redacted())
    }
}

fn configuration<T>(message: String) -> Result<T> {
    Err(Error::Configuration(message))
}

#[cfg(feature = "sqlite")]
fn sqlite(rest: &str) -> Result<Options> {
    super::sqlite::Options::parse(rest).map(|options| Options::Sqlite(Box::new(options)))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &str) -> Result<Options> {
    not_compiled("SQLite", "sqlite")
}

#[cfg(feature = "postgres")]
fn postgres(url: &str) -> Result<Options> {
    super::postgres::parse(url).map(|options| Options::Postgres(Box::new(options)))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &str) -> Result<Options> {
    not_compiled("PostgreSQL", "postgres")
}

#[cfg(feature = "mysql")]
fn mysql(url: &str) -> Result<Options> {
    super::mysql::parse(url).map(|options| Options::MySql(Box::new(options)))
}

#[cfg(not(feature = "mysql"))]
fn mysql(_: &str) -> Result<Options> {
    not_compiled("MariaDB and MySQL", "mysql")
}

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
fn not_compiled(backend: &str, feature: &str) -> Result<Options> {
    configuration(format!(
        "the driver for {backend} is not compiled in: enable the feature `{feature}` of `orm-core`"
    ))
}

/// A URL that cannot be read: the reason, without the URL, for a password may stand in any part of it.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) fn unreadable(scheme: &str) -> Error {
    Error::Configuration(format!(
        "the `{scheme}:` URL cannot be read; its form is `{scheme}://user:password@host:port/database`, with `/`, `@`, `:`, \
         `?` and `#` in a part written as `%2F`, `%40`, `%3A`, `%3F` and `%23`"
    ))
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn address(scheme: &str, user: &str, host: &str, port: u16, database: Option<&str>) -> String {
    format!("{scheme}://{user}@{host}:{port}/{}", database.unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        #[cfg(feature = "postgres")]
        never_shows(
            "postgres://ada:s3cret@localhost:1/app?application_name=x",
            "postgres://ada@localhost:1/app",
        );
        #[cfg(feature = "postgres")]
        never_shows("postgresql://ada@localhost:1/app?password=s3cret", "postgres://ada@localhost:1/app");
        #[cfg(feature = "mysql")]
        never_shows("mariadb://ada:s3cret@localhost:1/app", "mysql://ada@localhost:1/app");
        for wrong in ["postgres://ada:s3cret@local host/app", "mysql://ada:s3cret@:x/app", "oracle://s3cret"]
        {
            let error = Target::parse(wrong).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn never_shows(url: &str, shown: &str) {
        let target = Target::parse(url).unwrap();
        assert_eq!(target.to_string(), shown);
        assert_eq!(format!("{target:?}"), format!("Target({shown})"));
    }

    #[test]
    fn an_unknown_scheme_names_the_known_ones() {
        let error = Target::parse("oracle://x").unwrap_err().to_string();
        assert!(error.contains("`oracle:`") && error.contains("`postgres:`"), "{error}");
        assert!(Target::parse("app.db").unwrap_err().to_string().contains("no scheme"));
    }

    #[test]
    #[cfg(not(feature = "postgres"))]
    fn a_driver_that_is_not_compiled_in_names_its_feature() {
        let error = Target::parse("postgres://x").unwrap_err().to_string();
        assert!(error.contains("feature `postgres`"), "{error}");
    }
}
