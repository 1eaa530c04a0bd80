//! What every system is asked to do.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A piece of work, the same for every system. Its text form, as in `rows-100`, names it in arguments and in the JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Workload {
    /// One user by primary key, through what the library gives its users: a pool where it has one.
    One,
    /// So many users with all ten columns, in key order.
    Rows(usize),
    /// Posts filtered by a column of their own and by one of their author.
    Join,
    /// So many rows of nine given columns and a generated key, with as few statements as the library makes of them.
    Insert(usize),
    /// So many users, each with 10 posts, each with 10 comments.
    Tree(usize),
    /// How many users have an age.
    Count,
    /// Whether any user has an age.
    Exists,
    /// Two of the ten columns of 1,000 users.
    Columns,
}

/// The rows of [`Workload::Columns`].
pub const COLUMNS_ROWS: usize = 1_000;
/// What [`Workload::Join`], [`Workload::Count`] and [`Workload::Exists`] compare with.
pub const AGE: i32 = 42;
pub const SCORE: i32 = 50;

/// All workloads of a usual run, in the order of the tables.
pub const ALL: [Workload; 14] = [
    Workload::One,
    Workload::Rows(1),
    Workload::Rows(100),
    Workload::Rows(10_000),
    Workload::Join,
    Workload::Columns,
    Workload::Count,
    Workload::Exists,
    Workload::Insert(1),
    Workload::Insert(100),
    Workload::Insert(10_000),
    Workload::Tree(10),
    Workload::Tree(100),
    Workload::Tree(1_000),
];

/// What is run again with a millisecond on every round trip.
pub const DELAYED: [Workload; 3] = [Workload::One, Workload::Tree(10), Workload::Tree(100)];

/// Whether rows a second fall as the result grows.
pub const SCALE: [Workload; 4] =
    [Workload::Rows(1_000), Workload::Rows(10_000), Workload::Rows(100_000), Workload::Rows(1_000_000)];

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Workload::One => f.write_str("one"),
            Workload::Rows(n) => write!(f, "rows-{n}"),
            Workload::Join => f.write_str("join"),
            Workload::Insert(n) => write!(f, "insert-{n}"),
            Workload::Tree(n) => write!(f, "tree-{n}"),
            Workload::Count => f.write_str("count"),
            Workload::Exists => f.write_str("exists"),
            Workload::Columns => f.write_str("columns"),
        }
    }
}

impl FromStr for Workload {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, size) = match text.split_once('-') {
            Some((name, size)) => (name, Some(size.parse()?)),
            None => (text, None),
        };
        Ok(match (name, size) {
            ("one", None) => Workload::One,
            ("rows", Some(n)) => Workload::Rows(n),
            ("join", None) => Workload::Join,
            ("insert", Some(n)) => Workload::Insert(n),
            ("tree", Some(n)) => Workload::Tree(n),
            ("count", None) => Workload::Count,
            ("exists", None) => Workload::Exists,
            ("columns", None) => Workload::Columns,
            _ => return Err(format!("no workload is called {text}").into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_is_read_from_its_name() {
        for workload in ALL.into_iter().chain(SCALE) {
            assert_eq!(workload.to_string().parse::<Workload>().unwrap(), workload);
        }
        assert!("rows".parse::<Workload>().is_err());
        assert!("nothing-1".parse::<Workload>().is_err());
    }
}
