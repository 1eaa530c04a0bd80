//! A relation's name as a number, so that a type can say it: FNV-1a, the same in the derive and in `loaded!`.

/// The hash of a name.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
