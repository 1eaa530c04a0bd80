//! Statements, shortened for people.

/// The statement without what repeats itself: the list of selected columns and the placeholders after the third become `…`,
/// quotes go, and what is longer than `width` characters is cut.
pub fn shortened(statement: &str, width: usize) -> String {
    let text = without_placeholders(&without_columns(statement)).replace(['"', '`'], "");
    match text.char_indices().nth(width) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// `SELECT a, b FROM t` as `SELECT … FROM t`, where there are more than two columns.
fn without_columns(statement: &str) -> String {
    let Some(list) = statement.strip_prefix("SELECT ") else { return statement.to_owned() };
    let mut depth = 0_usize;
    let mut commas = 0;
    for (at, letter) in list.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => commas += 1,
            _ if depth == 0 && commas > 1 && list[at..].starts_with(" FROM ") => {
                return format!("SELECT …{}", &list[at..]);
            }
            _ => {}
        }
    }
    statement.to_owned()
}

/// `(?, ?, ?, ?, ?)` as `(?, ?, ?, …)`, and rows of VALUES after the first as `…`.
fn without_placeholders(statement: &str) -> String {
    let mut text = statement.to_owned();
    while text.contains("?, ?, ?, ?") {
        text = text.replace("?, ?, ?, ?", "?, ?, ?");
    }
    text = text.replace("?, ?, ?)", "?, ?, …)");
    for row in ["(?)", "(?, ?)", "(?, ?, …)"] {
        while text.contains(&format!("{row}, {row}")) {
            text = text.replace(&format!("{row}, {row}"), &format!("{row}, …"));
            text = text.replace(&format!("…, {row}"), "…").replace("…, …", "…");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn what_repeats_itself_goes() {
        let long = r#"SELECT t0."id", t0."name", t0."age" FROM "users" AS t0 WHERE t0."id" IN (?, ?, ?, ?, ?)"#;
        assert_eq!(shortened(long, 200), "SELECT … FROM users AS t0 WHERE t0.id IN (?, ?, …)");
        let nested = "SELECT a, b, (SELECT COUNT(*) FROM p) FROM t";
        assert_eq!(shortened(nested, 200), "SELECT … FROM t");
        let insert = "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?), (?, ?)";
        assert_eq!(shortened(insert, 200), "INSERT INTO t (a, b) VALUES (?, ?), …");
        assert_eq!(shortened("BEGIN", 3), "BEG…");
    }
}
