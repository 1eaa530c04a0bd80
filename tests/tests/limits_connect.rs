//! Databases that cannot be reached: an error in words, soon, and never the password.

use std::time::{Duration, Instant};

use orm_core::prelude::*;
use orm_core::{ConnectionReason, Error};
use orm_tests::Backend;

const PASSWORD: &str = "canary-p%40ss";

async fn refusal(url: &str) -> Error {
    let started = Instant::now();
    let builder = Db::builder(url).pool_timeout(Duration::from_secs(20));
    assert!(!format!("{builder:?}").contains("canary"), "{builder:?}");
    let error = builder.connect().await.err().unwrap_or_else(|| panic!("{url} connects"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("canary") && !shown.contains("p@ss"), "{shown}");
    error
}

fn reason(error: &Error) -> ConnectionReason {
    match error {
        Error::Connection { reason, .. } => *reason,
        other => panic!("{other:?}"),
    }
}

/// `user:password@host:port` in place of the server's, and this database.
fn with(server: &str, user: &str, database: &str) -> String {
    let (scheme, rest) = server.split_once("://").unwrap();
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(['/', '?']).next().unwrap();
    format!("{scheme}://{user}:{PASSWORD}@{host}/{database}")
}

async fn is_there(backend: Backend) -> bool {
    Db::connect(&backend.server()).await.is_ok()
}

#[tokio::test]
async fn a_closed_port_is_a_connection_error() {
    for url in [
        format!("postgres://x:{PASSWORD}@127.0.0.1:1/test"),
        format!("mysql://x:{PASSWORD}@127.0.0.1:1/test"),
    ] {
        let error = refusal(&url).await;
        assert!(
            matches!(&error, Error::Connection { message, .. } if message.contains("127.0.0.1")),
            "{error:?}"
        );
        assert_eq!(reason(&error), ConnectionReason::Unreachable);
    }
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_a_connection_error() {
    for scheme in ["postgres", "mysql"] {
        let error = refusal(&format!("{scheme}://x:{PASSWORD}@no-such-host.invalid/test")).await;
        assert_eq!(reason(&error), ConnectionReason::Unreachable);
    }
}

#[tokio::test]
async fn a_wrong_login_is_a_connection_error() {
    for backend in [Backend::Postgres, Backend::MariaDb] {
        if is_there(backend).await {
            let error = refusal(&with(&backend.server(), "nobody_by_this_name", "test")).await;
            assert_eq!(reason(&error), ConnectionReason::Login);
        }
    }
}

#[tokio::test]
async fn an_unknown_database_is_a_connection_error() {
    for (backend, user) in [(Backend::Postgres, "postgres"), (Backend::MariaDb, "root")] {
        if is_there(backend).await {
            let server = backend.server();
            let url = match backend {
                Backend::Postgres => with(&server, user, "no_such_database"),
                _ => format!("{}/no_such_database", server.rsplit_once('/').unwrap().0),
            };
            let error = refusal(&url).await;
            assert_eq!(reason(&error), ConnectionReason::NoDatabase);
        }
    }
}

/// Encryption is not compiled in here, so that none can be had.
#[tokio::test]
async fn encryption_that_cannot_be_had_is_an_error_at_once() {
    for (backend, demand) in [(Backend::Postgres, "sslmode=require"), (Backend::MariaDb, "ssl-mode=REQUIRED")]
    {
        if is_there(backend).await {
            let server = backend.server();
            let joint = if server.contains('?') { '&' } else { '?' };
            let error = refusal(&format!("{server}{joint}{demand}")).await;
            assert_eq!(reason(&error), ConnectionReason::Tls, "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_a_connection_error() {
    for url in [
        "sqlite:/no/such/directory/app.db",
        "sqlite:/no-such-file.db?mode=rw",
        "sqlite:/no-such-file.db?mode=ro",
    ] {
        let error = refusal(url).await;
        assert!(matches!(&error, Error::Connection { message, .. } if message.contains("/no")), "{error:?}");
    }
}

#[tokio::test]
async fn a_url_that_is_none_is_a_configuration_error() {
    for url in [
        "oracle://scott:canary@host/db",
        "canary",
        "",
        ":",
        "postgres",
        "postgres://",
        "sqlite:",
        "postgres://x:canary@[bad/db",
        "mysql://x:canary@h:99999/db",
        "sqlite:app.db?mode=strange",
        "postgres://h/db?sslmode=canary",
        "http://x:canary@h/",
    ] {
        let error = match tokio::time::timeout(
            Duration::from_secs(5),
            Db::builder(url).pool_timeout(Duration::from_secs(3)).connect(),
        )
        .await
        .unwrap()
        {
            Err(error) => error,
            Ok(_) => panic!("{url} connects"),
        };
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary"), "{url}: {shown}");
        if url != "postgres://" {
            assert!(matches!(error, Error::Configuration(_)), "{url}: {error:?}");
        }
    }
}
