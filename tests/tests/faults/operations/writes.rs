//! Every verb that writes, in one statement and in several; and the tables themselves.

use orm_core::prelude::*;
use orm_tests::Backend;

use super::unchanged;
use crate::subject::Subject;
use crate::sweep::Operation;
use crate::{BEFORE, Entry, State, Tables, entry, operations, with};

/// How many rows make several statements; on MySQL, where rows that are returned go one by one, a few.
fn chunks(subject: &Subject) -> i64 {
    if subject.backend == Backend::MySql { 8 } else { 1_200 }
}

fn chunks_stored(subject: &Subject) -> Vec<State> {
    vec![with((1..=chunks(subject)).map(|id| (-id, 0)))]
}

fn updated(value: i64) -> Vec<State> {
    vec![BEFORE.map(|(id, _)| (id, value)).to_vec()]
}

/// Rows enough for several statements, stored with value 0 and to be updated to 7.
async fn store_many(subject: &Subject) -> Vec<Entry> {
    Entry::insert_many((1..=3_000).map(|id| entry(-id))).exec(&subject.direct).await.unwrap();
    (1..=3_000).map(|id| Entry { id: -id, value: 7 }).collect()
}

fn many(value: i64) -> State {
    with((1..=3_000).map(|id| (-id, value)))
}

#[derive(Model, Debug, Clone)]
#[model(table = "others")]
#[has_many(parts: Part, key = other_id)]
struct Other {
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "parts")]
#[belongs_to(other: Other, key = other_id)]
struct Part {
    #[model(primary_key)]
    id: i64,
    other_id: i64,
}

pub(super) const OPERATIONS: &[Operation] = operations! {
    "insert", vec![with([(4, 0)])], |s| { Entry::insert(entry(4)).exec(&s.db).await }
    "insert one", vec![with([(4, 0)])], |s| {
        assert_eq!(Entry::insert(entry(4)).one(&s.db).await?, entry(4));
        Ok(())
    }
    "insert returning columns", vec![with([(4, 0)])], |s| {
        assert_eq!(Entry::insert(entry(4)).returning((Entry::value, Entry::id)).one(&s.db).await?, (0, 4));
        Ok(())
    }
    "insert many", vec![with([(4, 0), (5, 0)])], |s| { Entry::insert_many([entry(4), entry(5)]).exec(&s.db).await }
    "insert many in several statements" in 256, vec![with((1..=2_200).map(|id| (-id, 0)))], |s| {
        Entry::insert_many((1..=2_200).map(|id| entry(-id))).exec(&s.db).await
    }
    "insert many that return" in 64, vec![with([(4, 0), (5, 0)])], |s| {
        assert_eq!(Entry::insert_many([entry(5), entry(4)]).all(&s.db).await?, [entry(5), entry(4)]);
        Ok(())
    }
    "insert many that return, in several statements" in 1024, chunks_stored(s), |s| {
        assert_eq!(Entry::insert_many((1..=chunks(s)).map(|id| entry(-id))).all(&s.db).await?[7], entry(-8));
        Ok(())
    }
    "insert many returning columns" in 64, vec![with([(4, 0), (5, 0)])], |s| {
        let rows = [entry(5), entry(4)];
        assert_eq!(Entry::insert_many(rows).returning((Entry::id,)).all(&s.db).await?, [(5,), (4,)]);
        Ok(())
    }
    "update", updated(5), |s| { Entry::update().set(Entry::value, 5).filter(Entry::id.le(3)).exec(&s.db).await }
    "update of all rows", updated(1), |s| { Entry::update().set(Entry::value, Entry::value + 1).all_rows().exec(&s.db).await }
    "update many", updated(5), |s| {
        let rows = BEFORE.map(|(id, _)| Entry { id, value: 5 });
        Entry::update_many(&rows, Entry::value).exec(&s.db).await
    }
    "update many in several statements" in 256, vec![many(0), many(7)], |s| given rows = store_many(s).await => {
        Entry::update_many(&rows, Entry::value).exec(&s.db).await
    }
    "delete", vec![vec![(1, 0)]], |s| { Entry::delete().filter(Entry::id.ge(2)).exec(&s.db).await }
    "delete of all rows", vec![vec![]], |s| { Entry::delete().all_rows().exec(&s.db).await }
    "raw write", updated(9), |s| { orm_core::sql("UPDATE entries SET value = 9").exec(&s.db).await }
    "an insert that a constraint refuses", unchanged(), |s| {
        assert!(Entry::insert(entry(3)).exec(&s.db).await.is_err());
        Ok(())
    }
    "inserts of which the last is refused" in 256, unchanged(), |s| {
        assert!(Entry::insert_many((1..=1_200).map(|id| entry(id - 1_199))).exec(&s.db).await.is_err());
        Ok(())
    }
    "create tables", unchanged(), |s| { s.db.create_tables::<Tables>().await }
    "create other tables and drop them", unchanged(), |s| {
        s.db.create_tables::<(Other, Part)>().await?;
        s.db.drop_tables::<(Other, Part)>().await
    }
};
