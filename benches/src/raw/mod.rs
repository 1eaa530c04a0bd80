//! The controls: each driver used by hand, as fast as it goes. What the library takes longer than these is its own overhead.

pub mod mysql;
pub mod postgres;
pub mod sqlite;

use time::{Date, Duration, Month, PrimitiveDateTime, Time};

use harness::{Error, Result};

/// What a statement is kept under: its text, or what its text is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Fixed(&'static str),
    /// The children of so many parents.
    Children(&'static str, usize),
    /// So many rows into `entries`.
    Insert(usize),
}

impl Key {
    /// With a `?` for each value.
    fn text(self) -> String {
        use crate::plain::text;
        match self {
            Key::Fixed(sql) => sql.to_owned(),
            Key::Children(sql, keys) => format!("{sql} IN ({}) ORDER BY id", vec!["?"; keys].join(", ")),
            Key::Insert(rows) => {
                format!("{} VALUES {}", text::INSERT, vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?)"; rows].join(", "))
            }
        }
    }
}

fn civil(year: i32, month: u8, day: u8, clock: (u8, u8, u8, u32)) -> Result<PrimitiveDateTime> {
    let (hour, minute, second, micro) = clock;
    let date = Date::from_calendar_date(year, Month::try_from(month)?, day)?;
    Ok(PrimitiveDateTime::new(date, Time::from_hms_micro(hour, minute, second, micro)?))
}

/// From the microseconds since the first day of 2000.
fn since_2000(micros: i64) -> Result<PrimitiveDateTime> {
    let start = PrimitiveDateTime::new(Date::from_ordinal_date(2000, 1)?, Time::MIDNIGHT);
    start.checked_add(Duration::microseconds(micros)).ok_or_else(|| Error::from("a time out of range"))
}
