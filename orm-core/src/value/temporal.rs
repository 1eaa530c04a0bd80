//! Column types of the `time` and `chrono` crates.

#[cfg(any(feature = "time", feature = "chrono"))]
use super::{
    ArrayElement, Cell, ColumnType, Mismatch, NotNull, SqlType, Value, civil,
    scalar::{element, scalar},
};

#[cfg(any(feature = "time", feature = "chrono"))]
const OUT_OF_RANGE: &str = "a date or time out of range";
#[cfg(any(feature = "time", feature = "chrono"))]
const NOT_TEMPORAL: &str = "text that is not a date or time";

/// `impl ColumnType` for a date, time, date-time and timestamp type: from and to the counts of [`Value`].
#[cfg(any(feature = "time", feature = "chrono"))]
macro_rules! temporal {
    ($type:ty, $variant:ident, to: $to:path, from: $from:path, text: $parse:expr $(, also: $also:ident)*) => {
        scalar!($type, $variant, |value| Value::$variant($to(value)), {
            Cell::$variant(count) $(| Cell::$also(count))* => {
                $from(count).ok_or_else(|| Mismatch::new::<$type>(OUT_OF_RANGE))
            },
            Cell::Text(text) => $parse(text)
                .and_then($from)
                .ok_or_else(|| Mismatch::new::<$type>(NOT_TEMPORAL)),
        });
        element!($type);
    };
}

/// The count of a text that must not, or may, name an offset from UTC.
#[cfg(any(feature = "time", feature = "chrono"))]
fn naive(text: &str) -> Option<i64> {
    civil::parse_date_time(text).and_then(|(micros, zoned)| (!zoned).then_some(micros))
}

#[cfg(any(feature = "time", feature = "chrono"))]
fn zoned(text: &str) -> Option<i64> {
    civil::parse_date_time(text).map(|(micros, _)| micros)
}

#[cfg(feature = "time")]
mod with_time {
    use super::*;
    use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

    /// The Julian day of 1970-01-01.
    const EPOCH: i32 = 2_440_588;
    const MICROS_PER_DAY: i64 = 86_400_000_000;

    fn date_to(value: Date) -> i32 {
        value.to_julian_day() - EPOCH
    }

    fn date_from(days: i32) -> Option<Date> {
        Date::from_julian_day(days.checked_add(EPOCH)?).ok()
    }

    fn time_to(value: Time) -> i64 {
        i64::try_from((value - Time::MIDNIGHT).whole_microseconds()).unwrap_or(i64::MAX)
    }

    fn time_from(micros: i64) -> Option<Time> {
        let (hour, minute, second, micro) = super::clock(micros)?;
        Time::from_hms_micro(hour, minute, second, micro).ok()
    }

    fn date_time_to(value: PrimitiveDateTime) -> i64 {
        timestamp_to(value.assume_utc())
    }

    fn date_time_from(micros: i64) -> Option<PrimitiveDateTime> {
        let days = i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok()?;
        Some(PrimitiveDateTime::new(date_from(days)?, time_from(micros.rem_euclid(MICROS_PER_DAY))?))
    }

    fn timestamp_to(value: OffsetDateTime) -> i64 {
        i64::try_from(value.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or(i64::MAX)
    }

    fn timestamp_from(micros: i64) -> Option<OffsetDateTime> {
        date_time_from(micros).map(|naive| naive.assume_offset(UtcOffset::UTC))
    }

    temporal!(Date, Date, to: date_to, from: date_from, text: civil::parse_date);
    temporal!(Time, Time, to: time_to, from: time_from, text: civil::parse_time);
    temporal!(PrimitiveDateTime, DateTime, to: date_time_to, from: date_time_from, text: naive);
    temporal!(OffsetDateTime, Timestamp, to: timestamp_to, from: timestamp_from, text: zoned, also: DateTime);
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::*;
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

    fn date_to(value: NaiveDate) -> i32 {
        value.to_epoch_days()
    }

    fn date_from(days: i32) -> Option<NaiveDate> {
        NaiveDate::from_epoch_days(days)
    }

    fn time_to(value: NaiveTime) -> i64 {
        i64::from(value.num_seconds_from_midnight()) * 1_000_000 + i64::from(value.nanosecond() / 1_000)
    }

    fn time_from(micros: i64) -> Option<NaiveTime> {
        let (hour, minute, second, micro) = super::clock(micros)?;
        NaiveTime::from_hms_micro_opt(hour.into(), minute.into(), second.into(), micro)
    }

    fn date_time_to(value: NaiveDateTime) -> i64 {
        value.and_utc().timestamp_micros()
    }

    fn date_time_from(micros: i64) -> Option<NaiveDateTime> {
        DateTime::from_timestamp_micros(micros).map(|stamp| stamp.naive_utc())
    }

    fn timestamp_to(value: DateTime<Utc>) -> i64 {
        value.timestamp_micros()
    }

    temporal!(NaiveDate, Date, to: date_to, from: date_from, text: civil::parse_date);
    temporal!(NaiveTime, Time, to: time_to, from: time_from, text: civil::parse_time);
    temporal!(NaiveDateTime, DateTime, to: date_time_to, from: date_time_from, text: naive);
    temporal!(DateTime<Utc>, Timestamp, to: timestamp_to, from: DateTime::from_timestamp_micros, text: zoned, also: DateTime);
}

/// Hour, minute, second and microsecond of a time of day.
#[cfg(any(feature = "time", feature = "chrono"))]
fn clock(micros: i64) -> Option<(u8, u8, u8, u32)> {
    let seconds = micros.div_euclid(1_000_000);
    Some((
        u8::try_from(seconds / 3600).ok()?,
        u8::try_from(seconds / 60 % 60).ok()?,
        u8::try_from(seconds % 60).ok()?,
        u32::try_from(micros.rem_euclid(1_000_000)).ok()?,
    ))
}
