//! LIKE.
//!
//! Every pattern has the escape character `!`: a backslash means something else on each database. A pattern of the
//! user's may use it too (`100!%`); a text that is to be found literally is escaped here.

use super::writer::{Place, Typing, Writer};
use crate::ast::{Bind, Node, TextMatch};
use crate::error::Result;
use crate::value::Value;

impl Writer {
    pub(super) fn like(
        &mut self,
        operand: &Node,
        pattern: &Node,
        matching: TextMatch,
        negated: bool,
        at: Place,
    ) -> Result<()> {
        self.operand(operand, at)?;
        self.push(if negated { " NOT LIKE " } else { " LIKE " });
        match (matching, pattern) {
            (TextMatch::Pattern, Node::Bind(bind)) => self.bind(bind.clone(), Typing::Explicit),
            (TextMatch::Pattern, _) => self.operand(pattern, at)?,
            (_, Node::Bind(bind)) => {
                let value = match &bind.value {
                    Value::Text(text) => Value::Text(literal(text, matching)),
                    other => other.clone(),
                };
                self.bind(Bind { value, ..bind.clone() }, Typing::Explicit);
            }
            _ => self.computed_pattern(pattern, matching, at)?,
        }
        self.push(" ESCAPE '!'");
        Ok(())
    }

    /// A pattern that finds the text of an expression literally.
    fn computed_pattern(&mut self, text: &Node, matching: TextMatch, at: Place) -> Result<()> {
        let (open, between) = if self.dialect.is_mysql_like() { ("CONCAT(", ", ") } else { ("(", " || ") };
        self.push(open);
        if starts_anywhere(matching) {
            self.push("'%'");
            self.push(between);
        }
        self.push("REPLACE(REPLACE(REPLACE(");
        self.node(text, at)?;
        self.push(", '!', '!!'), '%', '!%'), '_', '!_')");
        if ends_anywhere(matching) {
            self.push(between);
            self.push("'%'");
        }
        self.push(")");
        Ok(())
    }
}

/// The pattern that finds a text literally.
fn literal(text: &str, matching: TextMatch) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    if starts_anywhere(matching) {
        pattern.push('%');
    }
    for character in text.chars() {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    if ends_anywhere(matching) {
        pattern.push('%');
    }
    pattern
}

fn starts_anywhere(matching: TextMatch) -> bool {
    matches!(matching, TextMatch::Contains | TextMatch::EndsWith)
}

fn ends_anywhere(matching: TextMatch) -> bool {
    matches!(matching, TextMatch::Contains | TextMatch::StartsWith)
}
