//! Updates and deletes by filter: what they set, which rows they touch, what they count and what they refuse.

use orm_core::prelude::*;
use orm_core::{Dialect, Error};
use orm_tests::cases;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "authors")]
#[has_many(books: Book, key = author_id)]
#[belongs_to(mentor: Author, key = mentor_id)]
#[has_many(pupils: Author, key = mentor_id)]
struct Author {
    #[model(primary_key)]
    id: i64,
    name: String,
    email: Option<String>,
    score: i32,
    rank: i32,
    mentor_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "books")]
#[belongs_to(author: Author, key = author_id, on_delete = cascade)]
#[has_many(reviews: Review, key = book_id)]
#[has_many(loans: Loan, key = book_id)]
struct Book {
    #[model(primary_key)]
    id: i64,
    author_id: i64,
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "reviews")]
#[belongs_to(book: Book, key = book_id, on_delete = set_null)]
struct Review {
    #[model(primary_key)]
    id: i64,
    book_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "loans")]
#[belongs_to(book: Book, key = book_id, on_delete = restrict)]
struct Loan {
    #[model(primary_key)]
    id: i64,
    book_id: i64,
}

fn author(id: i64, name: &str, email: Option<&str>, score: i32) -> Author {
    Author {
        id,
        name: name.into(),
        email: email.map(str::to_owned),
        score,
        rank: 10 * id as i32,
        mentor_id: (id > 1).then_some(1),
    }
}

/// Four authors with two books each, a review of each book and a loan of the last one.
async fn library(db: &Db) {
    db.create_tables::<(Author, Book, Review, Loan)>().await.unwrap();
    let authors = [
        author(1, "ada", Some("a@x"), 1),
        author(2, "bo", None, 2),
        author(3, "cy", None, 3),
        author(4, "di", Some("d@x"), 4),
    ];
    Author::insert_many(authors).exec(db).await.unwrap();
    Book::insert_many((1..=8).map(|id| Book { id, author_id: (id + 1) / 2, title: format!("t{id}") }))
        .exec(db)
        .await
        .unwrap();
    Review::insert_many((1..=8).map(|id| Review { id, book_id: Some(id) })).exec(db).await.unwrap();
    Loan::insert(Loan { id: 1, book_id: 8 }).exec(db).await.unwrap();
}

async fn authors(db: &Db) -> Vec<Author> {
    Author::select().order_by(Author::id.asc()).all(db).await.unwrap()
}

async fn scores(db: &Db) -> Vec<i32> {
    Author::select().order_by(Author::id.asc()).columns(Author::score).all(db).await.unwrap()
}

cases! {
    async fn set_takes_values_nulls_and_expressions(bed: Bed) {
        library(&bed.db).await;
        bed.statements.clear();
        let changed = Author::update()
            .set(Author::name, "x")
            .set(Author::email, None::<String>)
            .set(Author::score, Author::score * 10 + Author::rank)
            .filter(Author::id.in_list([2, 4, 99]))
            .exec(&bed.db).await.unwrap();
        assert_eq!((changed, bed.statements.count()), (2, 1));
        let rows = authors(&bed.db).await;
        assert_eq!(scores(&bed.db).await, [1, 40, 3, 80]);
        assert_eq!((rows[3].name.as_str(), rows[3].email.as_deref()), ("x", None));
        assert_eq!(rows[0], author(1, "ada", Some("a@x"), 1));
        // A nullable column takes a plain value and another column; text functions too.
        Author::update().set(Author::email, Author::name).filter(Author::id.eq(1)).exec(&bed.db).await.unwrap();
        Author::update().set(Author::email, "y").filter(Author::id.eq(2)).exec(&bed.db).await.unwrap();
        Author::update().set(Author::name, Author::name.upper().concat("!")).filter(Author::id.eq(3)).exec(&bed.db).await.unwrap();
        let rows = authors(&bed.db).await;
        assert_eq!((rows[0].email.as_deref(), rows[1].email.as_deref(), rows[2].name.as_str()), (Some("ada"), Some("y"), "CY!"));
    }

    async fn columns_swap_on_every_backend(bed: Bed) {
        library(&bed.db).await;
        let swapped = Author::update()
            .set(Author::score, Author::rank)
            .set(Author::rank, Author::score)
            .all_rows()
            .exec(&bed.db).await.unwrap();
        assert_eq!(swapped, 4);
        let rows = authors(&bed.db).await;
        assert!(rows.iter().all(|row| (row.score, row.rank) == (10 * row.id as i32, row.id as i32)), "{rows:?}");
        // A later assignment reads what was there before the statement.
        Author::update().set(Author::score, Author::score + 1).set(Author::rank, Author::score * 2)
            .filter(Author::id.eq(1)).exec(&bed.db).await.unwrap();
        let ada = Author::find(1).one(&bed.db).await.unwrap();
        assert_eq!((ada.score, ada.rank), (11, 20));
    }

    async fn the_count_is_of_rows_that_match_changed_or_not(bed: Bed) {
        library(&bed.db).await;
        for _ in 0..2 {
            assert_eq!(Author::update().set(Author::score, 5).filter(Author::id.le(3)).exec(&bed.db).await.unwrap(), 3);
        }
        // Swapped equal values are the same again.
        let equal = Author::update().set(Author::score, Author::score).set(Author::rank, Author::rank).all_rows();
        assert_eq!(equal.exec(&bed.db).await.unwrap(), 4);
        let swapped = Author::update().set(Author::score, 7).set(Author::rank, 7).all_rows();
        assert_eq!(swapped.exec(&bed.db).await.unwrap(), 4);
        let again = Author::update().set(Author::score, Author::rank).set(Author::rank, Author::score).all_rows();
        assert_eq!(again.exec(&bed.db).await.unwrap(), 4);
        assert_eq!(Author::update().set(Author::score, 5).filter(Author::id.gt(99)).exec(&bed.db).await.unwrap(), 0);
        assert_eq!(Author::update().set(Author::score, 5).filter(Author::id.in_list([0_i64; 0])).exec(&bed.db).await.unwrap(), 0);
    }

    async fn filters_reach_through_relations(bed: Bed) {
        library(&bed.db).await;
        let of_t3 = Author::books.any(Book::title.eq("t3"));
        assert_eq!(Author::update().set(Author::score, 50).filter(of_t3).exec(&bed.db).await.unwrap(), 1);
        assert_eq!(scores(&bed.db).await, [1, 50, 3, 4]);
        // The table itself on the other side: MariaDB and MySQL refuse it unless the rows are read first.
        assert_eq!(Author::update().set(Author::score, 0).filter(Author::pupils.any(Author::score.gt(10))).exec(&bed.db).await.unwrap(), 1);
        assert_eq!(scores(&bed.db).await, [0, 50, 3, 4]);
        let counted = Author::update().set(Author::email, "busy").filter(Author::books.count().ge(2)).exec(&bed.db).await.unwrap();
        assert_eq!(counted, 4);
        assert_eq!(Book::update().set(Book::title, "by bo").filter(Book::author.get(Author::name).eq("bo")).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Review::delete().filter(Review::book.get(Book::title).eq("by bo")).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Review::delete().filter(Review::book.get(Book::author.get(Author::name)).eq("cy")).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Author::update().set(Author::mentor_id, None::<i64>).filter(Author::mentor.get(Author::id).eq(1)).exec(&bed.db).await.unwrap(), 3);
        assert_eq!(Author::delete().filter(Author::pupils.is_empty().and(Author::name.eq("cy"))).exec(&bed.db).await.unwrap(), 1);
    }

    async fn without_a_filter_nothing_is_sent(bed: Bed) {
        library(&bed.db).await;
        bed.statements.clear();
        let update = Author::update().set(Author::score, 0).exec(&bed.db).await;
        assert!(matches!(update, Err(Error::Unfiltered { verb: "UPDATE", model: "Author" })), "{update:?}");
        let delete = Author::delete().exec(&bed.db).await;
        assert!(matches!(delete, Err(Error::Unfiltered { verb: "DELETE", model: "Author" })), "{delete:?}");
        let nothing = Author::update().all_rows().exec(&bed.db).await;
        assert!(matches!(nothing, Err(Error::InvalidQuery(_))), "{nothing:?}");
        let no_columns = [author(1, "x", None, 0)];
        let key = Author::update_many(&no_columns, (Author::id, Author::name)).exec(&bed.db).await;
        assert!(matches!(key, Err(Error::InvalidQuery(_))), "{key:?}");
        assert_eq!(bed.statements.take(), [""; 0]);
        // None of it fails a transaction, for nothing was sent.
        bed.db.transaction(async |tx| {
            let update = Author::update().set(Author::score, 0).exec(&mut *tx).await;
            assert!(matches!(update, Err(Error::Unfiltered { .. })));
            Author::update().set(Author::score, 9).all_rows().exec(&mut *tx).await
        }).await.unwrap();
        assert_eq!(scores(&bed.db).await, [9; 4]);
        assert_eq!(Loan::delete().all_rows().exec(&bed.db).await.unwrap(), 1);
    }

    async fn a_unique_swap_within_one_update(bed: Bed) {
        bed.sql("CREATE TABLE places (id BIGINT PRIMARY KEY, place INTEGER NOT NULL UNIQUE)").await;
        let rows = [Place { id: 1, place: 1 }, Place { id: 2, place: 2 }];
        Place::insert_many(rows).exec(&bed.db).await.unwrap();
        let swapped = [Place { id: 1, place: 2 }, Place { id: 2, place: 1 }];
        for outcome in [
            Place::update().set(Place::place, Expr::<Place, i32>::value(3) - Place::place).all_rows().exec(&bed.db).await,
            Place::update_many(&swapped, Place::place).exec(&bed.db).await,
        ] {
            // Every server looks at a unique constraint row by row, unless it is deferred.
            assert!(matches!(outcome, Err(Error::UniqueViolation(_))), "{outcome:?}");
        }
        assert_eq!(Place::select().order_by(Place::id.asc()).columns(Place::place).all(&bed.db).await.unwrap(), [1, 2]);
        if bed.dialect() == Dialect::Postgres {
            bed.sql("ALTER TABLE places DROP CONSTRAINT places_place_key").await;
            bed.sql("ALTER TABLE places ADD UNIQUE (place) DEFERRABLE INITIALLY DEFERRED").await;
            assert_eq!(Place::update_many(&swapped, Place::place).exec(&bed.db).await.unwrap(), 2);
            assert_eq!(Place::select().order_by(Place::id.asc()).columns(Place::place).all(&bed.db).await.unwrap(), [2, 1]);
        } else {
            // In two steps it goes everywhere.
            bed.db.transaction(async |tx| {
                Place::update().set(Place::place, -1).filter(Place::id.eq(1)).exec(&mut *tx).await?;
                Place::update().set(Place::place, 1).filter(Place::id.eq(2)).exec(&mut *tx).await?;
                Place::update().set(Place::place, 2).filter(Place::id.eq(1)).exec(&mut *tx).await
            }).await.unwrap();
            assert_eq!(Place::select().order_by(Place::id.asc()).columns(Place::place).all(&bed.db).await.unwrap(), [2, 1]);
        }
    }

    async fn deletes_cascade_set_null_and_are_refused(bed: Bed) {
        library(&bed.db).await;
        assert_eq!(Book::delete().filter(Book::id.eq(3)).exec(&bed.db).await.unwrap(), 1);
        assert_eq!(Review::find(3).one(&bed.db).await.unwrap().book_id, None);
        // The author's books go with him; only his own row counts.
        assert_eq!(Author::delete().filter(Author::id.eq(2)).exec(&bed.db).await.unwrap(), 1);
        assert_eq!(Book::select().count(&bed.db).await.unwrap(), 6);
        assert_eq!(Review::select().filter(Review::book_id.is_null()).count(&bed.db).await.unwrap(), 2);
        // A lent book holds its author, and nothing of the delete stays.
        let refused = Author::delete().filter(Author::id.in_list([3, 4])).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "{refused:?}");
        assert_eq!(Author::select().count(&bed.db).await.unwrap(), 3);
        assert_eq!(Book::select().count(&bed.db).await.unwrap(), 6);
        let refused = Author::delete().filter(Author::id.eq(1)).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "his pupils refer to him: {refused:?}");
        assert_eq!(Author::delete().filter(Author::id.eq(77)).exec(&bed.db).await.unwrap(), 0);
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "places")]
struct Place {
    #[model(primary_key)]
    id: i64,
    #[model(unique)]
    place: i32,
}
