//! What the library is to reach against its peers, as its median over theirs.

/// A bound on the ratio of medians.
pub struct Target {
    pub backend: &'static str,
    pub workloads: &'static [&'static str],
    /// The best of these.
    pub against: &'static [&'static str],
    pub at_most: f64,
}

const fn target(
    backend: &'static str,
    workloads: &'static [&'static str],
    against: &'static [&'static str],
    at_most: f64,
) -> Target {
    Target { backend, workloads, against, at_most }
}

/// diesel-async's pool as it comes asks the server before it hands out a connection; measured against either.
const POOLS: [&[&str]; 2] = [&["diesel-async"], &["diesel-async-fast"]];

pub const TARGETS: [Target; 22] = [
    target("sqlite", &["one"], &["diesel-async", "sea-orm", "sqlx", "toasty"], 0.40),
    target("sqlite", &["rows-100", "rows-10000"], &["diesel"], 0.90),
    target("sqlite", &["rows-100", "rows-10000"], &["sea-orm"], 0.28),
    target("sqlite", &["tree-100"], &["diesel"], 0.90),
    target("sqlite", &["tree-100"], &["sea-orm"], 0.32),
    target("sqlite", &["insert-100"], &["diesel"], 0.65),
    target("postgres", &["one"], POOLS[0], 1.0),
    target("postgres", &["one"], POOLS[1], 1.0),
    target("postgres", &["one"], &["sea-orm"], 0.45),
    target("postgres", &["rows-10000"], POOLS[0], 1.05),
    target("postgres", &["rows-10000"], POOLS[1], 1.05),
    target("postgres", &["rows-10000"], &["sea-orm"], 0.62),
    target("postgres", &["tree-10", "tree-100"], POOLS[0], 1.0),
    target("postgres", &["tree-10", "tree-100"], POOLS[1], 1.0),
    target("postgres", &["tree-10", "tree-100"], &["sea-orm"], 0.58),
    target("mariadb", &["one"], POOLS[0], 1.0),
    target("mariadb", &["one"], POOLS[1], 1.0),
    target("mariadb", &["one"], &["sea-orm"], 0.45),
    target("mariadb", &["rows-10000"], POOLS[1], 0.80),
    target("mariadb", &["rows-10000"], &["sea-orm"], 0.80),
    target("mariadb", &["tree-10", "tree-100"], POOLS[1], 0.75),
    target("mariadb", &["tree-10", "tree-100"], &["sea-orm"], 0.78),
];

/// The most that the library may take over the same work done by hand, in every workload.
pub const OVERHEAD: f64 = 1.15;

/// What is used by hand: no library that makes statements or rows for its users.
pub const BY_HAND: [&str; 6] = ["raw", "sqlx", "sqlx-pool", "rusqlite", "tokio-postgres", "mysql_async"];
