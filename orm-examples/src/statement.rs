//! Statements, shortened for people.

/// The statement without what repeats itself: the list of selected columns and the placeholders after the second become `…`,
/// and quotes go. It is broken into lines of `width` characters, of which two are kept.
pub fn shortened(statement: &str, width: usize) -> Vec<String> {
    let text = without_placeholders(&without_columns(statement)).replace(['"', '`'], "");
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > 2 {
        lines.truncate(2);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines
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

/// `(?, ?, ?, ?, ?)` as `(?, ?, …)`, and rows of VALUES after the first as `…`.
fn without_placeholders(statement: &str) -> String {
    let mut text =
        until_settled(statement.to_owned(), "?, ?, ?, ?", "?, ?, ?").replace("?, ?, ?)", "?, ?, …)");
    for row in ["(?)", "(?, ?)", "(?, ?, …)"] {
        text = until_settled(text, &format!("{row}, {row}"), &format!("{row}, …"));
        text = until_settled(text, &format!("…, {row}"), "…");
    }
    until_settled(text, "…, …", "…")
}

fn until_settled(mut text: String, from: &str, to: &str) -> String {
    while text.contains(from) {
        text = text.replace(from, to);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn what_repeats_itself_goes() {
        let long =
            r#"SELECT t0."id", t0."name", t0."age" FROM "users" AS t0 WHERE t0."id" IN (?, ?, ?, ?, ?)"#;
        assert_eq!(shortened(long, 200), ["SELECT … FROM users AS t0 WHERE t0.id IN (?, ?, …)"]);
        let nested = "SELECT a, b, (SELECT COUNT(*) FROM p) FROM t";
        assert_eq!(shortened(nested, 200), ["SELECT … FROM t"]);
        let insert = "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)";
        assert_eq!(shortened(insert, 200), ["INSERT INTO t (a, b) VALUES (?, ?), …"]);
        assert_eq!(shortened("DELETE FROM t WHERE a = ? AND b = ?", 14), ["DELETE FROM t", "WHERE a = ? …"]);
    }
}
