//! Every column type through a model: stored, read back, changed, compared, sorted, and its least and greatest value found.

use orm_core::prelude::*;
use orm_tests::cases;

/// What every type must do; the values are given in ascending order. `extremes` says whether MIN and MAX are asked too.
macro_rules! column_type {
    ($name:ident, $type:ty, $values:expr $(, without [$($skip:ident),+])? $(, except [$($gap:ident: $reason:literal),+])?) => {
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "samples")]
            struct Sample {
                #[model(primary_key)]
                id: i64,
                value: $type,
                maybe: Option<$type>,
            }

            const SKIPS: &[&str] = &[$($(stringify!($skip)),+)?];

            fn asked(what: &str) -> bool {
                !SKIPS.contains(&what)
            }

            fn samples(values: &[$type]) -> Vec<Sample> {
                let sample = |(value, id): (&$type, i64)| Sample {
                    id,
                    value: value.clone(),
                    maybe: (id % 2 == 1).then(|| value.clone()),
                };
                values.iter().zip(1..).map(sample).collect()
            }

            cases! {
                async fn is_stored_and_read_back(bed: Bed) $(except [$($gap: $reason),+])? {
                    bed.create::<(Sample,)>().await;
                    let rows = samples(&$values);
                    for row in &rows {
                        assert_eq!(Sample::insert(row.clone()).one(&bed.db).await.unwrap(), *row);
                    }
                    assert_eq!(Sample::select().all(&bed.db).await.unwrap(), rows);
                    Sample::delete().all_rows().exec(&bed.db).await.unwrap();
                    assert_eq!(Sample::insert_many(rows.clone()).all(&bed.db).await.unwrap(), rows);
                    let tuples: Vec<($type, Option<$type>)> =
                        Sample::select().columns((Sample::value, Sample::maybe)).order_by(Sample::id.asc()).all(&bed.db).await.unwrap();
                    assert_eq!(tuples, rows.iter().map(|row| (row.value.clone(), row.maybe.clone())).collect::<Vec<_>>());
                }

                async fn is_changed(bed: Bed) $(except [$($gap: $reason),+])? {
                    bed.create::<(Sample,)>().await;
                    let rows = samples(&$values);
                    Sample::insert_many(rows.clone()).exec(&bed.db).await.unwrap();
                    let mut reversed = rows.clone();
                    for (row, from) in reversed.iter_mut().zip(rows.iter().rev()) {
                        row.value = from.value.clone();
                        row.maybe = row.maybe.is_none().then(|| from.value.clone());
                    }
                    let changed = Sample::update_many(&reversed, (Sample::value, Sample::maybe)).exec(&bed.db).await.unwrap();
                    assert_eq!(changed, rows.len() as u64);
                    assert_eq!(Sample::select().order_by(Sample::id.asc()).all(&bed.db).await.unwrap(), reversed);
                    for row in &rows {
                        let change = Sample::update().set(Sample::value, &row.value).set(Sample::maybe, row.maybe.clone());
                        assert_eq!(change.filter(Sample::id.eq(row.id)).exec(&bed.db).await.unwrap(), 1);
                    }
                    assert_eq!(Sample::select().order_by(Sample::id.asc()).all(&bed.db).await.unwrap(), rows);
                    Sample::update().set(Sample::maybe, None).all_rows().exec(&bed.db).await.unwrap();
                    assert_eq!(Sample::select().filter(Sample::maybe.is_null()).count(&bed.db).await.unwrap(), rows.len() as u64);
                    Sample::update().set(Sample::maybe, Sample::value).all_rows().exec(&bed.db).await.unwrap();
                    let same: Vec<Option<$type>> = Sample::select().columns(Sample::maybe).order_by(Sample::id.asc()).all(&bed.db).await.unwrap();
                    assert_eq!(same, rows.iter().map(|row| Some(row.value.clone())).collect::<Vec<_>>());
                }

                async fn is_compared(bed: Bed) $(except [$($gap: $reason),+])? {
                    bed.create::<(Sample,)>().await;
                    let values: Vec<$type> = $values.to_vec();
                    let rows = samples(&values);
                    Sample::insert_many(rows.clone()).exec(&bed.db).await.unwrap();
                    let ids = async |filter: Filter<Sample>| -> Vec<i64> {
                        Sample::select().filter(filter).columns(Sample::id).order_by(Sample::id.asc()).all(&bed.db).await.unwrap()
                    };
                    let all: Vec<i64> = rows.iter().map(|row| row.id).collect();
                    if asked("equality") {
                        for row in &rows {
                            assert_eq!(ids(Sample::value.eq(&row.value)).await, [row.id], "{row:?}");
                            assert_eq!(ids(Sample::value.in_list([&row.value])).await, [row.id], "{row:?}");
                            assert_eq!(ids(Sample::maybe.eq(row.maybe.clone())).await.contains(&row.id), true, "{row:?}");
                        }
                        assert_eq!(ids(Sample::value.in_list(&values)).await, all);
                        assert_eq!(ids(Sample::value.not_in(&values)).await, Vec::<i64>::new());
                        assert_eq!(ids(Sample::maybe.in_list(rows.iter().map(|row| row.maybe.clone()))).await, all);
                        assert_eq!(ids(Sample::value.ne(&values[0])).await, all[1..]);
                        assert_eq!(ids(Sample::value.eq(Sample::maybe)).await, all.iter().copied().filter(|id| id % 2 == 1).collect::<Vec<_>>());
                    }
                    if asked("order") {
                        for (index, row) in rows.iter().enumerate() {
                            assert_eq!(ids(Sample::value.lt(&row.value)).await, all[..index], "{row:?}");
                            assert_eq!(ids(Sample::value.ge(&row.value)).await, all[index..], "{row:?}");
                        }
                        let first = values.first().unwrap();
                        let last = values.last().unwrap();
                        assert_eq!(ids(Sample::value.between(first, last)).await, all);
                        let sorted: Vec<i64> = Sample::select().columns(Sample::id).order_by(Sample::value.desc()).all(&bed.db).await.unwrap();
                        assert_eq!(sorted, all.iter().rev().copied().collect::<Vec<_>>());
                        let nulls: Vec<Option<$type>> = Sample::select().columns(Sample::maybe).order_by(Sample::maybe.asc()).all(&bed.db).await.unwrap();
                        let given = rows.iter().filter_map(|row| row.maybe.clone()).map(Some);
                        assert_eq!(nulls, std::iter::repeat_n(None, rows.len() / 2).chain(given).collect::<Vec<_>>());
                    }
                    if asked("order") && asked("extremes") {
                        assert_eq!(Sample::select().min(Sample::value, &bed.db).await.unwrap().as_ref(), values.first());
                        assert_eq!(Sample::select().max(Sample::value, &bed.db).await.unwrap().as_ref(), values.last());
                        assert_eq!(Sample::select().min(Sample::maybe, &bed.db).await.unwrap().as_ref(), values.first());
                        let none = Sample::select().filter(Sample::maybe.is_null()).max(Sample::maybe, &bed.db).await.unwrap();
                        assert_eq!(none, None);
                    }
                }
            }
        }
    };
}

column_type!(bools, bool, [false, true]);
column_type!(i16s, i16, [i16::MIN, -1, 0, 1, i16::MAX]);
column_type!(i32s, i32, [i32::MIN, -1, 0, 1, i32::MAX]);
column_type!(i64s, i64, [i64::MIN, -1, 0, 1, i64::MAX]);
column_type!(u8s, u8, [0, 1, 127, 128, u8::MAX]);
column_type!(u16s, u16, [0, 1, 32_768, u16::MAX]);
column_type!(u32s, u32, [0, 1, 1 << 31, u32::MAX]);
column_type!(u64s, u64, [0, 1, 1 << 32, i64::MAX as u64]);
column_type!(f32s, f32, [f32::MIN, -1.5, 0.0, f32::MIN_POSITIVE, 0.1, 16_777_217.0, f32::MAX]);
column_type!(f64s, f64, [f64::MIN, -1.5, 0.0, f64::MIN_POSITIVE, 0.1, 0.1 + 0.2, 1e15 + 0.3, f64::MAX]);
column_type!(texts, String, ["", "aa", "ab", "b", "ba"].map(String::from));
column_type!(bytes, Vec<u8>, [vec![], vec![0], vec![0, 255], vec![1], vec![0xC3, 0x28], vec![255; 300]]);

mod temporal {
    pub(crate) use time::macros::{date, datetime, time};
}
use temporal::*;

column_type!(
    dates,
    time::Date,
    [
        date!(0001 - 01 - 01),
        date!(1582 - 10 - 10),
        date!(1969 - 12 - 31),
        date!(2024 - 02 - 29),
        date!(9999 - 12 - 31)
    ]
);
column_type!(
    times,
    time::Time,
    [time!(0:00), time!(0:00:00.000001), time!(12:34:56.789), time!(23:59:59.999999)]
);
column_type!(
    date_times,
    time::PrimitiveDateTime,
    [
        datetime!(0001-01-01 0:00),
        datetime!(1969-12-31 23:59:59.999999),
        datetime!(1970-01-01 0:00),
        datetime!(2024-03-31 02:30),
        datetime!(2024-03-31 02:30:00.5),
        datetime!(9999-12-31 23:59:59.999999)
    ]
);
column_type!(
    timestamps,
    time::OffsetDateTime,
    [
        datetime!(0001-01-01 0:00 UTC),
        datetime!(1969-12-31 23:59:59.999999 UTC),
        datetime!(1970-01-01 0:00 +0),
        datetime!(2024-03-31 02:30 +14),
        datetime!(2024-03-31 02:30:00.25 -12),
        datetime!(9999-12-31 23:59:59.999999 UTC)
    ]
);

fn day(year: i32, month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

column_type!(
    chrono_dates,
    chrono::NaiveDate,
    [day(1, 1, 1), day(1969, 12, 31), day(2024, 2, 29), day(9999, 12, 31)]
);
column_type!(
    chrono_times,
    chrono::NaiveTime,
    [
        chrono::NaiveTime::MIN,
        chrono::NaiveTime::from_hms_micro_opt(0, 0, 0, 1).unwrap(),
        chrono::NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()
    ]
);
column_type!(
    chrono_date_times,
    chrono::NaiveDateTime,
    [
        day(1, 1, 1).and_hms_opt(0, 0, 0).unwrap(),
        day(1969, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap(),
        day(2024, 3, 31).and_hms_opt(2, 30, 0).unwrap(),
        day(9999, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap()
    ]
);
column_type!(
    chrono_timestamps,
    chrono::DateTime<chrono::Utc>,
    [
        day(1, 1, 1).and_hms_opt(0, 0, 0).unwrap().and_utc(),
        day(1969, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap().and_utc(),
        day(2024, 10, 27).and_hms_opt(1, 30, 0).unwrap().and_utc(),
        day(9999, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap().and_utc()
    ]
);

column_type!(
    uuids,
    uuid::Uuid,
    [
        uuid::Uuid::nil(),
        uuid::Uuid::from_u128(1),
        uuid::Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8),
        uuid::Uuid::max()
    ]
);
column_type!(
    decimals,
    rust_decimal::Decimal,
    [
        "-999999999999.999",
        "-1.5",
        "-0.000000000000001",
        "0",
        "0.000000000000001",
        "0.10",
        "9",
        "10",
        "100.25",
        "999999999999999"
    ]
    .map(|text| text.parse::<rust_decimal::Decimal>().unwrap())
);
column_type!(
    long_decimals,
    rust_decimal::Decimal,
    [
        "-9999999999999999999999999999",
        "-0.0000000000000000000000000001",
        "0",
        "0.0000000000000000000000000001",
        "0.0000000000000000000000000002",
        "9999999999999999999999999998",
        "9999999999999999999999999999"
    ]
    .map(|text| text.parse::<rust_decimal::Decimal>().unwrap()),
    except [sqlite: "it compares decimals as floating-point numbers of 15 digits"]
);
column_type!(
    documents,
    serde_json::Value,
    [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!("it's \"text\" \\ with % and ü and 😀"),
        serde_json::json!([]),
        serde_json::json!({"a": [1, 2.5, null, {"b": "x"}], "z": "'"})
    ],
    without [order],
    except [mysql: "MariaDB has no CAST(.. AS JSON), which MySQL needs to compare documents"]
);

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db(rename_all = "snake_case")]
enum Colour {
    DarkBlue,
    #[db(rename = "grün")]
    Green,
    Red,
}
column_type!(text_enums, Colour, [Colour::DarkBlue, Colour::Green, Colour::Red]);

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db(integer)]
#[repr(i16)]
enum Level {
    Low = -3,
    Middle = 0,
    High = 1000,
}
column_type!(integer_enums, Level, [Level::Low, Level::Middle, Level::High]);

#[derive(DbNewtype, Debug, Clone, Copy, PartialEq)]
struct Cents(i64);
column_type!(integer_newtypes, Cents, [Cents(i64::MIN), Cents(0), Cents(i64::MAX)]);

#[derive(DbNewtype, Debug, Clone, PartialEq)]
struct Slug(String);
column_type!(text_newtypes, Slug, ["a", "b", "c"].map(|text| Slug(text.to_owned())));

macro_rules! array_type {
    ($name:ident, $type:ty, $values:expr $(, without [$skip:ident])?) => {
        column_type!(
            $name,
            Vec<$type>,
            $values $(, without [$skip])?,
            except [sqlite: "no arrays", mariadb: "no arrays", mysql: "no arrays"]
        );
    };
}

array_type!(bool_arrays, bool, [vec![], vec![false, true], vec![true]]);
array_type!(i16_arrays, i16, [vec![], vec![i16::MIN, 0], vec![i16::MAX]]);
array_type!(i32_arrays, i32, [vec![], vec![i32::MIN, 0], vec![i32::MAX]]);
array_type!(i64_arrays, i64, [vec![], vec![i64::MIN, 0], vec![i64::MAX]]);
array_type!(f32_arrays, f32, [vec![], vec![-1.5, 0.1], vec![f32::MAX]]);
array_type!(f64_arrays, f64, [vec![], vec![-1.5, 0.1], vec![f64::MAX]]);
array_type!(
    text_arrays,
    String,
    [vec![], vec![String::new(), "b".to_owned()], vec!["a,\"{}\\'ü😀".to_owned()], vec!["null".to_owned()]]
);
array_type!(date_arrays, time::Date, [vec![], vec![date!(1969 - 12 - 31)], vec![date!(2024 - 02 - 29); 3]]);
array_type!(timestamp_arrays, time::OffsetDateTime, [vec![], vec![datetime!(1969-12-31 0:00 UTC)]]);
array_type!(uuid_arrays, uuid::Uuid, [vec![], vec![uuid::Uuid::nil()], vec![uuid::Uuid::max()]]);
array_type!(
    decimal_arrays,
    rust_decimal::Decimal,
    [vec![], vec![rust_decimal::Decimal::NEGATIVE_ONE], vec![rust_decimal::Decimal::MAX]]
);
array_type!(
    document_arrays,
    serde_json::Value,
    [vec![], vec![serde_json::json!(null)], vec![serde_json::json!({"a": 1})]],
    without[order]
);
array_type!(enum_arrays, Colour, [vec![], vec![Colour::DarkBlue, Colour::Red], vec![Colour::Green]]);
