//! The suite's harness: every case is written once and runs on each backend, in a database of its own.
//!
//! A backend's URL comes from the environment (`ORM_TEST_POSTGRES`, `ORM_TEST_MYSQL`), else from the usual local address.
//! A backend that is not there is skipped in words, and fails the case where `CI` is set.

mod bed;
mod dice;
pub mod models;
mod private;
mod statements;

pub use bed::{Backend, Bed};
pub use dice::Dice;
pub use private::PrivateServer;
pub use statements::Statements;

/// Writes a case once and runs it on every backend: SQLite, PostgreSQL, MariaDB, and MariaDB taken for a MySQL server, which
/// has neither RETURNING nor LATERAL. `except` lists the backends that a case leaves out, each with the reason.
///
/// ```text
/// cases! {
///     async fn a_row_is_found_by_its_key(bed: Bed) { … }
///     async fn an_array_round_trips(bed: Bed) except [sqlite: "no arrays", mariadb: "no arrays", mysql: "no arrays"] { … }
/// }
/// ```
#[macro_export]
macro_rules! cases {
    ($($(#[$attribute:meta])* async fn $name:ident($bed:ident: Bed) $(except [$($gap:ident: $reason:literal),+ $(,)?])? $body:block)+) => {
        $($(#[$attribute])* mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn case($bed: $crate::Bed) $body

            const GAPS: &[(&str, &str)] = &[$($((stringify!($gap), $reason)),+)?];

            #[test]
            fn sqlite() {
                $crate::Bed::run($crate::Backend::Sqlite, stringify!($name), GAPS, case);
            }

            #[test]
            fn postgres() {
                $crate::Bed::run($crate::Backend::Postgres, stringify!($name), GAPS, case);
            }

            #[test]
            fn mariadb() {
                $crate::Bed::run($crate::Backend::MariaDb, stringify!($name), GAPS, case);
            }

            #[test]
            fn mysql() {
                $crate::Bed::run($crate::Backend::MySql, stringify!($name), GAPS, case);
            }
        })+
    };
}
