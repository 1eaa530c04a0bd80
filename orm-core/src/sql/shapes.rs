//! The texts of the shapes that were written before: the second time nothing is spelt out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxBuildHasher;

use super::token::{Speller, Token};
use crate::dialect::Dialect;
use crate::error::Result;

/// How many bytes of texts and shapes are kept. A program has some hundreds of shapes of about a kilobyte; one that makes
/// shapes without end begins anew where this is full.
const MAX_BYTES: usize = 8 << 20;

/// The texts by shape, one map a dialect.
static SHAPES: LazyLock<[RwLock<Shapes>; 4]> = LazyLock::new(Default::default);

static SPELT: AtomicU64 = AtomicU64::new(0);

#[derive(Default)]
struct Shapes {
    texts: HashMap<Box<[Token]>, Arc<str>, FxBuildHasher>,
    bytes: usize,
}

/// How many statements this process has spelt out so far: one that was sent before in the same shape is not spelt again.
pub fn spelt_statements() -> u64 {
    SPELT.load(Ordering::Relaxed)
}

/// The text of a statement. One with pieces made at run time is not kept.
pub(super) fn text(dialect: Dialect, tokens: &[Token], made: &[String]) -> Result<Arc<str>> {
    if !made.is_empty() {
        return spell(dialect, tokens, made);
    }
    let [sqlite, postgres, mariadb, mysql] = &*SHAPES;
    let shapes = match dialect {
        Dialect::Sqlite => sqlite,
        Dialect::Postgres => postgres,
        Dialect::MariaDb => mariadb,
        Dialect::MySql => mysql,
    };
    if let Some(text) = shapes.read().unwrap_or_else(PoisonError::into_inner).texts.get(tokens) {
        return Ok(Arc::clone(text));
    }
    let text = spell(dialect, tokens, made)?;
    shapes.write().unwrap_or_else(PoisonError::into_inner).keep(tokens, &text);
    Ok(text)
}

fn spell(dialect: Dialect, tokens: &[Token], made: &[String]) -> Result<Arc<str>> {
    SPELT.fetch_add(1, Ordering::Relaxed);
    let mut speller = Speller::new(dialect, made);
    speller.spell(tokens)?;
    Ok(speller.text.into())
}

impl Shapes {
    fn keep(&mut self, tokens: &[Token], text: &Arc<str>) {
        let bytes = size_of_val(tokens) + text.len();
        if self.bytes + bytes > MAX_BYTES {
            *self = Shapes::default();
        }
        self.bytes += bytes;
        self.texts.insert(tokens.into(), Arc::clone(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::writer::Place;

    #[test]
    fn a_shape_is_spelt_once_and_its_texts_differ_where_its_tokens_do() {
        let (one, other) = ([Token::Text("SELECT a")], [Token::Text("SELECT b")]);
        let first = text(Dialect::Sqlite, &one, &[]).ok();
        let again = text(Dialect::Sqlite, &one, &[]).ok();
        assert!(first.iter().zip(&again).all(|(first, again)| Arc::ptr_eq(first, again)));
        assert_ne!(text(Dialect::Sqlite, &other, &[]).ok(), first);
    }

    #[test]
    fn what_is_full_begins_anew() {
        let mut shapes = Shapes::default();
        let large: Arc<str> = "x".repeat(MAX_BYTES / 4).into();
        for number in 0..9 {
            shapes.keep(&[Token::Numbered("x", number)], &large);
            assert!(shapes.texts.len() <= 4 && shapes.bytes <= MAX_BYTES);
        }
    }

    #[test]
    fn tokens_are_equal_where_they_are_spelt_alike() {
        let name = "name";
        let tokens = [
            Token::Text(name),
            Token::Name(name),
            Token::Made(0),
            Token::Numbered(name, 1),
            Token::Numbered(name, 2),
            Token::Place(Place::ROOT),
            Token::Place(Place::SOURCE),
            Token::Column(Place::ROOT, name),
            Token::Column(Place::SOURCE, name),
            Token::Again { tokens: 1, times: 2 },
            Token::Again { tokens: 2, times: 1 },
        ];
        for (at, token) in tokens.iter().enumerate() {
            assert_eq!(tokens.iter().position(|other| other == token), Some(at), "{token:?}");
        }
    }
}
