//! Which SQL of the user's own may change what the next borrower of the connection finds.
//!
//! The rule errs towards "may": that costs a new connection, the other mistake hands one user's settings to another. It
//! reads words wherever they stand, in quotes too. What it cannot see is what a function or trigger of the user's own
//! does inside.

use crate::dialect::Dialect;

/// Statements that change data, tables or nothing; all others may change the session.
const HARMLESS: [&str; 26] = [
    "SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "EXPLAIN", "SHOW",
    "DESCRIBE", "DESC", "CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "COMMENT", "GRANT", "REVOKE",
    "ANALYZE", "VACUUM", "REINDEX", "REFRESH", "OPTIMIZE",
];

/// Words that make a harmless statement one that changes the session, wherever they stand.
const TELLING: [&str; 7] =
    ["TEMP", "TEMPORARY", "PG_TEMP", "SET_CONFIG", "SETSEED", "GET_LOCK", "LOAD_EXTENSION"];

/// PRAGMAs that take an argument and only read.
const READING: [&str; 10] = [
    "TABLE_INFO",
    "TABLE_XINFO",
    "TABLE_LIST",
    "INDEX_LIST",
    "INDEX_INFO",
    "INDEX_XINFO",
    "FOREIGN_KEY_LIST",
    "FOREIGN_KEY_CHECK",
    "INTEGRITY_CHECK",
    "QUICK_CHECK",
];

/// Whether the statement may leave a setting, a lock, a variable or a temporary table behind.
pub(super) fn may_change(text: &str, dialect: Dialect) -> bool {
    let upper = text.to_ascii_uppercase();
    let mut words = upper.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match (first, dialect) {
        ("PRAGMA", Dialect::Sqlite) => upper.contains(['=', '(']) && !READING.contains(&second),
        // Of the transaction only. MariaDB and MySQL take LOCAL for SESSION and TRANSACTION for the next one.
        ("SET", Dialect::Postgres) if matches!(second, "LOCAL" | "TRANSACTION" | "CONSTRAINTS") => false,
        _ if !HARMLESS.contains(&first) => true,
        _ => {
            let telling = upper.split(|c: char| !c.is_alphanumeric() && c != '_').any(is_telling);
            telling || (dialect.is_mysql_like() && has_variable(&upper))
        }
    }
}

fn is_telling(word: &str) -> bool {
    // Advisory locks of a session; those of a transaction have `xact` in their name.
    let locks = word.starts_with("PG_ADVISORY_") || word.starts_with("PG_TRY_ADVISORY_");
    TELLING.contains(&word) || word.starts_with("DBLINK_CONNECT") || (locks && !word.contains("_XACT_"))
}

/// `@name`, which is a variable of the session; `@@name` is a setting, and only SET changes those.
fn has_variable(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        let is = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&b'@');
        is(Some(at)) && !is(at.checked_sub(1)) && !is(at.checked_add(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{MariaDb, MySql, Postgres, Sqlite};

    #[test]
    fn data_and_tables_are_no_state_of_a_session() {
        for dialect in [Sqlite, Postgres, MariaDb, MySql] {
            for text in [
                "SELECT 1",
                "  select * from users where name = {}",
                "(SELECT 1) UNION (SELECT 2)",
                "WITH x AS (SELECT 1) SELECT * FROM x",
                "INSERT INTO users (name) VALUES ({})",
                "UPDATE users SET name = {}",
                "DELETE FROM temperatures",
                "EXPLAIN SELECT 1",
                "CREATE TABLE t (set_config_at int)",
                "CREATE INDEX i ON t (a)",
                "DROP TABLE t",
            ] {
                assert!(!may_change(text, dialect), "{dialect:?}: {text}");
            }
        }
        assert!(!may_change("SET LOCAL app.tenant = '1'", Postgres));
        assert!(!may_change("SET CONSTRAINTS ALL DEFERRED", Postgres));
        assert!(!may_change("SELECT pg_advisory_xact_lock(1)", Postgres));
        assert!(!may_change("SELECT pg_try_advisory_xact_lock(1)", Postgres));
        assert!(!may_change("SELECT @@sql_mode", MariaDb));
        assert!(!may_change("SHOW VARIABLES", MySql));
        assert!(!may_change("PRAGMA table_info(users)", Sqlite));
        assert!(!may_change("PRAGMA user_version", Sqlite));
    }

    #[test]
    fn what_may_outlive_its_borrower_is_known() {
        for (dialect, text) in [
            (Postgres, "SET app.tenant = '1'"),
            (Postgres, "set session authorization ada"),
            (Postgres, "RESET ALL"),
            (Postgres, "SELECT set_config('app.tenant', '1', false)"),
            (Postgres, "SELECT pg_catalog.\"set_config\"('app.tenant', '1', false)"),
            (Postgres, "SELECT pg_advisory_lock(1)"),
            (Postgres, "SELECT pg_try_advisory_lock_shared(1)"),
            (Postgres, "CREATE TEMP TABLE t (id int)"),
            (Postgres, "CREATE LOCAL TEMPORARY TABLE t (id int)"),
            (Postgres, "SELECT 1 INTO TEMP t"),
            (Postgres, "CREATE TABLE pg_temp.t (id int)"),
            (Postgres, "LISTEN jobs"),
            (Postgres, "DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
            (Postgres, "PREPARE p AS SELECT 1"),
            (Postgres, "DO 'BEGIN END'"),
            (Postgres, "CALL work()"),
            (Postgres, "DISCARD ALL"),
            (MariaDb, "SET @tenant = 1"),
            (MariaDb, "SELECT 1 INTO @tenant"),
            (MariaDb, "SELECT @a := 1"),
            (MySql, "SET SESSION TRANSACTION READ ONLY"),
            (MySql, "SET TRANSACTION READ ONLY"),
            (MySql, "SET LOCAL sql_mode = ''"),
            (MySql, "SELECT GET_LOCK('x', 1)"),
            (MariaDb, "LOCK TABLES t WRITE"),
            (MariaDb, "USE other"),
            (MariaDb, "CREATE TEMPORARY TABLE t (id int)"),
            (Sqlite, "PRAGMA foreign_keys = OFF"),
            (Sqlite, "PRAGMA foreign_keys(0)"),
            (Sqlite, "PRAGMA main.cache_size=1"),
            (Sqlite, "ATTACH 'x.db' AS x"),
            (Sqlite, "CREATE TEMP TABLE t (id int)"),
            (Sqlite, ""),
        ] {
            assert!(may_change(text, dialect), "{dialect:?}: {text}");
        }
    }
}
