//! SQL of the user's.
//!
//! It is part of the program's text, never of its input. What would change the statement around it is refused all the
//! same: a `;`, comments, parentheses that do not match, placeholders of its own.

use super::writer::{Place, Writer};
use crate::ast::Node;
use crate::dialect::Dialect;
use crate::error::{Error, Result};

impl Writer {
    /// Writes the SQL with an argument for each `{}` outside quotes; `push` writes what is between.
    pub(super) fn raw<'s>(
        &mut self,
        sql: &'s str,
        arguments: &[Node],
        at: Place,
        push: impl Fn(&mut Self, &'s str),
    ) -> Result<()> {
        let refuse =
            |reason: &str| Error::InvalidQuery(format!("raw SQL `{sql}` {reason}; nothing was sent"));
        let parts = parts(sql, self.dialect).map_err(refuse)?;
        if parts.len() != arguments.len() + 1 {
            let (places, given) = (parts.len() - 1, arguments.len());
            return Err(refuse(&format!("has {places} `{{}}` for {given} arguments")));
        }
        let mut arguments = arguments.iter();
        for part in parts {
            push(self, part);
            if let Some(argument) = arguments.next() {
                match argument {
                    Node::Bind(_) => self.node(argument, at)?,
                    _ => self.operand(argument, at)?,
                }
            }
        }
        Ok(())
    }
}

/// The SQL between the `{}` outside quotes; the reason where it is refused.
fn parts(sql: &str, dialect: Dialect) -> std::result::Result<Vec<&str>, &'static str> {
    let mut parts = Vec::new();
    let (mut begin, mut open) = (0, 0_usize);
    let mut characters = sql.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match (character, next) {
            ('\0', _) => return Err("holds a NUL"),
            (';', _) => return Err("holds a `;`"),
            ('-', Some('-')) | ('/', Some('*')) | ('*', Some('/')) => return Err("holds a comment"),
            ('#', _) if dialect.is_mysql_like() => return Err("holds a comment"),
            ('?', _) if dialect != Dialect::Postgres => return Err("holds a placeholder of its own"),
            (':' | '@' | '$', _) if dialect == Dialect::Sqlite => {
                return Err("holds a placeholder of its own");
            }
            ('$', _) if dialect == Dialect::Postgres => return Err("holds a `$`"),
            ('(', _) => open += 1,
            (')', _) => open = open.checked_sub(1).ok_or("closes a parenthesis that it did not open")?,
            ('\'' | '"' | '`', _) => skip_quoted(character, dialect, &mut characters)?,
            ('{', Some('}')) => {
                parts.push(sql.get(begin..at).unwrap_or_default());
                begin = at + 2;
            }
            _ => {}
        }
    }
    if open > 0 {
        return Err("leaves a parenthesis open");
    }
    parts.push(sql.get(begin..).unwrap_or_default());
    Ok(parts)
}

/// Goes past the closing quote. A doubled quote closes and opens again, which comes to the same.
fn skip_quoted(
    quote: char,
    dialect: Dialect,
    characters: &mut impl Iterator<Item = (usize, char)>,
) -> std::result::Result<(), &'static str> {
    for (_, character) in characters {
        match character {
            '\0' => return Err("holds a NUL"),
            // Whether it escapes depends on settings of the server, so that nobody can tell where the quotes end.
            '\\' if dialect != Dialect::Sqlite && quote != '`' => {
                return Err("holds a backslash between quotes");
            }
            _ if character == quote => return Ok(()),
            _ => {}
        }
    }
    Err("leaves a quote open")
}
