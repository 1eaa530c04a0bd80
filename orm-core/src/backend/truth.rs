//! Our decoding held against sqlx's: the same value of the same row is read by both, as every Rust type that both know.
//!
//! Where both read it, they must agree. Where only one does, that is listed as a [`Gap`] with its reason, and a gap that is
//! not there fails the test too.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sqlx::{ColumnIndex, Database, Decode, Row as _, Type};

use super::testing::bind;
use super::{Driver, Row, Sink};
use crate::error::Result;
use crate::value::ColumnType;

/// A backend of sqlx whose own rows can be had from ours.
pub(super) trait Native: Database {
    fn row(row: Row<'_>) -> &Self::Row;
}

#[cfg(feature = "postgres")]
impl Native for sqlx::Postgres {
    fn row(row: Row<'_>) -> &sqlx::postgres::PgRow {
        let Row::Postgres(row, _) = row else { panic!("a row of another backend") };
        row
    }
}

#[cfg(feature = "mysql")]
impl Native for sqlx::MySql {
    fn row(row: Row<'_>) -> &sqlx::mysql::MySqlRow {
        let Row::MySql(row, _) = row else { panic!("a row of another backend") };
        row
    }
}

/// What both made of a value, in words, or `None` where it was refused; and whether that is the same.
#[derive(Debug, Clone)]
pub(super) struct Readings {
    ours: Option<String>,
    theirs: Option<String>,
    alike: bool,
}

/// The first value of a row, read by both.
fn read_by_both<DB, T>(row: Row<'_>) -> (Option<T>, Option<T>)
where
    DB: Native,
    T: ColumnType + for<'r> Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let ours = row.cell(0).and_then(<T as ColumnType>::decode).ok();
    // sqlx panics at dates that its types cannot hold.
    let theirs = catch_unwind(AssertUnwindSafe(|| DB::row(row).try_get::<T, _>(0).ok()));
    (ours, theirs.ok().flatten())
}

/// `NaN` is like `NaN`, and `1.5` like `1.50`.
fn alike<T: PartialEq + Debug>(left: &T, right: &T) -> bool {
    left == right || format!("{left:?}") == format!("{right:?}")
}

/// What both make of the first value of a row.
pub(super) fn read<DB, T>(row: Row<'_>) -> Readings
where
    DB: Native,
    T: ColumnType + PartialEq + Debug + for<'r> Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let (ours, theirs) = read_by_both::<DB, T>(row);
    let words = |value: &Option<T>| value.as_ref().map(|value| format!("{value:?}"));
    Readings { alike: alike(&ours, &theirs), ours: words(&ours), theirs: words(&theirs) }
}

/// A Rust type by name, and how both read it.
pub(super) type Reader = (&'static str, for<'r> fn(Row<'r>) -> Readings);

/// The readers of these types, and of an `Option` of each.
macro_rules! readers {
    ($backend:ty: $($type:ty),+ $(,)?) => {
        &[$(
            (stringify!($type), read::<$backend, $type> as for<'r> fn(Row<'r>) -> Readings),
            (concat!("Option<", stringify!($type), ">"), read::<$backend, Option<$type>>),
        )+]
    };
}
pub(super) use readers;

/// Reads the first value of each row as every type.
struct Readers<'a> {
    readers: &'a [Reader],
    found: Vec<(&'static str, Readings)>,
}

impl Sink for Readers<'_> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        self.found.extend(self.readers.iter().map(|(name, read)| (*name, read(row))));
        Ok(())
    }
}

/// The first values of a statement's rows, by every reader.
pub(super) async fn readings(
    driver: &mut Driver,
    readers: &[Reader],
    statement: &str,
) -> Vec<(&'static str, Readings)> {
    let mut sink = Readers { readers, found: Vec::new() };
    driver
        .fetch(&statement.into(), &[], &mut sink)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    assert!(!sink.found.is_empty(), "{statement}: no rows");
    sink.found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Only {
    Ours,
    Theirs,
}

/// Columns whose values only one of both reads, at least in part, as these Rust types or an `Option` of them.
pub(super) struct Gap {
    pub(super) only: Only,
    pub(super) columns: &'static [&'static str],
    pub(super) types: &'static [&'static str],
    pub(super) why: &'static str,
}

/// What was found out about the values of all columns.
#[derive(Default)]
pub(super) struct Findings {
    /// Where only one of both reads: who, column, Rust type.
    gaps: BTreeSet<(Only, String, String)>,
    differ: Vec<String>,
    agreed: usize,
}

impl Findings {
    pub(super) fn add(&mut self, column: &str, value: &str, found: Vec<(&'static str, Readings)>) {
        for (name, readings) in found {
            let plain = name.strip_prefix("Option<").and_then(|name| name.strip_suffix('>')).unwrap_or(name);
            let mut gap = |only| self.gaps.insert((only, column.to_owned(), plain.to_owned()));
            match (&readings.ours, &readings.theirs) {
                (None, None) => {}
                (Some(_), Some(_)) if readings.alike => self.agreed += 1,
                (Some(_), Some(_)) => self.differ.push(format!("{column} {value} as {name}: {readings:?}")),
                (Some(_), None) => drop(gap(Only::Ours)),
                (None, Some(_)) => drop(gap(Only::Theirs)),
            }
        }
    }

    /// Holds what was found against the list: no value that is read in two ways, no gap too many and none too few.
    pub(super) fn check(&self, listed: &[Gap]) {
        assert!(self.differ.is_empty() && self.agreed > 0, "{} agree, not {:#?}", self.agreed, self.differ);
        let mut expected = BTreeSet::new();
        for Gap { only, columns, types, why } in listed {
            let pairs = columns.iter().flat_map(|column| types.iter().map(move |name| (*column, *name)));
            for (column, name) in pairs {
                let new = expected.insert((*only, column.to_owned(), name.to_owned()));
                assert!(new && !why.is_empty(), "listed twice: {only:?} {column} as {name}");
            }
        }
        let unlisted = by_column(self.gaps.difference(&expected));
        let absent = by_column(expected.difference(&self.gaps));
        assert!(
            unlisted.is_empty() && absent.is_empty(),
            "not listed: {unlisted:#?}\nnot there: {absent:#?}"
        );
    }
}

/// The Rust types of each column, for messages.
fn by_column<'g>(gaps: impl Iterator<Item = &'g (Only, String, String)>) -> BTreeMap<(String, Only), String> {
    let mut columns = BTreeMap::<_, String>::new();
    for (only, column, name) in gaps {
        let types = columns.entry((column.clone(), *only)).or_default();
        types.push_str(name);
        types.push_str(", ");
    }
    columns
}

/// Compares the one row of a result with what was sent.
struct Sent<DB, T> {
    sent: T,
    wrong: Option<String>,
    backend: PhantomData<fn() -> DB>,
}

impl<DB, T> Sink for Sent<DB, T>
where
    DB: Native,
    T: ColumnType + PartialEq + Debug + for<'r> Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        let read = read_by_both::<DB, T>(row);
        let is_sent = |value: &Option<T>| value.as_ref().is_some_and(|value| alike(value, &self.sent));
        self.wrong = (!is_sent(&read.0) || !is_sent(&read.1)).then(|| format!("{read:?}"));
        Ok(())
    }
}

/// Sends random values by `store` (where that is another statement than `load`), reads them by `load`, and expects that
/// both decoders give them back.
pub(super) fn come_back<DB, T>(
    runtime: &tokio::runtime::Runtime,
    driver: &RefCell<Driver>,
    store: Option<&str>,
    load: &str,
    values: impl Strategy<Value = T>,
) where
    DB: Native,
    T: ColumnType + PartialEq + Debug + for<'r> Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let tried = TestRunner::new(config).run(&values, |value| {
        let binds = [bind(T::TYPE, value.bind())];
        let nothing = Some("no row".to_owned());
        let mut sink = Sent::<DB, T> { sent: value, wrong: nothing, backend: PhantomData };
        let mut driver = driver.borrow_mut();
        let ran = runtime.block_on(async {
            let Some(store) = store else { return driver.fetch(&load.into(), &binds, &mut sink).await };
            driver.fetch(&store.into(), &binds, &mut sink).await?;
            driver.fetch(&load.into(), &[], &mut sink).await
        });
        ran.map_err(|error| TestCaseError::fail(error.to_string()))?;
        sink.wrong.map_or(Ok(()), |wrong| Err(TestCaseError::fail(wrong)))
    });
    tried.unwrap_or_else(|error| panic!("{load}: {error}"));
}

/// Strategies for values that every server can hold.
pub(super) mod random {
    use proptest::prelude::*;

    /// Text of any characters but NUL.
    pub(in crate::backend) fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec(any::<char>(), 0..40)
            .prop_map(|characters| characters.into_iter().filter(|character| *character != '\0').collect())
    }

    pub(in crate::backend) fn bytes() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 0..60)
    }

    /// Numbers of up to 28 digits, 15 of them behind the point.
    pub(in crate::backend) fn decimal() -> impl Strategy<Value = rust_decimal::Decimal> {
        (any::<i64>(), -999_999_999_i64..1_000_000_000, 0_u32..=15).prop_map(|(low, high, scale)| {
            let mantissa = i128::from(high) * 1_000_000_000_000_000_000 + i128::from(low);
            rust_decimal::Decimal::from_i128_with_scale(mantissa, scale)
        })
    }

    pub(in crate::backend) fn date() -> impl Strategy<Value = time::Date> {
        // From the year 1000, where MariaDB's range begins, to the year 9999.
        (2_086_303_i32..=5_373_484).prop_map(|day| time::Date::from_julian_day(day).unwrap())
    }

    pub(in crate::backend) fn clock() -> impl Strategy<Value = time::Time> {
        (0_i64..86_400_000_000).prop_map(|micros| time::Time::MIDNIGHT + time::Duration::microseconds(micros))
    }

    pub(in crate::backend) fn date_time() -> impl Strategy<Value = time::PrimitiveDateTime> {
        (date(), clock()).prop_map(|(date, clock)| time::PrimitiveDateTime::new(date, clock))
    }

    /// Within the range of MariaDB's TIMESTAMP.
    pub(in crate::backend) fn timestamp() -> impl Strategy<Value = time::OffsetDateTime> {
        (1_i64..2_147_483_647_000_000).prop_map(|micros| {
            time::OffsetDateTime::UNIX_EPOCH
                + time::Duration::seconds(1)
                + time::Duration::microseconds(micros - 1)
        })
    }

    pub(in crate::backend) fn chrono_date_time() -> impl Strategy<Value = chrono::NaiveDateTime> {
        (-30_610_224_000_000_000_i64..253_402_300_800_000_000)
            .prop_map(|micros| chrono::DateTime::from_timestamp_micros(micros).unwrap().naive_utc())
    }

    pub(in crate::backend) fn uuid() -> impl Strategy<Value = uuid::Uuid> {
        any::<[u8; 16]>().prop_map(uuid::Uuid::from_bytes)
    }

    pub(in crate::backend) fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            text().prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::btree_map(text(), inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
