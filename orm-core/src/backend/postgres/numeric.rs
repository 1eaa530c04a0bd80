//! Decimal numbers to PostgreSQL's binary form: digits of base 10,000 around the point
//! (`src/backend/utils/adt/numeric.c`, `numeric_recv`). The way back is `value::numeric_text`.

const NEGATIVE: u16 = 0x4000;
/// Number of digits, the power of 10,000 that the first one counts, sign, digits behind the point: 16 bits each.
const HEADER: usize = 8;

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
    let start = out.len();
    out.extend([0; HEADER]);
    let mut weight = i16::try_from(whole.len().div_ceil(4)).ok()? - 1;
    for digit in base_10000(whole, fraction) {
        // Zeros before the first digit are not written, but counted.
        if digit == 0 && out.len() == start + HEADER {
            weight = weight.checked_sub(1)?;
        } else {
            out.extend(digit.to_be_bytes());
        }
    }
    while out.len() > start + HEADER && out.ends_with(&[0, 0]) {
        out.truncate(out.len() - 2);
    }
    let count = u16::try_from((out.len() - start - HEADER) / 2).ok()?;
    let (weight, sign) = match (count, negative) {
        (0, _) => (0, 0),
        (_, false) => (weight, 0),
        (_, true) => (weight, NEGATIVE),
    };
    let scale = u16::try_from(fraction.len()).ok().filter(|scale| *scale < 0x4000)?;
    let header = [count, weight.cast_unsigned(), sign, scale].map(u16::to_be_bytes);
    out.get_mut(start..start + HEADER)?.copy_from_slice(header.as_flattened());
    Some(())
}

/// The digits from the first group of four, which is filled up with zeros in front, to the last, filled up behind.
fn base_10000(whole: &str, fraction: &str) -> impl Iterator<Item = u16> {
    let zeros = |part: &str| std::iter::repeat_n(b'0', part.len().next_multiple_of(4) - part.len());
    let mut digits = zeros(whole)
        .chain(whole.bytes())
        .chain(fraction.bytes())
        .chain(zeros(fraction))
        .map(|digit| digit - b'0');
    let add = |sum: Option<u16>, digit: u8| Some(sum.unwrap_or(0) * 10 + u16::from(digit));
    std::iter::from_fn(move || digits.by_ref().take(4).fold(None, add))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::value::numeric_text;

    #[test]
    fn zeros_at_the_ends_are_not_sent() {
        for (text, expected) in [
            ("0.00", [0, 0, 0, 2].as_slice()),
            ("-0.00", &[0, 0, 0, 2]),
            ("-10000", &[1, 1, 0x4000, 0, 1]),
            ("00012.30", &[2, 0, 0, 2, 12, 3000]),
            ("0.00005", &[1, 0xFFFE, 0, 5, 5000]),
        ] {
            let mut bytes = vec![9];
            write(text, &mut bytes).unwrap();
            let words: Vec<u16> =
                bytes[1..].chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            assert_eq!(words, expected, "{text}");
        }
    }

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
