//! Filters against the same filters in plain Rust, with three values of truth, over generated rows.
// A reference is an operand of its own, and a fold over three truth values does not stop at None.
#![allow(clippy::needless_borrows_for_generic_args, clippy::manual_try_fold)]

use orm_core::prelude::*;
use orm_core::{Error, sql};
use orm_tests::{Backend, Bed, Dice, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cells")]
struct Cell {
    #[model(primary_key)]
    id: i64,
    a: Option<i32>,
    b: Option<i32>,
    c: i32,
    text: Option<String>,
}

/// What is rolled here.
trait Roll {
    fn number(&mut self) -> i32;
    fn maybe(&mut self) -> Option<i32>;
    fn list(&mut self) -> Vec<i32>;
    fn maybes(&mut self) -> Vec<Option<i32>>;
}

impl Roll for Dice {
    fn number(&mut self) -> i32 {
        self.below(4) as i32
    }

    fn maybe(&mut self) -> Option<i32> {
        (self.below(4) > 0).then(|| self.number())
    }

    fn list(&mut self) -> Vec<i32> {
        (0..self.below(4)).map(|_| self.number()).collect()
    }

    fn maybes(&mut self) -> Vec<Option<i32>> {
        (0..self.below(4)).map(|_| self.maybe()).collect()
    }
}

/// True, false, or (as SQL's NULL) unknown.
type Truth = Option<bool>;

fn and(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Truth, right: Truth) -> Truth {
    and(left.map(|left| !left), right.map(|right| !right)).map(|neither| !neither)
}

fn compare(left: Option<i32>, right: Option<i32>, fulfilled: fn(&i32, &i32) -> bool) -> Truth {
    Some(fulfilled(&left?, &right?))
}

/// A filter for the database and the same as a function of the row.
type Pair = (Filter<Cell>, Box<dyn Fn(&Cell) -> Truth + Send>);

fn leaf(dice: &mut Dice) -> Pair {
    let (x, y, maybe) = (dice.number(), dice.number(), dice.maybe());
    let (list, maybes) = (dice.list(), dice.maybes());
    match dice.below(24) {
        0 => (Cell::a.eq(x), Box::new(move |cell| compare(cell.a, Some(x), i32::eq))),
        1 => (Cell::a.ne(x), Box::new(move |cell| compare(cell.a, Some(x), i32::ne))),
        2 => (Cell::a.lt(x), Box::new(move |cell| compare(cell.a, Some(x), i32::lt))),
        3 => (Cell::a.le(&x), Box::new(move |cell| compare(cell.a, Some(x), i32::le))),
        4 => (Cell::c.gt(x), Box::new(move |cell| compare(Some(cell.c), Some(x), i32::gt))),
        5 => (Cell::b.ge(x), Box::new(move |cell| compare(cell.b, Some(x), i32::ge))),
        6 => (
            Cell::a.between(x, y),
            Box::new(move |cell| and(compare(cell.a, Some(x), i32::ge), compare(cell.a, Some(y), i32::le))),
        ),
        7 => (
            Cell::a.eq(maybe),
            Box::new(move |cell| maybe.map_or(Some(cell.a.is_none()), |x| compare(cell.a, Some(x), i32::eq))),
        ),
        8 => (
            Cell::a.ne(maybe),
            Box::new(move |cell| maybe.map_or(Some(cell.a.is_some()), |x| compare(cell.a, Some(x), i32::ne))),
        ),
        9 => (Cell::a.lt(maybe), Box::new(move |cell| compare(cell.a, maybe, i32::lt))),
        10 => (Cell::a.eq(None), Box::new(|cell| Some(cell.a.is_none()))),
        11 => (Cell::a.ne(None), Box::new(|cell| Some(cell.a.is_some()))),
        12 => (Cell::a.eq(Cell::b), Box::new(|cell| compare(cell.a, cell.b, i32::eq))),
        13 => (Cell::a.lt(Cell::c), Box::new(|cell| compare(cell.a, Some(cell.c), i32::lt))),
        14 => (Cell::c.ne(Cell::b), Box::new(|cell| compare(Some(cell.c), cell.b, i32::ne))),
        15 => (Cell::a.is_null(), Box::new(|cell| Some(cell.a.is_none()))),
        16 => (Cell::b.is_not_null(), Box::new(|cell| Some(cell.b.is_some()))),
        17 | 18 => (Cell::a.in_list(list.clone()), Box::new(move |cell| contains(cell.a, &list))),
        19 | 20 => {
            (Cell::a.not_in(list.clone()), Box::new(move |cell| contains(cell.a, &list).map(|found| !found)))
        }
        21 => {
            let model = maybes.clone();
            (Cell::b.in_list(maybes), Box::new(move |cell| contains_maybe(cell.b, &model)))
        }
        22 => {
            let model = maybes.clone();
            (Cell::b.not_in(maybes), Box::new(move |cell| contains_maybe(cell.b, &model).map(|found| !found)))
        }
        _ => (
            Cell::c.in_list([Cell::a, Cell::b]),
            Box::new(|cell| {
                or(compare(Some(cell.c), cell.a, i32::eq), compare(Some(cell.c), cell.b, i32::eq))
            }),
        ),
    }
}

/// An empty list holds nothing, not even NULL.
fn contains(value: Option<i32>, list: &[i32]) -> Truth {
    if list.is_empty() { Some(false) } else { Some(list.contains(&value?)) }
}

/// `None` in the list stands for NULL, which it finds.
fn contains_maybe(value: Option<i32>, list: &[Option<i32>]) -> Truth {
    let given: Vec<i32> = list.iter().copied().flatten().collect();
    let null = if list.contains(&None) { Some(value.is_none()) } else { Some(false) };
    or(null, contains(value, &given))
}

fn tree(dice: &mut Dice, depth: u32) -> Pair {
    if depth == 0 {
        return leaf(dice);
    }
    match dice.below(6) {
        0 => {
            let (filter, model) = tree(dice, depth - 1);
            (filter.not(), Box::new(move |cell| model(cell).map(|truth| !truth)))
        }
        1 => {
            let (filter, model) = tree(dice, depth - 1);
            (!filter, Box::new(move |cell| model(cell).map(|truth| !truth)))
        }
        2 => {
            let ((left, a), (right, b)) = (tree(dice, depth - 1), tree(dice, depth - 1));
            (left.and(right), Box::new(move |cell| and(a(cell), b(cell))))
        }
        3 => {
            let ((left, a), (right, b)) = (tree(dice, depth - 1), tree(dice, depth - 1));
            (left.or(right), Box::new(move |cell| or(a(cell), b(cell))))
        }
        4 => {
            let (filters, models): (Vec<_>, Vec<_>) =
                (0..dice.below(4)).map(|_| tree(dice, depth - 1)).unzip();
            (
                Filter::all_of(filters),
                Box::new(move |cell| models.iter().fold(Some(true), |truth, model| and(truth, model(cell)))),
            )
        }
        _ => {
            let (filters, models): (Vec<_>, Vec<_>) =
                (0..dice.below(4)).map(|_| tree(dice, depth - 1)).unzip();
            (
                Filter::any_of(filters),
                Box::new(move |cell| models.iter().fold(Some(false), |truth, model| or(truth, model(cell)))),
            )
        }
    }
}

async fn cells(bed: &Bed) -> Vec<Cell> {
    bed.create::<Cell>().await;
    let mut dice = Dice(88_172_645_463_325_252);
    let cells: Vec<Cell> = (1..=60)
        .map(|id| Cell { id, a: dice.maybe(), b: dice.maybe(), c: dice.number(), text: None })
        .collect();
    Cell::insert_many(cells.clone()).exec(&bed.db).await.unwrap();
    cells
}

cases! {
    async fn filters_mean_what_they_mean_in_rust(bed: Bed) {
        let cells = cells(&bed).await;
        let mut dice = Dice(1_442_695_040_888_963_407);
        for round in 0..400 {
            let (filter, model) = tree(&mut dice, round % 5);
            let expected: Vec<i64> = cells.iter().filter(|cell| model(cell) == Some(true)).map(|cell| cell.id).collect();
            let query = Cell::select().filter(filter).columns(Cell::id).order_by(Cell::id.asc());
            let text = query.to_sql(bed.dialect()).unwrap();
            assert_eq!(query.all(&bed.db).await.unwrap(), expected, "round {round}: {text}");
        }
    }

    async fn filters_of_nothing_are_true_and_false(bed: Bed) {
        let cells = cells(&bed).await;
        let count = async |filter: Filter<Cell>| Cell::select().filter(filter).count(&bed.db).await.unwrap();
        let all = cells.len() as u64;
        assert_eq!(count(Filter::all_of([])).await, all);
        assert_eq!(count(Filter::any_of([])).await, 0);
        assert_eq!(count(Filter::all_of([]).not()).await, 0);
        assert_eq!(count(Cell::a.in_list(Vec::<i32>::new())).await, 0);
        assert_eq!(count(Cell::a.not_in(Vec::<i32>::new())).await, all);
        assert_eq!(count(Filter::any_of([Filter::all_of([]), Cell::a.eq(99)])).await, all);
    }

    async fn lists_of_every_length_hold_what_they_hold(bed: Bed) {
        let cells = cells(&bed).await;
        for length in [1, 2, 3, 5, 31, 32, 33, 255, 256, 257, 300, 1023, 1024, 1025, 1500] {
            let numbers: Vec<i32> = (2..2 + length).collect();
            let inside: Vec<i64> = cells.iter().filter(|cell| cell.c >= 2 && cell.c < 2 + length).map(|cell| cell.id).collect();
            let outside: Vec<i64> = cells.iter().filter(|cell| cell.a.is_some_and(|a| a < 2 || a >= 2 + length)).map(|cell| cell.id).collect();
            assert_eq!(Cell::select().filter(Cell::c.in_list(&numbers)).columns(Cell::id).order_by(Cell::id.asc()).all(&bed.db).await.unwrap(), inside);
            assert_eq!(Cell::select().filter(Cell::a.not_in(&numbers)).columns(Cell::id).order_by(Cell::id.asc()).all(&bed.db).await.unwrap(), outside);
        }
    }

    async fn functions_take_and_return_filters(bed: Bed) {
        fn either(left: Filter<Cell>, right: Filter<Cell>) -> Filter<Cell> {
            left.clone().or(right.clone()).and(left.and(right).not())
        }
        fn small() -> Filter<Cell> {
            Cell::c.lt(2)
        }
        let cells = cells(&bed).await;
        let expected = cells.iter().filter(|cell| (cell.c < 2) != (cell.c == 1)).count() as u64;
        assert_eq!(Cell::select().filter(either(small(), Cell::c.eq(1))).count(&bed.db).await.unwrap(), expected);
    }

    async fn raw_sql_is_bound_checked_and_composed(bed: Bed) {
        let cells = cells(&bed).await;
        let same = |expected: usize| expected as u64;
        let doubled: Expr<Cell, i32> = Expr::raw("{} * 2", [Cell::c]);
        assert_eq!(Cell::select().filter(doubled.clone().eq(4)).count(&bed.db).await.unwrap(), same(cells.iter().filter(|cell| cell.c == 2).count()));
        let precedence = (doubled + 1) * 2;
        let values: Vec<i32> = Cell::select().columns(precedence).order_by(Cell::id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(values, cells.iter().map(|cell| (cell.c * 2 + 1) * 2).collect::<Vec<_>>());
        let either: Expr<Cell, bool> = Expr::raw("{} = 1 OR {} = 2", [Cell::c, Cell::c]);
        let both = Cell::select().filter(either.eq(true).and(Cell::c.gt(1)));
        assert_eq!(both.count(&bed.db).await.unwrap(), same(cells.iter().filter(|cell| cell.c == 2).count()));
        let bound: Expr<Cell, String> = Expr::raw("{}", [Expr::<Cell, String>::value("'; DROP TABLE cells; --".to_owned())]);
        assert_eq!(Cell::select().columns(bound).limit(1).one(&bed.db).await.unwrap(), "'; DROP TABLE cells; --");
        bed.statements.clear();
        for text in ["{}; DELETE FROM cells", "{} -- x", "{} /* x", "({}", "{})", "'{}", "{} {}", "x"] {
            let error = Cell::select().columns(Expr::<Cell, i32>::raw(text, [Cell::c])).all(&bed.db).await.unwrap_err();
            assert!(matches!(error, Error::InvalidQuery(_)), "{text}: {error}");
            let error = Cell::select().filter(Expr::<Cell, bool>::raw(text, [Cell::c]).eq(true)).count(&bed.db).await.unwrap_err();
            assert!(matches!(error, Error::InvalidQuery(_)), "{text}: {error}");
        }
        assert_eq!(bed.statements.count(), 0);
        let wrong_type = Cell::select().columns(Expr::<Cell, i32>::raw("'canary'", [Cell::c; 0])).limit(1).all(&bed.db).await.unwrap_err();
        assert!(matches!(wrong_type, Error::Decode { model: "Cell", .. }), "{wrong_type}");
    }
}

/// Texts that have the wildcards and escapes of every database in them, and other cases.
const PIECES: [&str; 16] =
    ["a", "A", "b", "%", "_", "!", "\\", "'", "\"", "ä", "Ä", "ß", "😀", " ", "\n", "[x]"];

fn word(dice: &mut Dice) -> String {
    (0..dice.below(4)).map(|_| PIECES[dice.below(PIECES.len() as u64) as usize]).collect()
}

/// LIKE as it is meant: `%` any text, `_` one character, `!` takes the meaning from the next.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skipped| is_like(&text[skipped..], rest)),
        ['_', rest @ ..] => !text.is_empty() && is_like(&text[1..], rest),
        ['!', literal, rest @ ..] => text.first() == Some(literal) && is_like(&text[1..], rest),
        [literal, rest @ ..] => text.first() == Some(literal) && is_like(&text[1..], rest),
    }
}

/// What the backend takes for the same character: SQLite does not tell ASCII case apart; the MariaDB column is made binary.
fn folded(backend: Backend, text: &str) -> String {
    if backend == Backend::Sqlite { text.to_ascii_lowercase() } else { text.to_owned() }
}

cases! {
    async fn text_is_found_as_in_rust(bed: Bed) {
        bed.create::<Cell>().await;
        if matches!(bed.backend, Backend::MariaDb | Backend::MySql) {
            bed.sql("ALTER TABLE cells MODIFY text LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").await;
        }
        let mut dice = Dice(2_862_933_555_777_941_757);
        let cell = |(id, text): (i64, Option<String>)| Cell { id, a: None, b: None, c: 0, text };
        let words: Vec<String> = (0..200).map(|_| format!("{}{}", word(&mut dice), word(&mut dice))).collect();
        let cells: Vec<Cell> = (0..).zip(words.iter().cloned().map(Some).chain([None])).map(cell).collect();
        Cell::insert_many(cells.clone()).exec(&bed.db).await.unwrap();
        for round in 0..150 {
            let wanted = word(&mut dice);
            let mut pattern = wanted.clone();
            if round % 2 == 0 {
                pattern.push('%');
            }
            // A `!` that escapes nothing at the pattern's end is an error on some databases.
            let pattern = if pattern.chars().rev().take_while(|c| *c == '!').count() % 2 == 1 { pattern + "!" } else { pattern };
            let fold = |text: &str| folded(bed.backend, text);
            let chars = |text: &str| fold(text).chars().collect::<Vec<char>>();
            type Check<'a> = Box<dyn Fn(&str) -> bool + Send + 'a>;
            let tries: [(Filter<Cell>, Check<'_>); 5] = [
                (Cell::text.contains(&wanted), Box::new(|text| fold(text).contains(&fold(&wanted)))),
                (Cell::text.starts_with(&wanted), Box::new(|text| fold(text).starts_with(&fold(&wanted)))),
                (Cell::text.ends_with(&wanted), Box::new(|text| fold(text).ends_with(&fold(&wanted)))),
                (Cell::text.like(&pattern), Box::new(|text| is_like(&chars(text), &chars(&pattern)))),
                (Cell::text.not_like(&pattern), Box::new(|text| !is_like(&chars(text), &chars(&pattern)))),
            ];
            for (index, (filter, check)) in tries.into_iter().enumerate() {
                let expected: Vec<i64> = cells.iter().filter(|cell| cell.text.as_deref().is_some_and(&check)).map(|cell| cell.id).collect();
                let found = Cell::select().filter(filter).columns(Cell::id).order_by(Cell::id.asc()).all(&bed.db).await.unwrap();
                assert_eq!(found, expected, "{index}: {wanted:?} {pattern:?}");
            }
        }
    }

    async fn the_case_rules_are_those_that_are_documented(bed: Bed) {
        bed.create::<Cell>().await;
        let texts = ["Ada", "ADA", "ada", "Äda"];
        Cell::insert_many(texts.iter().zip(1..).map(|(text, id)| Cell { id, a: None, b: None, c: 0, text: Some((*text).into()) })).exec(&bed.db).await.unwrap();
        let ids = async |filter: Filter<Cell>| -> Vec<i64> { Cell::select().filter(filter).columns(Cell::id).order_by(Cell::id.asc()).all(&bed.db).await.unwrap() };
        let expected: &[i64] = match bed.backend {
            Backend::Sqlite => &[1, 2, 3],
            Backend::Postgres => &[3],
            Backend::MariaDb | Backend::MySql => &[1, 2, 3, 4],
        };
        assert_eq!(ids(Cell::text.contains("ada")).await, expected);
        assert_eq!(ids(Cell::text.like("a%")).await, expected);
        let equal: &[i64] = if matches!(bed.backend, Backend::MariaDb | Backend::MySql) { &[1, 2, 3, 4] } else { &[3] };
        assert_eq!(ids(Cell::text.eq("ada")).await, equal);
        assert_eq!(ids(Cell::text.lower().eq("ada")).await, if equal.len() == 4 { vec![1, 2, 3, 4] } else { vec![1, 2, 3] });
    }

    async fn text_functions_do_as_they_say(bed: Bed) {
        bed.create::<Cell>().await;
        Cell::insert_many([(1, Some("Grüße 😀")), (2, Some("")), (3, None)].map(|(id, text)| Cell { id, a: None, b: None, c: 0, text: text.map(str::to_owned) })).exec(&bed.db).await.unwrap();
        let lengths = Cell::select().columns(Cell::text.length()).order_by(Cell::id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(lengths, [Some(7), Some(0), None]);
        let joined = Cell::select().columns(Cell::text.concat("!").concat(Cell::text)).order_by(Cell::id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(joined, [Some("Grüße 😀!Grüße 😀".to_owned()), Some("!".to_owned()), None]);
        let filled = Cell::select().columns(Cell::text.coalesce("none").upper()).order_by(Cell::id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(filled[1..], ["".to_owned(), "NONE".to_owned()]);
        let ascii = if bed.backend == Backend::Sqlite { "GRüßE 😀" } else { "GRÜSSE 😀" };
        assert!(filled[0] == ascii || filled[0] == "GRÜßE 😀", "{}", filled[0]);
        assert_eq!(Cell::select().filter(Cell::text.concat("x").eq("x")).count(&bed.db).await.unwrap(), 1);
        let ten: Vec<(i64,)> = sql("SELECT {}").bind(10_i64).fetch_as().all(&bed.db).await.unwrap();
        assert_eq!(ten, [(10,)]);
    }
}
