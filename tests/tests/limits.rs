//! As much as a backend takes, and one more: an error in words before anything is sent, never a crash.

use orm_core::prelude::*;
use orm_core::{Dialect, Error};
use orm_tests::{Backend, Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items")]
#[belongs_to(parent: Item, key = parent_id)]
#[has_many(children: Item, key = parent_id)]
struct Item {
    #[model(primary_key)]
    id: i64,
    parent_id: Option<i64>,
    weight: f64,
    name: String,
}

async fn items(bed: &Bed) {
    bed.create::<Item>().await;
    let item = |id: i64| Item {
        id,
        parent_id: (id > 1).then_some(id - 1),
        weight: id as f64,
        name: format!("n{id}"),
    };
    Item::insert_many((1..=5).map(item)).exec(&bed.db).await.unwrap();
    bed.statements.clear();
}

fn too_complex(result: orm_core::Result<impl std::fmt::Debug>) {
    assert!(matches!(result, Err(Error::QueryTooComplex { .. })), "{result:?}");
}

const DIALECTS: [Dialect; 4] = [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb, Dialect::MySql];

/// Runs on a thread with a stack of 2 MiB, which is what tokio's workers have.
fn on_a_workers_stack(body: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(body).unwrap().join().unwrap();
}

/// The filter is refused in words, and can be cloned, shown and dropped.
fn is_refused(filter: Filter<Item>) {
    assert!(!format!("{:?}", filter.clone()).is_empty());
    let query = Item::select().filter(filter);
    for dialect in DIALECTS {
        too_complex(query.to_sql(dialect));
    }
    assert!(!format!("{:?}", query.clone()).is_empty());
    drop(query);
}

const DEEP: usize = 100_000;

fn leaf() -> Filter<Item> {
    Item::id.eq(1)
}

#[test]
fn not_of_not_is_refused_in_words() {
    on_a_workers_stack(|| is_refused((0..DEEP).fold(leaf(), |filter, _| filter.not())));
}

#[test]
fn alternating_and_and_or_are_refused_in_words() {
    on_a_workers_stack(|| {
        is_refused((0..DEEP).fold(leaf(), |filter, _| filter.and(leaf()).or(leaf())));
        is_refused((0..DEEP).fold(leaf(), |filter, _| leaf().and(leaf().or(filter))));
        is_refused((0..DEEP).fold(leaf(), |filter, _| leaf().or(leaf()).or(leaf().and(leaf()).and(filter))));
        is_refused(
            (0..DEEP).fold(leaf(), |filter, _| Filter::all_of([leaf(), Filter::any_of([leaf(), filter])])),
        );
        is_refused((0..DEEP).fold(leaf(), |filter, _| Filter::all_of([filter])));
    });
}

#[test]
fn arithmetic_without_end_is_refused_in_words() {
    on_a_workers_stack(|| {
        let start = || Item::weight + 1.0;
        is_refused((0..DEEP).fold(start(), |sum, _| sum + 1.0).gt(1.0));
        is_refused((0..DEEP).fold(start(), |sum, _| Item::weight - sum).gt(1.0));
        is_refused((0..DEEP).fold(start(), |sum, _| sum.abs()).gt(1.0));
        is_refused((0..DEEP).fold(start(), |sum, _| sum.coalesce(1.0)).gt(1.0));
        is_refused((0..DEEP).fold(start(), |sum, _| Expr::raw("{}", [sum])).gt(1.0));
        is_refused((0..DEEP).fold(Item::name.lower(), |text, _| text.concat("x")).eq("x"));
        is_refused((0..DEEP).fold(Item::name.lower(), |text, _| Item::name.concat(text)).eq("x"));
        is_refused((0..DEEP).fold(start(), |sum, _| sum + 1.0).in_list([1.0, 2.0]));
        is_refused((0..DEEP).fold(start(), |sum, _| sum + 1.0).between(1.0, 2.0));
    });
}

#[test]
fn relations_of_relations_without_end_are_refused_in_words() {
    on_a_workers_stack(|| {
        is_refused((0..DEEP).fold(leaf(), |filter, _| Item::children.any(filter)));
        is_refused((0..DEEP).fold(leaf(), |filter, _| Item::children.every(filter)));
        is_refused((0..DEEP).fold(leaf(), |filter, _| Item::parent.none(filter).and(leaf())));
        let path = (0..5_000).fold(Item::parent.get(Item::name), |path, _| Item::parent.get(path));
        is_refused(path.eq("x"));
        let sums = (0..DEEP).fold(Item::children.count(), |count, _| Item::children.max(count).coalesce(0));
        is_refused(sums.eq(1));
    });
}

#[test]
fn a_long_row_of_filters_is_not_deep() {
    on_a_workers_stack(|| {
        for filter in [
            (0..10_000).fold(leaf(), |filter, _| filter.and(leaf())),
            (0..10_000).fold(leaf(), |filter, _| leaf().or(filter)),
            Filter::any_of((0..10_000).map(|_| leaf())),
        ] {
            for dialect in DIALECTS {
                Item::select().filter(filter.clone()).to_sql(dialect).unwrap();
            }
        }
        let query = (0..10_000).fold(Item::select(), |query, _| query.filter(leaf()));
        query.to_sql(Dialect::Sqlite).unwrap();
    });
}

cases! {
    async fn what_is_not_refused_runs(bed: Bed) {
        items(&bed).await;
        let mut deepest = 0;
        // PostgreSQL plans each level of subqueries twice, so more levels than anybody writes take minutes.
        let planned = 8;
        for depth in [1, 10, 50, 100, 150, 200, 250, 255, 256, 257, 300] {
            let filters = [
                (0..depth).fold(leaf(), |filter, _| filter.not()),
                (0..depth).fold(leaf(), |filter, _| filter.and(leaf()).or(leaf())),
                (0..depth.min(planned)).fold(leaf(), |filter, _| Item::children.any(filter)),
                (0..depth.min(4)).fold(leaf(), |filter, _| Item::children.every(filter)),
                (0..depth).fold(Item::weight + 1.0, |sum, _| sum + 1.0).gt(1.0),
                (0..depth).fold(Item::weight + 1.0, |sum, _| Item::weight - sum).gt(1.0),
                (0..depth).fold(Item::name.lower(), |text, _| text.concat("x").lower()).eq("x"),
                (0..depth.min(planned)).fold(Item::parent.get(Item::name), |path, _| Item::parent.get(path)).eq("x"),
                (0..depth.min(planned)).fold(Item::children.count(), |count, _| Item::children.max(count).coalesce(0)).eq(1),
            ];
            for (index, filter) in filters.into_iter().enumerate() {
                match Item::select().filter(filter).count(&bed.db).await {
                    Ok(_) => deepest = depth,
                    Err(Error::QueryTooComplex { .. }) => {}
                    Err(error) => panic!("{index} at {depth}: {error}"),
                }
            }
        }
        assert!(deepest >= 200, "{deepest}");
    }

    async fn ten_thousand_terms_run(bed: Bed) {
        items(&bed).await;
        let terms = || (0..10_000).map(|n| Item::weight.eq(f64::from(n)).and(Item::id.lt(5)));
        assert_eq!(Item::select().filter(Filter::any_of(terms())).count(&bed.db).await.unwrap(), 4);
        let chained = (0..10_000).fold(Item::weight.eq(2.0), |filter, n| filter.or(Item::weight.eq(f64::from(n))));
        assert_eq!(Item::select().filter(chained).count(&bed.db).await.unwrap(), 5);
        let all = Filter::all_of((10..10_000).map(|n| Item::weight.ne(f64::from(n))));
        assert_eq!(Item::select().filter(all).count(&bed.db).await.unwrap(), 5);
    }

    async fn lists_up_to_the_limit_of_binds_run_and_longer_ones_are_refused(bed: Bed) {
        items(&bed).await;
        let limit = bed.dialect().max_binds() as i64;
        let found = async |numbers: i64| Item::select().filter(Item::weight.in_list((3..3 + numbers).map(|n| n as f64))).count(&bed.db).await;
        for numbers in [limit - 1025, limit - 1, limit] {
            assert_eq!(found(numbers).await.unwrap(), 3, "{numbers}");
        }
        bed.statements.clear();
        too_complex(found(limit + 1).await);
        too_complex(Item::select().filter(Item::weight.in_list((0..limit).map(|n| n as f64)).and(Item::id.eq(1))).count(&bed.db).await);
        assert_eq!(bed.statements.count(), 0);
        let integers = async |numbers: i64| Item::select().filter(Item::id.in_list(3..3 + numbers)).count(&bed.db).await;
        assert_eq!(integers(limit).await.unwrap(), 3);
        let more = integers(limit + 1).await;
        match bed.backend {
            // One array, or one JSON document.
            Backend::Postgres | Backend::Sqlite | Backend::MariaDb => {
                assert_eq!(more.unwrap(), 3);
                assert_eq!(integers(200_000).await.unwrap(), 3);
            }
            Backend::MySql => too_complex(more),
        }
        // However it is sent, it is a list wherever one may stand.
        for numbers in [3, 40, 300, 1_025, 9_000] {
            let first = || Item::id.in_list(1..=numbers);
            assert_eq!(Item::select().filter(first().not()).count(&bed.db).await.unwrap(), u64::try_from((5 - numbers).max(0)).unwrap());
            assert_eq!(Item::update().set(Item::weight, 2.0).filter(first()).exec(&bed.db).await.unwrap(), 5.min(numbers.unsigned_abs()));
            assert_eq!(Item::delete().filter(first().and(Item::weight.ne(2.0))).exec(&bed.db).await.unwrap(), 0);
        }
        let texts = (0..limit).map(|n| format!("n{n}"));
        assert_eq!(Item::select().filter(Item::name.in_list(texts)).count(&bed.db).await.unwrap(), 5);
        let rows = (6..).map(|id| Item { id, parent_id: None, weight: 0.0, name: String::new() });
        assert_eq!(Item::insert_many(rows.take(20_000)).exec(&bed.db).await.unwrap(), 20_000);
        assert_eq!(Item::select().all(&bed.db).await.unwrap().len(), 20_005);
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "quo\"te`d ]'; DROP")]
struct Quoted {
    #[model(primary_key)]
    id: i64,
    #[model(column = "a \"`b]'; --")]
    odd: String,
    order: i64,
    group: Option<i64>,
}

cases! {
    async fn names_with_quotes_and_keywords_work(bed: Bed) {
        bed.create::<Quoted>().await;
        let row = Quoted { id: 1, odd: "x".into(), order: 2, group: None };
        assert_eq!(Quoted::insert(row.clone()).one(&bed.db).await.unwrap(), row);
        Quoted::update().set(Quoted::odd, "y").filter(Quoted::order.eq(2)).exec(&bed.db).await.unwrap();
        Quoted::update_many([&row], (Quoted::odd, Quoted::group)).exec(&bed.db).await.unwrap();
        assert_eq!(Quoted::select().filter(Quoted::odd.eq("x")).order_by(Quoted::order.desc()).all(&bed.db).await.unwrap(), [row]);
        Quoted::delete().filter(Quoted::group.is_null()).exec(&bed.db).await.unwrap();
    }

    async fn a_table_or_column_that_is_not_there_is_named(bed: Bed) {
        let error = Item::select().all(&bed.db).await.unwrap_err();
        assert!(matches!(&error, Error::MissingTable(failure) if failure.statement.contains("items")), "{error:?}");
        assert!(error.to_string().contains("items"), "{error}");
        let error = Item::insert(Item { id: 1, parent_id: None, weight: 0.0, name: "canary".into() }).exec(&bed.db).await.unwrap_err();
        assert!(matches!(&error, Error::MissingTable(_)), "{error:?}");
        assert!(!error.to_string().contains("canary"), "{error}");
        bed.sql("CREATE TABLE items (id BIGINT, parent_id BIGINT, name VARCHAR(50))").await;
        let error = Item::select().filter(Item::name.eq("canary")).all(&bed.db).await.unwrap_err();
        assert!(matches!(&error, Error::MissingColumn(failure) if failure.statement.contains("weight")), "{error:?}");
        assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"), "{error}");
        let error = Item::update().set(Item::weight, 1.0).all_rows().exec(&bed.db).await.unwrap_err();
        assert!(matches!(&error, Error::MissingColumn(_)), "{error:?}");
        assert_eq!(Item::select().columns(Item::id).all(&bed.db).await.unwrap(), Vec::<i64>::new());
    }
}
