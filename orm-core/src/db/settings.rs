//! The settings of a database: from the builder, from the URL, and by default.

use std::str::FromStr;
use std::time::Duration;

use crate::error::{Error, Result};

/// What stands between this program and the server, where something does. See
/// [`DbBuilder::pooler`](crate::DbBuilder::pooler).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pooler {
    /// Each transaction may get another session of the server: pgbouncer with `pool_mode = transaction`.
    Transaction,
}

impl FromStr for Pooler {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "transaction" { Ok(Pooler::Transaction) } else { Err(()) }
    }
}

/// What was asked for; `None` where nothing was.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settings {
    pub(super) pool_size: Option<usize>,
    pub(super) max_overflow: Option<usize>,
    pub(super) pool_timeout: Option<Duration>,
    pub(super) pool_recycle: Option<Duration>,
    pub(super) pre_ping: Option<Duration>,
    pub(super) min_idle: Option<usize>,
    pub(super) statement_cache: Option<usize>,
    pub(super) pooler: Option<Pooler>,
}

/// Settings that fit together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How many idle connections are kept.
    pub(super) size: usize,
    /// How many connections there may be.
    pub(super) max: usize,
    pub(super) min_idle: usize,
    pub(super) timeout: Duration,
    pub(super) recycle: Option<Duration>,
    /// How long a connection must have been idle to be pinged.
    pub(super) ping_after: Duration,
}

const COUNT: &str = "a number";
const DURATION: &str = "a time such as `30s`, `500ms`, `5m` or `1h`";

impl Settings {
    /// Takes our parameters out of a URL.
    ///
    /// # Errors
    /// [`Error::Configuration`] that names the parameter, for a value that it does not take and for an unknown parameter
    /// that starts with `pool`. The value is not in it: a URL may be misread where it holds a password.
    pub(super) fn take_from(url: &str) -> Result<(String, Settings)> {
        let mut settings = Settings::default();
        let Some((address, query)) = url.split_once('?') else { return Ok((url.to_owned(), settings)) };
        let mut others = Vec::new();
        for parameter in query.split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if !settings.take(name, value)? {
                others.push(parameter);
            }
        }
        let rest = others.join("&");
        let url = if rest.is_empty() { address.to_owned() } else { format!("{address}?{rest}") };
        Ok((url, settings))
    }

    /// Whether the parameter is ours.
    fn take(&mut self, name: &str, value: &str) -> Result<bool> {
        match name {
            "pool_size" => self.pool_size = Some(read(name, value, COUNT)?),
            "max_overflow" => self.max_overflow = Some(read(name, value, COUNT)?),
            "pool_timeout" => self.pool_timeout = Some(duration(name, value)?),
            "pool_recycle" => self.pool_recycle = Some(duration(name, value)?),
            "pre_ping" => self.pre_ping = Some(duration(name, value)?),
            "min_idle" => self.min_idle = Some(read(name, value, COUNT)?),
            "statement_cache" => self.statement_cache = Some(read(name, value, COUNT)?),
            "pooler" => self.pooler = Some(read(name, value, "`transaction`")?),
            _ if name.starts_with("pool") => {
                let known = "`pool_size`, `pool_timeout`, `pool_recycle` and `pooler`";
                return Err(Error::Configuration(format!(
                    "the URL's parameter `{name}` is unknown; those that start with `pool` are {known}"
                )));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// These settings, and where they say nothing the others.
    pub(super) fn or(self, other: Settings) -> Settings {
        Settings {
            pool_size: self.pool_size.or(other.pool_size),
            max_overflow: self.max_overflow.or(other.max_overflow),
            pool_timeout: self.pool_timeout.or(other.pool_timeout),
            pool_recycle: self.pool_recycle.or(other.pool_recycle),
            pre_ping: self.pre_ping.or(other.pre_ping),
            min_idle: self.min_idle.or(other.min_idle),
            statement_cache: self.statement_cache.or(other.statement_cache),
            pooler: self.pooler.or(other.pooler),
        }
    }

    /// The limits of the pool. A database in memory has one connection.
    ///
    /// # Errors
    /// [`Error::Configuration`] where they contradict each other.
    pub(super) fn limits(&self, in_memory: bool) -> Result<Limits> {
        let (size, overflow) = (self.pool_size.unwrap_or(5), self.max_overflow.unwrap_or(10));
        let min_idle = self.min_idle.unwrap_or(0);
        let max = size.saturating_add(overflow);
        let timeout = self.pool_timeout.unwrap_or(Duration::from_secs(30));
        let wrong = |what: &str| Err(Error::Configuration(what.to_owned()));
        if max == 0 {
            return wrong("a pool needs at least one connection: `pool_size` and `max_overflow` are both 0");
        }
        if max > tokio::sync::Semaphore::MAX_PERMITS {
            return wrong("`pool_size` and `max_overflow` are too large");
        }
        if min_idle > size {
            return wrong(
                "`min_idle` is larger than `pool_size`, which is how many idle connections are kept",
            );
        }
        if timeout.is_zero() {
            return wrong("`pool_timeout` is 0, so that no connection could ever be made");
        }
        if self.pool_recycle.is_some_and(|limit| limit.is_zero()) {
            return wrong("`pool_recycle` is 0: leave it out, and connections are never too old");
        }
        if self.statement_cache == Some(0) {
            return wrong("`statement_cache` is 0: a connection keeps one prepared statement at least");
        }
        Ok(Limits {
            size: if in_memory { 1 } else { size },
            max: if in_memory { 1 } else { max },
            min_idle: if in_memory { min_idle.min(1) } else { min_idle },
            timeout,
            recycle: self.pool_recycle,
            ping_after: self.pre_ping.unwrap_or(Duration::from_secs(30)),
        })
    }
}

fn read<T: FromStr>(name: &str, value: &str, wanted: &str) -> Result<T> {
    value.parse().map_err(|_| {
        Error::Configuration(format!("the URL's parameter `{name}` cannot be read: it wants {wanted}"))
    })
}

/// `500ms`, `30s`, `5m`, `1h`; a number alone is seconds.
fn duration(name: &str, value: &str) -> Result<Duration> {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = value.strip_suffix(unit).unwrap_or_default();
    let number: u64 = read(name, number, DURATION)?;
    let seconds = match unit {
        "ms" => return Ok(Duration::from_millis(number)),
        "" | "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3_600),
        _ => None,
    };
    match seconds {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => read::<u64>(name, "", DURATION).map(Duration::from_secs),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn our_parameters_are_taken_out_of_the_url() {
        let (url, settings) = Settings::take_from(
            "postgres://h/db?sslmode=require&pool_size=3&max_overflow=4&pool_timeout=500ms&pool_recycle=1h\
             &pre_ping=5m&min_idle=2&statement_cache=7&pooler=transaction&application_name=x",
        )
        .unwrap();
        assert_eq!(url, "postgres://h/db?sslmode=require&application_name=x");
        let limits = settings.limits(false).unwrap();
        assert_eq!((limits.size, limits.max, limits.min_idle), (3, 7, 2));
        assert_eq!(limits.timeout, Duration::from_millis(500));
        assert_eq!(limits.recycle, Some(Duration::from_secs(3_600)));
        assert_eq!(limits.ping_after, Duration::from_secs(300));
        assert_eq!((settings.statement_cache, settings.pooler), (Some(7), Some(Pooler::Transaction)));
        assert_eq!(Settings::take_from("sqlite:a.db?pool_size=1").unwrap().0, "sqlite:a.db");
        assert_eq!(Settings::take_from("sqlite:a.db").unwrap().0, "sqlite:a.db");
    }

    #[test]
    fn what_cannot_be_read_is_named_without_its_value() {
        for parameter in [
            "pool_size=canary",
            "pool_size=-1",
            "pool_size",
            "max_overflow=1.5",
            "pool_timeout=canary",
            "pool_timeout=5d",
            "pool_timeout=ms",
            "pool_recycle=99999999999999999h",
            "pre_ping=",
            "min_idle=x",
            "statement_cache=canary",
            "pooler=canary",
            "pool_sise=canary",
        ] {
            let error = Settings::take_from(&format!("postgres://h/db?{parameter}")).unwrap_err();
            let name = parameter.split('=').next().unwrap();
            assert!(matches!(error, Error::Configuration(_)), "{parameter}: {error:?}");
            assert!(error.to_string().contains(&format!("`{name}`")), "{parameter}: {error}");
            assert!(!error.to_string().contains("canary"), "{parameter}: {error}");
        }
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        for query in [
            "pool_size=0&max_overflow=0",
            "pool_size=2&min_idle=3",
            "pool_timeout=0",
            "pool_recycle=0s",
            "statement_cache=0",
            "pool_size=9223372036854775807",
        ] {
            let (_, settings) = Settings::take_from(&format!("mysql://h/db?{query}")).unwrap();
            assert!(matches!(settings.limits(false), Err(Error::Configuration(_))), "{query}");
        }
    }

    #[test]
    fn the_builder_wins_over_the_url() {
        let (_, url) = Settings::take_from("mysql://h/db?pool_size=3&max_overflow=1").unwrap();
        let builder = Settings { pool_size: Some(8), ..Settings::default() };
        let limits = builder.or(url).limits(false).unwrap();
        assert_eq!((limits.size, limits.max), (8, 9));
    }
}
