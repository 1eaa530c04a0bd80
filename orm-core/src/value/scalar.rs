//! Column types of the standard library, and of `uuid`, `rust_decimal` and `serde_json`.

use super::{ArrayElement, Cell, ColumnType, Mismatch, NotNull, SqlType, Value};

/// `impl ColumnType` for a scalar type: its SQL type, how it is bound and which cells it is read from.
macro_rules! scalar {
    ($type:ty, $sql:ident, |$value:ident| $encode:expr, { $($pattern:pat $(if $guard:expr)? => $decode:expr),+ $(,)? }) => {
        #[diagnostic::do_not_recommend]
        impl ColumnType for $type {
            const TYPE: SqlType = SqlType::$sql;
            type Nullability = NotNull;
            type Plain = Self;

            fn encode(self) -> Value {
                let $value = self;
                $encode
            }

            #[inline]
            fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
                match cell {
                    $($pattern $(if $guard)? => $decode,)+
                    other => Err(Mismatch::cell::<Self>(other)),
                }
            }
        }
    };
}
#[cfg(any(feature = "time", feature = "chrono"))]
pub(super) use scalar;

/// A scalar type whose `Vec` is a PostgreSQL array.
macro_rules! element {
    ($($type:ty),+) => {
        $(impl ArrayElement for $type {
            const ELEMENT: &'static SqlType = &<$type as ColumnType>::TYPE;
        })+
    };
}
#[cfg(any(feature = "time", feature = "chrono"))]
pub(super) use element;

macro_rules! integer {
    ($type:ty, $sql:ident, $variant:ident) => {
        scalar!($type, $sql, |value| Value::$variant(value.into()), {
            Cell::Int(value) => value.try_into().map_err(|_| Mismatch::new::<$type>("an integer out of range")),
            Cell::Unsigned(value) => value.try_into().map_err(|_| Mismatch::new::<$type>("an integer out of range")),
        });
    };
}

integer!(i16, SmallInt, Int);
integer!(i32, Integer, Int);
integer!(i64, BigInt, Int);
integer!(u8, TinyUnsigned, Unsigned);
integer!(u16, SmallUnsigned, Unsigned);
integer!(u32, Unsigned, Unsigned);
integer!(u64, BigUnsigned, Unsigned);

scalar!(bool, Bool, |value| Value::Bool(value), {
    Cell::Bool(value) => Ok(value),
    Cell::Int(0) | Cell::Unsigned(0) => Ok(false),
    Cell::Int(1) | Cell::Unsigned(1) => Ok(true),
    Cell::Int(_) | Cell::Unsigned(_) => Err(Mismatch::new::<bool>("an integer other than 0 and 1")),
});

scalar!(f64, Double, |value| Value::Float(value), {
    Cell::Float(value) => Ok(value),
    // SQLite keeps a whole number of a REAL expression as an integer in places; both are exact below 2^53.
    Cell::Int(value) if value.unsigned_abs() <= 1 << 53 => Ok(value as f64),
    Cell::Numeric(bytes) => parse_numeric(bytes),
    Cell::Text(text) => text.parse().map_err(|_| Mismatch::new::<f64>("text that is not a number")),
});

scalar!(f32, Real, |value| Value::Float(value.into()), {
    Cell::Float(value) if fits_f32(value) => Ok(value as f32),
    Cell::Float(_) => Err(Mismatch::new::<f32>("a floating-point number out of range")),
    Cell::Int(value) if value.unsigned_abs() <= 1 << 24 => Ok(value as f32),
});

scalar!(String, Text, |value| Value::Text(value), {
    Cell::Text(value) => Ok(value.to_owned()),
});

scalar!(Vec<u8>, Bytes, |value| Value::Bytes(value), {
    Cell::Bytes(value) => Ok(value.to_vec()),
});

element!(bool, i16, i32, i64, f32, f64, String);

fn fits_f32(value: f64) -> bool {
    !value.is_finite() || value.abs() <= f64::from(f32::MAX)
}

fn parse_numeric(bytes: &[u8]) -> Result<f64, Mismatch> {
    numeric_text(bytes)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Mismatch::new::<f64>("a decimal number out of range"))
}

/// A decimal number in PostgreSQL's binary form, written in plain notation; `None` for NaN and the infinities.
///
/// The form: four 16-bit words (number of digits, weight of the first, sign, scale), then digits of base 10,000
/// (`src/backend/utils/adt/numeric.c`, `numeric_send`).
pub(crate) fn numeric_text(bytes: &[u8]) -> Option<String> {
    const NEGATIVE: u16 = 0x4000;
    const NOT_A_NUMBER: u16 = 0xC000;
    let mut words = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    let (count, weight) = (words.next()?, i32::from(words.next()?.cast_signed()));
    let (sign, scale) = (words.next()?, usize::from(words.next()?));
    if sign & NOT_A_NUMBER == NOT_A_NUMBER {
        return None;
    }
    let digits: Vec<u16> = words.take(count.into()).collect();
    let digit = |index: i32| usize::try_from(index).ok().and_then(|i| digits.get(i)).copied().unwrap_or(0);
    let mut text = String::new();
    if sign == NEGATIVE {
        text.push('-');
    }
    if weight < 0 {
        text.push('0');
    } else {
        text.push_str(&digit(0).to_string());
        for index in 1..=weight {
            text.push_str(&format!("{:04}", digit(index)));
        }
    }
    if scale > 0 {
        let groups = i32::try_from(scale.div_ceil(4)).ok()?;
        let fraction: String = (1..=groups).map(|group| format!("{:04}", digit(weight + group))).collect();
        text.push('.');
        text.push_str(fraction.get(..scale)?);
    }
    Some(text)
}

#[cfg(feature = "uuid")]
scalar!(uuid::Uuid, Uuid, |value| Value::Uuid(value.into_bytes()), {
    Cell::Uuid(bytes) => Ok(uuid::Uuid::from_bytes(bytes)),
    Cell::Bytes(bytes) => uuid::Uuid::from_slice(bytes).map_err(|_| Mismatch::new::<uuid::Uuid>("bytes of another length")),
    Cell::Text(text) => uuid::Uuid::parse_str(text).map_err(|_| Mismatch::new::<uuid::Uuid>("text that is not a UUID")),
});
#[cfg(feature = "uuid")]
element!(uuid::Uuid);

#[cfg(feature = "rust_decimal")]
scalar!(rust_decimal::Decimal, Decimal, |value| Value::Decimal(value.to_string()), {
    Cell::Numeric(bytes) => match small_decimal(bytes) {
        Some(value) => Ok(value),
        None => decimal(numeric_text(bytes)),
    },
    Cell::Text(text) => decimal(Some(text)),
    Cell::Int(value) => Ok(value.into()),
    Cell::Unsigned(value) => Ok(value.into()),
    // The digits that a floating-point number is good for: SQLite's sum of 0.1 and 0.2 is 0.3.
    Cell::Float(value) => {
        value.try_into().map_err(|_| Mismatch::new::<rust_decimal::Decimal>("a number that does not fit"))
    },
});
#[cfg(feature = "rust_decimal")]
element!(rust_decimal::Decimal);

#[cfg(feature = "rust_decimal")]
fn decimal(text: Option<impl AsRef<str>>) -> Result<rust_decimal::Decimal, Mismatch> {
    let exact = |text: &str| rust_decimal::Decimal::from_str_exact(text).ok();
    text.and_then(|text| exact(text.as_ref()).or_else(|| exact(without_padding(text.as_ref())?)))
        .ok_or_else(|| Mismatch::new::<rust_decimal::Decimal>("a number that does not fit"))
}

/// A number in PostgreSQL's binary form (see [`numeric_text`]) whose digits and scale all fit.
#[cfg(feature = "rust_decimal")]
fn small_decimal(bytes: &[u8]) -> Option<rust_decimal::Decimal> {
    const NEGATIVE: u16 = 0x4000;
    let (words, []) = bytes.as_chunks::<2>() else { return None };
    let (header, digits) = words.split_first_chunk::<4>()?;
    let [count, weight, sign, scale] = header.map(u16::from_be_bytes);
    let weight = i32::from(weight.cast_signed());
    if !matches!(sign, 0 | NEGATIVE) || usize::from(count) != digits.len() {
        return None;
    }
    let mut mantissa = 0_i64;
    for digit in digits {
        mantissa = mantissa.checked_mul(10_000)?.checked_add(u16::from_be_bytes(*digit).into())?;
    }
    // The last digit counts 10^-behind; `scale` says how many digits there are to be behind the point.
    let behind = 4 * (i32::from(count) - 1 - weight);
    let shift = i32::from(scale) - behind;
    let factor = 10_i64.checked_pow(shift.unsigned_abs())?;
    let mantissa = if shift < 0 { mantissa / factor } else { mantissa.checked_mul(factor)? };
    let signed = if sign == NEGATIVE { -mantissa } else { mantissa };
    rust_decimal::Decimal::try_new(signed, scale.into()).ok()
}

/// The number without the zeros that a column of fixed scale puts behind it.
#[cfg(feature = "rust_decimal")]
fn without_padding(text: &str) -> Option<&str> {
    text.contains('.').then(|| text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(feature = "json")]
scalar!(serde_json::Value, Json, |value| Value::Json(value.to_string()), {
    Cell::Json(text) | Cell::Text(text) => {
        serde_json::from_str(text).map_err(|_| Mismatch::new::<serde_json::Value>("text that is not JSON"))
    },
});
#[cfg(feature = "json")]
element!(serde_json::Value);
