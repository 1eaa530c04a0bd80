//! Which types take part in arithmetic, text matching and ordering.

use crate::value::{ColumnType, NotNull};

/// Types that can be added and multiplied.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "arithmetic, `sum` and `avg` are for integers, floats and decimals"
)]
pub trait Number: ColumnType {
    /// The type of a sum: `i64` for integers, `f64` for floats, decimals stay decimals.
    type Sum: ColumnType<Nullability = NotNull, Plain = Self::Sum>;
    /// The type of an average: `f64`, decimals stay decimals.
    type Average: ColumnType<Nullability = NotNull, Plain = Self::Average>;
}

macro_rules! number {
    ($($type:ty => $sum:ty, $average:ty);+ $(;)?) => {
        $(#[diagnostic::do_not_recommend]
        impl Number for $type {
            type Sum = $sum;
            type Average = $average;
        })+
    };
}

number! {
    i16 => i64, f64;
    i32 => i64, f64;
    i64 => i64, f64;
    u8 => i64, f64;
    u16 => i64, f64;
    u32 => i64, f64;
    u64 => i64, f64;
    f32 => f64, f64;
    f64 => f64, f64;
}

#[cfg(feature = "rust_decimal")]
number! { rust_decimal::Decimal => rust_decimal::Decimal, rust_decimal::Decimal }

#[diagnostic::do_not_recommend]
impl<T: Number + ColumnType<Nullability = NotNull, Plain = T>> Number for Option<T> {
    type Sum = T::Sum;
    type Average = T::Average;
}

/// Text, nullable or not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "`like`, `contains`, `starts_with`, `ends_with` and the text functions are for `String` columns"
)]
pub trait Textual: ColumnType {}

#[diagnostic::do_not_recommend]
impl Textual for String {}
#[diagnostic::do_not_recommend]
impl Textual for Option<String> {}
