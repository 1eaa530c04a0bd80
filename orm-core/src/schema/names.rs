//! Names of constraints and indexes.

use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::ModelMeta;

/// The shortest limit of all backends: PostgreSQL cuts longer names silently, so that two may become one.
const MAX_NAME: usize = 63;

/// A name such as `uq_users_email`, the same on every backend; where it would be too long, cut, with a number made of the
/// whole name behind it.
pub(super) fn generated(prefix: &str, table: &str, columns: &[&str]) -> String {
    let name = format!("{prefix}_{table}_{}", columns.join("_"));
    if name.len() <= MAX_NAME {
        return name;
    }
    let tail = format!("_{:08x}", checksum(&name));
    let mut kept = MAX_NAME - tail.len();
    while !name.is_char_boundary(kept) {
        kept -= 1;
    }
    format!("{}{tail}", name.get(..kept).unwrap_or_default())
}

/// FNV-1a over the bytes, folded to 32 bits: stable across versions, which a `Hasher` of the standard library is not.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The quoted name.
pub(super) fn quoted(name: &str, dialect: Dialect) -> Result<String> {
    let mut out = String::new();
    dialect.quote(name, &mut out)?;
    Ok(out)
}

/// The quoted names, with commas between.
pub(super) fn list(names: &[&str], dialect: Dialect) -> Result<String> {
    let quoted: Result<Vec<String>> = names.iter().map(|name| quoted(name, dialect)).collect();
    Ok(quoted?.join(", "))
}

/// The quoted table, with its schema where it names one.
pub(super) fn table(meta: &ModelMeta, dialect: Dialect) -> Result<String> {
    let table = quoted(meta.table, dialect)?;
    match meta.schema {
        Some(schema) => Ok(format!("{}.{table}", quoted(schema, dialect)?)),
        None => Ok(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let table = "a_table_with_a_name_that_leaves_no_room_for_much_else_at_all";
        let (first, second) = (generated("ix", table, &["first"]), generated("ix", table, &["second"]));
        assert!(first.len() <= MAX_NAME && second.len() <= MAX_NAME);
        assert_ne!(first, second);
        assert_eq!(generated("uq", "users", &["email"]), "uq_users_email");
    }
}
