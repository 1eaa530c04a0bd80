//! Where to measure.

use orm_proxy::Proxy;

use crate::Result;
use crate::data::Backend;

/// A database to measure on. Several can be of one backend: embedded in memory and in a file, near and far.
pub struct Place {
    /// What it is called in the tables.
    pub name: &'static str,
    pub backend: Backend,
    pub url: String,
    /// Whether each process has tables of its own there.
    pub own: bool,
    /// What stands before the server, for as long as the place is in use.
    pub proxy: Option<Proxy>,
}

/// The URL of a database on a server, found as the test suite finds it: at `ORM_TEST_POSTGRES` and `ORM_TEST_MYSQL`, else
/// on loopback.
pub fn server(backend: Backend, database: &str) -> String {
    let (variable, usual) = match backend {
        Backend::Sqlite => return ":memory:".to_owned(),
        Backend::Postgres => ("ORM_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test"),
        Backend::Mariadb => ("ORM_TEST_MYSQL", "mysql://root@127.0.0.1:3306/test"),
    };
    let url = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
    let server = url.rsplit_once('/').map_or(&*url, |(server, _)| server);
    format!("{server}/{database}")
}

/// All places, near ones first.
///
/// # Errors
/// Where no port is free for a proxy.
pub fn all() -> Result<Vec<Place>> {
    let file = std::env::temp_dir().join(format!("orm-peers-{}.sqlite", std::process::id()));
    let near = |name, backend| {
        let url = server(backend, "orm_peers");
        Place { name, backend, url, own: backend == Backend::Sqlite, proxy: None }
    };
    let mut places = vec![near("sqlite", Backend::Sqlite)];
    places.push(Place {
        name: "sqlite-file",
        url: file.display().to_string(),
        own: false,
        ..near("", Backend::Sqlite)
    });
    places.push(near("postgres", Backend::Postgres));
    places.push(near("mariadb", Backend::Mariadb));
    for (name, backend) in [("postgres-1ms", Backend::Postgres), ("mariadb-1ms", Backend::Mariadb)] {
        let place = near(name, backend);
        let proxy = Proxy::for_url(&place.url)?;
        proxy.delay(std::time::Duration::from_millis(1));
        places.push(Place { url: proxy.url(&place.url), proxy: Some(proxy), ..place });
    }
    Ok(places)
}
