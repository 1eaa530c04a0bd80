//! Errors of MariaDB and MySQL, by number (<https://mariadb.com/kb/en/mariadb-error-code-reference/>,
//! <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>).
//!
//! The names in a violation are taken from the message, for the protocol has no fields for them; values are in it too.

use sqlx::mysql::MySqlDatabaseError;

use crate::backend::failure::{broken, other, said, violation};
use crate::error::{ConnectionReason, Error, Violation};

pub(in crate::backend) fn classify(error: &MySqlDatabaseError, statement: &str) -> Error {
    by_number(error.number(), error.code() == Some("23000"), error.message(), statement)
}

/// `integrity`: whether the SQLSTATE is 23000. Only that tells MariaDB's 4025 from MySQL's.
fn by_number(number: u16, integrity: bool, message: &str, statement: &str) -> Error {
    let code = || Some(number.to_string());
    let said = || said(code(), without_values(number, message), statement);
    match number {
        1022 | 1062 | 1169 | 1586 | 1859 => Error::UniqueViolation(unique(message, statement)),
        1216 | 1217 | 1451 | 1452 | 1557 | 1761 | 1762 => {
            Error::ForeignKeyViolation(foreign_key(message, statement))
        }
        1048 | 1263 | 1364 => {
            let column = between(message, "'", "'").map(str::to_owned);
            Error::NotNullViolation(violation(None, None, column.into_iter().collect(), statement))
        }
        3819 => Error::CheckViolation(violation(None, between(message, "'", "'"), Vec::new(), statement)),
        4025 if integrity => Error::CheckViolation(check(message, statement)),
        1213 | 1614 => Error::Deadlock(said()),
        1020 => Error::Serialization(said()),
        1205 | 3572 => Error::Busy(said()),
        1317 | 1907 | 1969 | 3024 => Error::Timeout(said()),
        1051 | 1109 | 1146 => Error::MissingTable(said()),
        1054 | 1072 => Error::MissingColumn(said()),
        _ => match unreachable_because(number) {
            Some((reason, message)) => broken(reason, format!("{message} [{number}]")),
            None => other(code(), without_values(number, message), statement),
        },
    }
}

/// What keeps a connection from being made or used.
fn unreachable_because(number: u16) -> Option<(ConnectionReason, &'static str)> {
    use ConnectionReason as Reason;
    Some(match number {
        1044 | 1045 | 1130 | 1251 | 1698 | 4151 => (
            Reason::Login,
            "the server refused the login: wrong user or password, or no permission to connect",
        ),
        1049 => (Reason::NoDatabase, "the server has no such database"),
        1040 | 1203 | 1226 => (Reason::ServerFull, "the server has too many connections"),
        1129 => (Reason::Login, "the server has blocked this host after too many failed logins"),
        1047 => {
            (Reason::ServerUnavailable, "the server does not take statements (a cluster without a majority?)")
        }
        1053 => (Reason::ServerUnavailable, "the server is shutting down"),
        1153 => (Reason::Protocol, "a packet is larger than the server's `max_allowed_packet`"),
        1152 | 1154..=1161 | 1184 | 1927 | 2006 | 2013 | 4031 => (Reason::Lost, "the connection failed"),
        _ => return None,
    })
}

/// `Duplicate entry '…' for key 'users.email'`; MariaDB leaves the table out. The value may hold anything.
fn unique(message: &str, statement: &str) -> Box<Violation> {
    let key =
        message.rfind("for key '").and_then(|at| message.get(at..)).and_then(|rest| between(rest, "'", "'"));
    let (table, constraint) = match key.and_then(|key| key.split_once('.')) {
        Some((table, constraint)) => (Some(table), Some(constraint)),
        None => (None, key),
    };
    violation(table, constraint, Vec::new(), statement)
}

/// ``…(`shop`.`posts`, CONSTRAINT `posts_author` FOREIGN KEY (`author_id`, `b`) REFERENCES `users` (`id`))``
fn foreign_key(message: &str, statement: &str) -> Box<Violation> {
    let columns = between(message, "FOREIGN KEY (", ")").unwrap_or_default();
    violation(
        between(message, "`.`", "`"),
        between(message, "CONSTRAINT `", "`"),
        columns
            .split(", ")
            .map(|name| name.trim_matches('`').to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        statement,
    )
}

/// ``CONSTRAINT `grown` failed for `shop`.`users` ``; of a check on a column the constraint is `` `users`.`age` ``.
fn check(message: &str, statement: &str) -> Box<Violation> {
    let constraint = between(message, "CONSTRAINT `", "` failed").map(|name| name.replace("`.`", "."));
    let table = message.split_once(" failed for ").and_then(|(_, table)| between(table, "`.`", "`"));
    violation(table, constraint.as_deref(), Vec::new(), statement)
}

fn between<'m>(message: &'m str, before: &str, after: &str) -> Option<&'m str> {
    let (_, rest) = message.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// The message without what stands in quotes, but for the errors that quote only names and the statement.
fn without_values(number: u16, message: &str) -> String {
    const QUOTING_NAMES: [u16; 14] =
        [1051, 1054, 1060, 1064, 1072, 1091, 1109, 1136, 1146, 1149, 1264, 1265, 1305, 1406];
    if QUOTING_NAMES.contains(&number) {
        return message.to_owned();
    }
    // A value may hold quotes: from the first to the last.
    match (message.find('\''), message.rfind('\'')) {
        (Some(start), Some(end)) if start < end => {
            let (before, after) = (message.get(..start), message.get(end + 1..));
            format!("{}'…'{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_name_constraint_table_and_columns_but_no_value() {
        for (number, message, expected) in [
            (
                1062,
                "Duplicate entry 'secret' for key 'users.email'",
                "unique violation: constraint `email` of users in `S`",
            ),
            (
                1062,
                "Duplicate entry 'secret for key 'x'' for key 'email'",
                "unique violation: constraint `email` in `S`",
            ),
            (
                1452,
                "Cannot add or update a child row: a foreign key constraint fails (`shop`.`posts`, \
                 CONSTRAINT `by` FOREIGN KEY (`a`, `b`) REFERENCES `users` (`id`, `x`) ON DELETE CASCADE)",
                "foreign key violation: constraint `by` on a, b of posts in `S`",
            ),
            (1048, "Column 'email' cannot be null", "not null violation: on email in `S`"),
            (1364, "Field 'email' doesn't have a default value", "not null violation: on email in `S`"),
            (3819, "Check constraint 'grown' is violated.", "check violation: constraint `grown` in `S`"),
            (
                4025,
                "CONSTRAINT `grown` failed for `shop`.`users`",
                "check violation: constraint `grown` of users in `S`",
            ),
            (
                1366,
                "Incorrect integer value: 'se'cret' for column 'a' at row 1",
                "Incorrect integer value: '…' at row 1 [1366] in `S`",
            ),
            (
                1146,
                "Table 'shop.absent' doesn't exist",
                "the table does not exist (Table 'shop.absent' doesn't exist [1146] in `S`)",
            ),
        ] {
            assert_eq!(by_number(number, true, message, "S").to_string(), expected);
        }
    }

    #[test]
    fn what_is_about_the_connection_is_told_apart() {
        for number in [1045, 1049, 1047, 1153, 2006, 2013] {
            assert!(matches!(by_number(number, false, "", ""), Error::Connection { .. }), "{number}");
        }
        assert!(matches!(by_number(4025, false, "", ""), Error::Database(_)));
    }
}
