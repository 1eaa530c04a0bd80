//! Dates and times as text, the form in which SQLite keeps them and MariaDB/MySQL takes them.
//!
//! Days and dates convert by Howard Hinnant's `days_from_civil` and `civil_from_days`
//! (<https://howardhinnant.github.io/date_algorithms.html>).

use std::fmt::Write;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
pub fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).unwrap_or(i32::MAX)
}

/// Days since 1970-01-01; `None` where the calendar has no such date.
pub fn date(year: i32, month: u32, day: u32) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    (1..=last).contains(&day).then(|| days_from_civil(year, month, day))
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        i32::try_from(year).unwrap_or(i32::MAX),
        u32::try_from(month).unwrap_or(1),
        u32::try_from(day).unwrap_or(1),
    )
}

/// `2026-01-31`
pub fn format_date(days: i32) -> String {
    let mut text = String::with_capacity(DATE_TIME_LENGTH);
    write_date(days, &mut text);
    text
}

/// `13:05:00`, with six digits of a second where it is not whole.
pub fn format_time(micros: i64) -> String {
    let mut text = String::with_capacity(DATE_TIME_LENGTH);
    write_time(micros, &mut text);
    text
}

/// `2026-01-31 13:05:00`: the form of SQLite's `CURRENT_TIMESTAMP`, so that text compares in order of time.
pub fn format_date_time(micros: i64) -> String {
    let days = i32::try_from(micros.div_euclid(MICROS_PER_DAY)).unwrap_or(i32::MAX);
    let mut text = String::with_capacity(DATE_TIME_LENGTH);
    write_date(days, &mut text);
    text.push(' ');
    write_time(micros.rem_euclid(MICROS_PER_DAY), &mut text);
    text
}

/// `2026-01-31 13:05:00.250000`
const DATE_TIME_LENGTH: usize = 26;

/// Years of another length than four have a sign.
fn write_date(days: i32, text: &mut String) {
    let (year, month, day) = civil_from_days(days);
    if (0..=9999).contains(&year) {
        write_pair((year / 100).unsigned_abs(), text);
        write_pair((year % 100).unsigned_abs(), text);
    } else {
        let _ = write!(text, "{year:+05}"); // a String takes everything
    }
    text.push('-');
    write_pair(month, text);
    text.push('-');
    write_pair(day, text);
}

/// Of a time of day.
fn write_time(micros: i64, text: &mut String) {
    let (seconds, fraction) = (micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
    let small = |number: i64| u32::try_from(number).unwrap_or_default();
    let (seconds, fraction) = (small(seconds), small(fraction));
    write_pair(seconds / 3600, text);
    text.push(':');
    write_pair(seconds / 60 % 60, text);
    text.push(':');
    write_pair(seconds % 60, text);
    if fraction != 0 {
        text.push('.');
        write_pair(fraction / 10_000, text);
        write_pair(fraction / 100 % 100, text);
        write_pair(fraction % 100, text);
    }
}

/// A number below 100 with two digits. `format!` takes several times as long, and every date-time has six of them.
fn write_pair(number: u32, text: &mut String) {
    for digit in [number / 10, number % 10] {
        text.push(char::from(b'0' + (digit % 10) as u8));
    }
}

/// Days since 1970-01-01 of `2026-01-31`; `None` where the text is no date of the calendar.
pub fn parse_date(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = digits.splitn(3, '-');
    let year = sign * number::<i32>(parts.next()?)?;
    let (month, day) = (number::<u32>(parts.next()?)?, number::<u32>(parts.next()?)?);
    date(year, month, day)
}

/// Microseconds since midnight of `13:05`, `13:05:00` or `13:05:00.25`.
pub fn parse_time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (number::<i64>(parts.next()?)?, number::<i64>(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number::<i64>)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + parse_fraction(fraction)?)
}

/// Microseconds since 1970-01-01T00:00:00 of a date and time (`2026-01-31 13:05:00`, `…T13:05:00.5+01:00`, `…Z`),
/// taken to UTC where the text gives an offset, and whether it gave one.
pub fn parse_date_time(text: &str) -> Option<(i64, bool)> {
    if let Some(micros) = parse_usual(text) {
        return Some((micros, false));
    }
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, time),
        None => (text, "00:00:00"),
    };
    let (clock, offset) = split_offset(time)?;
    let micros = i64::from(parse_date(date)?) * MICROS_PER_DAY + parse_time(clock.trim_end())?;
    Some((micros - offset.unwrap_or(0) * MICROS_PER_SECOND, offset.is_some()))
}

/// The usual form, `2026-01-31 13:05:00` with or without digits of a second, without a search for its parts.
fn parse_usual(text: &str) -> Option<i64> {
    let (fixed, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let [a, b, c, d, b'-', m, n, b'-', e, f, b' ', h, i, b':', j, k, b':', s, t] = *fixed else {
        return None;
    };
    let days = date(i32::try_from(digits(&[a, b, c, d])?).ok()?, digits(&[m, n])?, digits(&[e, f])?)?;
    let (hour, minute, second) = (digits(&[h, i])?, digits(&[j, k])?, digits(&[s, t])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = match rest {
        [] => 0,
        [b'.', fraction @ ..] => parse_fraction(std::str::from_utf8(fraction).ok()?)?,
        _ => return None,
    };
    let seconds = i64::from((hour * 60 + minute) * 60 + second);
    Some(i64::from(days) * MICROS_PER_DAY + seconds * MICROS_PER_SECOND + fraction)
}

fn digits(bytes: &[u8]) -> Option<u32> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    bytes.iter().try_fold(0, |number, byte| Some(number * 10 + digit(byte)?))
}

/// Splits `13:05:00+01:00` into the clock and the offset's seconds.
fn split_offset(time: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, Some(0)));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, None)) };
    let (clock, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset.get(1..)?;
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    Some((clock, Some(sign * (number::<i64>(hours)? * 3600 + number::<i64>(minutes)? * 60))))
}

/// The microseconds of the digits after a second's point; digits past the sixth are cut.
fn parse_fraction(digits: &str) -> Option<i64> {
    let kept = digits.get(..digits.len().min(6))?;
    let scale = 10_i64.pow(6 - u32::try_from(kept.len()).ok()?);
    number::<i64>(digits.get(..digits.len().min(18))?)?;
    Some(number::<i64>(kept)? * scale)
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_form_is_read_as_any_other() {
        for seconds in (-70_000_000_000_i64..250_000_000_000).step_by(12_345_678) {
            for fraction in [0, 1, 250_000, 999_999] {
                let micros = seconds * MICROS_PER_SECOND + fraction;
                let text = format_date_time(micros);
                assert_eq!(parse_date_time(&text), Some((micros, false)), "{text}");
                assert_eq!(parse_date_time(&text.replace(' ', "T")), Some((micros, false)), "{text}");
            }
        }
        for wrong in [
            "2026-02-30 00:00:00",
            "2026-01-31 24:00:00",
            "2026-01-31 13:60:00",
            "2026-01-31 13:05:60",
            "2026-01-31 13:05:0x",
            "2026-01-31 13:05:00x",
            "2026-01-31 13:05:00.x",
            "2026-13-01 13:05:00",
        ] {
            assert_eq!(parse_date_time(wrong), None, "{wrong}");
        }
        assert_eq!(format_date(i32::MAX).chars().next(), Some('+'));
        assert_eq!(format_date(-800_000), "-0221-09-04");
    }

    #[test]
    fn dates_convert_both_ways_over_a_thousand_years() {
        for days in (-200_000..400_000).step_by(7) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
            assert_eq!(parse_date(&format_date(days)), Some(days));
        }
    }

    #[test]
    fn date_times_are_read_in_every_form_that_is_in_use() {
        let noon = i64::from(days_from_civil(2026, 1, 31)) * MICROS_PER_DAY + 12 * 3600 * MICROS_PER_SECOND;
        assert_eq!(parse_date_time("2026-01-31 12:00:00"), Some((noon, false)));
        assert_eq!(parse_date_time("2026-01-31T12:00:00Z"), Some((noon, true)));
        assert_eq!(parse_date_time("2026-01-31T13:30:00+01:30"), Some((noon, true)));
        assert_eq!(parse_date_time("2026-01-31 12:00:00.5"), Some((noon + 500_000, false)));
        assert_eq!(parse_date_time("2026-01-31"), Some((noon - 12 * 3600 * MICROS_PER_SECOND, false)));
        for wrong in ["", "2026-02-30", "2026-01-31 25:00:00", "now", "2026-01-31 12:00:00.x"] {
            assert_eq!(parse_date_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn text_of_date_times_sorts_as_time_does() {
        let micros = [-1_500_000, 0, 1, 500_000, 1_000_000, 90_000_000_000];
        let texts: Vec<String> = micros.iter().map(|m| format_date_time(*m)).collect();
        assert!(texts.is_sorted(), "{texts:?}");
        for (text, micros) in texts.iter().zip(micros) {
            assert_eq!(parse_date_time(text), Some((micros, false)));
        }
    }
}
