//! Decimal numbers to PostgreSQL's binary form: digits of base 10,000 around the point
//! (`src/backend/utils/adt/numeric.c`, `numeric_recv`). The way back is `value::numeric_text`.

const NEGATIVE: u16 = 0x4000;

/// Writes a number in plain notation (`-12.30`); `None` where the text is none.
pub(super) fn write(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (digits, weight) = base_10000(whole, fraction);
    out.extend(u16::try_from(digits.len()).ok()?.to_be_bytes());
    out.extend(i16::try_from(weight).ok()?.to_be_bytes());
    out.extend(if negative && !digits.is_empty() { NEGATIVE } else { 0 }.to_be_bytes());
    out.extend(u16::try_from(fraction.len()).ok().filter(|scale| *scale < 0x4000)?.to_be_bytes());
    for digit in digits {
        out.extend(digit.to_be_bytes());
    }
    Some(())
}

/// The digits without zeros at either end, and the power of 10,000 that the first one counts.
fn base_10000(whole: &str, fraction: &str) -> (Vec<u16>, i64) {
    let padded = format!(
        "{}{whole}{fraction}{}",
        "0".repeat(whole.len().next_multiple_of(4) - whole.len()),
        "0".repeat(fraction.len().next_multiple_of(4) - fraction.len()),
    );
    let mut digits: Vec<u16> = padded
        .as_bytes()
        .chunks(4)
        .map(|group| group.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))
        .collect();
    let mut weight = i64::try_from(whole.len().div_ceil(4)).unwrap_or(i64::MAX) - 1;
    let leading = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..leading);
    weight -= i64::try_from(leading).unwrap_or(i64::MAX);
    while digits.last() == Some(&0) {
        digits.pop();
    }
    if digits.is_empty() { (digits, 0) } else { (digits, weight) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::value::numeric_text;

    fn there_and_back(text: &str) -> Option<String> {
        let mut bytes = Vec::new();
        write(text, &mut bytes).unwrap();
        numeric_text(&bytes)
    }

    #[test]
    fn decimals_come_back_as_they_were() {
        for text in [
            "0",
            "1",
            "-1",
            "12.30",
            "-0.0001",
            "0.00010000",
            "10000",
            "99999999.99999",
            "123456789012345678901234567890.5",
        ] {
            assert_eq!(there_and_back(text), Some(text.to_owned()));
        }
        assert_eq!(there_and_back("+007.5"), Some("7.5".to_owned()));
        assert_eq!(there_and_back("-0.00"), Some("0.00".to_owned()));
        assert_eq!(there_and_back(".5"), Some("0.5".to_owned()));
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        for text in ["", "-", ".", "1e5", "NaN", "1.2.3", "--1", " 1", "½"] {
            assert_eq!(write(text, &mut Vec::new()), None, "{text}");
        }
    }
}
