//! Thousands of statements with values of every type on one connection: the types of the binds follow from the text, so that
//! a prepared statement never reads the bytes of another type (hazard 8).

use orm_core::prelude::*;
use orm_core::{Result, sql};
use orm_tests::{Dice, cases};
use uuid::Uuid;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "mixed")]
struct Mixed {
    #[model(primary_key)]
    id: i64,
    small: i16,
    int: i32,
    big: i64,
    double: f64,
    flag: bool,
    word: String,
    bytes: Vec<u8>,
    token: Uuid,
    count: Option<i32>,
    note: Option<String>,
}

const ROWS: u64 = 40;
const ROUNDS: usize = 1_000;
/// What the values are made of: few enough to be equal often.
const KINDS: u64 = 6;

/// What is rolled here.
trait Roll {
    fn small(&mut self) -> i16;
    fn word(&mut self) -> String;
    fn maybe<T>(&mut self, value: T) -> Option<T>;
    fn row(&mut self, id: i64) -> Mixed;
}

impl Roll for Dice {
    fn small(&mut self) -> i16 {
        i16::try_from(self.below(KINDS)).unwrap() - 2
    }

    fn word(&mut self) -> String {
        "x".repeat(usize::try_from(self.below(KINDS)).unwrap())
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        (self.below(3) > 0).then_some(value)
    }

    fn row(&mut self, id: i64) -> Mixed {
        let (count, note) = (self.small().into(), self.word());
        Mixed {
            id,
            small: self.small(),
            int: self.small().into(),
            big: i64::from(self.small()) << 40,
            double: f64::from(self.small()) / 2.0,
            flag: self.below(2) == 1,
            word: self.word(),
            bytes: self.word().into_bytes(),
            token: Uuid::from_u128(self.below(KINDS).into()),
            count: self.maybe(count),
            note: self.maybe(note),
        }
    }
}

/// The same condition in Rust.
type Holds = Box<dyn Fn(&Mixed) -> bool + Send>;

/// A condition on one column by the value that `like` has there, and whether a row fulfils it.
fn condition(column: u64, like: &Mixed, dice: &mut Dice) -> (Filter<Mixed>, Holds) {
    let like = like.clone();
    macro_rules! of {
        ($field:ident, $($ordered:tt)*) => {{
            let value = like.$field.clone();
            match dice.below(3) {
                0 => (Mixed::$field.eq(value.clone()), Box::new(move |row| row.$field == value)),
                1 => (Mixed::$field.ne(value.clone()), Box::new(move |row| row.$field != value)),
                _ => of!(@last $field value $($ordered)*),
            }
        }};
        (@last $field:ident $value:ident ordered) => {
            (Mixed::$field.lt($value), Box::new(move |row| row.$field < $value))
        };
        (@last $field:ident $value:ident listed) => {
            (Mixed::$field.in_list([$value.clone(), $value.clone(), $value.clone()]), Box::new(move |row| row.$field == $value))
        };
    }
    match column {
        0 => of!(small, ordered),
        1 => of!(int, listed),
        2 => of!(big, ordered),
        3 => of!(double, ordered),
        4 => of!(flag, listed),
        5 => of!(word, listed),
        6 => of!(bytes, listed),
        7 => of!(token, listed),
        8 => match like.count {
            Some(count) => (Mixed::count.ge(count), Box::new(move |row| row.count >= Some(count))),
            None => (Mixed::count.is_null(), Box::new(|row| row.count.is_none())),
        },
        _ => match like.note {
            Some(note) => {
                (Mixed::note.eq(note.clone()), Box::new(move |row| row.note.as_ref() == Some(&note)))
            }
            None => (Mixed::note.is_not_null(), Box::new(|row| row.note.is_some())),
        },
    }
}

/// A value of any type comes back as it was, by one text but for the types.
async fn echo(db: &Db, dice: &mut Dice) -> Result<()> {
    match dice.below(5) {
        0 => assert_eq!(sql("SELECT {}").bind(-7_i64).fetch_as::<(i64,)>().one(db).await?, (-7,)),
        1 => assert_eq!(
            sql("SELECT {}").bind("seven".to_owned()).fetch_as::<(String,)>().one(db).await?,
            ("seven".to_owned(),)
        ),
        2 => assert_eq!(sql("SELECT {}").bind(7.5).fetch_as::<(f64,)>().one(db).await?, (7.5,)),
        3 => assert_eq!(
            sql("SELECT {}").bind(None::<i64>).fetch_as::<(Option<i64>,)>().one(db).await?,
            (None,)
        ),
        _ => assert_eq!(
            sql("SELECT {}").bind(None::<String>).fetch_as::<(Option<String>,)>().one(db).await?,
            (None,)
        ),
    }
    Ok(())
}

cases! {
    async fn types_follow_from_the_text(bed: Bed) {
        bed.create::<Mixed>().await;
        let mut dice = Dice(0x1234_5678_9abc_def1);
        let mut rows: Vec<Mixed> = (0..ROWS).map(|id| dice.row(id.cast_signed())).collect();
        Mixed::insert_many(rows.clone()).exec(&bed.db).await.unwrap();
        for _ in 0..ROUNDS {
            let like = dice.row(0);
            let (filter, holds) = condition(dice.below(10), &like, &mut dice);
            let (other, also) = condition(dice.below(10), &like, &mut dice);
            let found = Mixed::select().filter(filter.and(other)).order_by(Mixed::id.asc()).all(&bed.db).await.unwrap();
            let wanted: Vec<&Mixed> = rows.iter().filter(|row| holds(row) && also(row)).collect();
            assert!(found.iter().eq(wanted), "{:?}", bed.statements.take().last());
            let id = dice.below(ROWS);
            let update = Mixed::update().set(Mixed::count, like.count).set(Mixed::note, like.note.clone());
            update.filter(Mixed::id.eq(id.cast_signed())).exec(&bed.db).await.unwrap();
            let row = &mut rows[usize::try_from(id).unwrap()];
            (row.count, row.note) = (like.count, like.note);
            echo(&bed.db, &mut dice).await.unwrap();
            bed.statements.clear();
        }
        assert_eq!(bed.db.pool_status().opened, 1, "all of it on one connection");
    }
}
