//! Arithmetic: the same numbers on every database.
#![allow(clippy::eq_op)] // `column - column` is SQL for zero here

use orm_core::prelude::*;
use orm_tests::{Backend, Bed, cases};
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "numbers")]
struct Number {
    #[model(primary_key)]
    id: i64,
    a: i64,
    b: i64,
    small: i16,
    maybe: Option<i64>,
    float: f64,
    decimal: Decimal,
}

fn number(id: i64, a: i64, b: i64) -> Number {
    Number {
        id,
        a,
        b,
        small: b as i16,
        maybe: (id % 2 == 0).then_some(b),
        float: a as f64 / 2.0,
        decimal: Decimal::new(a, 1),
    }
}

async fn numbers(bed: &Bed) -> Vec<Number> {
    bed.create::<Number>().await;
    let pairs = [(7, 2), (-7, 2), (7, -2), (-7, -2), (6, 3), (0, 5), (1_000_000_007, 13), (1, 1)];
    let numbers: Vec<Number> = pairs.iter().zip(1..).map(|((a, b), id)| number(id, *a, *b)).collect();
    Number::insert_many(numbers.clone()).exec(&bed.db).await.unwrap();
    numbers
}

async fn values<T: orm_core::value::ColumnType>(bed: &Bed, expression: Expr<Number, T>) -> Vec<T> {
    Number::select().columns(expression).order_by(Number::id.asc()).all(&bed.db).await.unwrap()
}

cases! {
    async fn whole_numbers_are_computed_as_in_rust(bed: Bed) {
        let rows = numbers(&bed).await;
        let model = |of: fn(i64, i64) -> i64| rows.iter().map(|row| of(row.a, row.b)).collect::<Vec<_>>();
        assert_eq!(values(&bed, Number::a + Number::b).await, model(|a, b| a + b));
        assert_eq!(values(&bed, Number::a - Number::b).await, model(|a, b| a - b));
        assert_eq!(values(&bed, Number::a * Number::b).await, model(|a, b| a * b));
        assert_eq!(values(&bed, Number::a / Number::b).await, model(|a, b| a / b));
        assert_eq!(values(&bed, Number::a % Number::b).await, model(|a, b| a % b));
        assert_eq!(values(&bed, Number::a / 2).await, model(|a, _| a / 2));
        assert_eq!(values(&bed, Number::a % 2).await, model(|a, _| a % 2));
        assert_eq!(values(&bed, Number::a.abs()).await, model(|a, _| a.abs()));
        assert_eq!(values(&bed, (Number::a + Number::b) * 3 - Number::b / 2 % 2).await, model(|a, b| (a + b) * 3 - b / 2 % 2));
        assert_eq!(values(&bed, Number::a - (Number::b - Number::a)).await, model(|a, b| a - (b - a)));
        assert_eq!(values(&bed, Number::a / (Number::b * 2) / 2).await, model(|a, b| a / (b * 2) / 2));
        assert_eq!(values(&bed, Number::a - Number::b - 1).await, model(|a, b| a - b - 1));
        let halves = rows.iter().filter(|row| row.a / row.b * row.b != row.a).count() as u64;
        assert_eq!(Number::select().filter((Number::a / Number::b * Number::b).ne(Number::a)).count(&bed.db).await.unwrap(), halves);
        let small = rows.iter().map(|row| row.small / 2 - 1).collect::<Vec<i16>>();
        assert_eq!(values(&bed, Number::small / 2 - 1).await, small);
    }

    async fn null_makes_null(bed: Bed) {
        let rows = numbers(&bed).await;
        assert_eq!(values(&bed, Number::maybe + 1).await, rows.iter().map(|row| row.maybe.map(|b| b + 1)).collect::<Vec<_>>());
        assert_eq!(values(&bed, Number::maybe / 2).await, rows.iter().map(|row| row.maybe.map(|b| b / 2)).collect::<Vec<_>>());
        assert_eq!(values(&bed, (Number::maybe * Number::a).coalesce(-1)).await, rows.iter().map(|row| row.maybe.map_or(-1, |b| b * row.a)).collect::<Vec<_>>());
        assert_eq!(Number::select().filter((Number::maybe + 1).is_null()).count(&bed.db).await.unwrap(), 4);
        assert_eq!(Number::select().sum(Number::maybe * 2, &bed.db).await.unwrap(), Some(rows.iter().filter_map(|row| row.maybe).sum::<i64>() * 2));
    }

    async fn division_by_zero_is_an_error_or_null_as_documented(bed: Bed) {
        numbers(&bed).await;
        for query in [Number::select().columns((Number::a / (Number::b - Number::b), Number::id)), Number::select().columns((Number::a % (Number::b - Number::b), Number::id))] {
            let result = query.all(&bed.db).await;
            // PostgreSQL says so; the others give NULL, which is no i64.
            assert!(result.is_err(), "{result:?}");
        }
        let nulls = Number::select().columns(Number::maybe / (Number::a - Number::a)).all(&bed.db).await;
        if bed.backend == Backend::Postgres {
            assert!(nulls.is_err());
        } else {
            assert_eq!(nulls.unwrap(), vec![None; 8]);
        }
    }

    async fn floats_and_decimals_are_computed(bed: Bed) {
        let rows = numbers(&bed).await;
        assert_eq!(values(&bed, Number::float / 4.0 + 0.5).await, rows.iter().map(|row| row.float / 4.0 + 0.5).collect::<Vec<_>>());
        assert_eq!(values(&bed, Number::float.abs()).await, rows.iter().map(|row| row.float.abs()).collect::<Vec<_>>());
        let half = Decimal::new(5, 1);
        assert_eq!(values(&bed, Number::decimal * half + Decimal::ONE).await, rows.iter().map(|row| row.decimal * half + Decimal::ONE).collect::<Vec<_>>());
        assert_eq!(values(&bed, Number::decimal / Decimal::TWO).await, rows.iter().map(|row| row.decimal / Decimal::TWO).collect::<Vec<_>>());
        assert_eq!(values(&bed, Number::decimal - Number::decimal).await, vec![Decimal::ZERO; 8]);
        assert_eq!(values(&bed, Number::decimal.abs()).await, rows.iter().map(|row| row.decimal.abs()).collect::<Vec<_>>());
        let above = rows.iter().filter(|row| row.decimal * Decimal::TEN > Decimal::new(65, 1)).count() as u64;
        assert_eq!(Number::select().filter((Number::decimal * Decimal::TEN).gt(Decimal::new(65, 1))).count(&bed.db).await.unwrap(), above);
        let sorted: Vec<Decimal> = Number::select().columns(Number::decimal).order_by(Number::decimal.desc()).all(&bed.db).await.unwrap();
        assert!(sorted.is_sorted_by(|left, right| left >= right), "{sorted:?}");
    }

    async fn updates_compute_over_the_row_as_it_was(bed: Bed) {
        let rows = numbers(&bed).await;
        Number::update().set(Number::a, Number::a * 2 + Number::b).set(Number::maybe, Number::a / 2).filter(Number::id.le(4)).exec(&bed.db).await.unwrap();
        let expected: Vec<(i64, Option<i64>)> = rows.iter().map(|row| if row.id <= 4 { (row.a * 2 + row.b, Some(row.a / 2)) } else { (row.a, row.maybe) }).collect();
        let stored: Vec<(i64, Option<i64>)> = Number::select().columns((Number::a, Number::maybe)).order_by(Number::id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(stored, expected);
    }

    async fn an_overflow_is_an_error_and_no_other_number(bed: Bed) {
        bed.create::<Number>().await;
        Number::insert(Number { a: i64::MAX, b: 2, ..number(1, 1, 1) }).exec(&bed.db).await.unwrap();
        for overflow in [Number::a + 1, Number::a * Number::b] {
            let result = Number::select().columns(overflow).all(&bed.db).await;
            assert!(result.is_err(), "{result:?}");
        }
        let small = Number::select().columns(Number::small + i16::MAX).all(&bed.db).await;
        assert!(small.is_err(), "{small:?}");
    }
}
