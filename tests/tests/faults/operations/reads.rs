//! Every verb of a select and of raw SQL.

use orm_core::{sql, sql_dynamic};

use super::unchanged;
use crate::subject::Subject;
use crate::sweep::Operation;
use crate::{Entry, Mark, Note, State, entry, operations, with};

/// Rows enough to come in many pieces.
const MANY: i64 = 500;

async fn store_many(subject: &Subject) {
    Entry::insert_many((1..=MANY).map(|id| entry(-id))).exec(&subject.direct).await.unwrap();
}

fn many() -> State {
    with((1..=MANY).map(|id| (-id, 0)))
}

pub(super) const OPERATIONS: &[Operation] = operations! {
    "all", unchanged(), |s| {
        let found = Entry::select().order_by(Entry::id.asc()).all(&s.db).await?;
        assert_eq!(found, [entry(1), entry(2), entry(3)]);
        Ok(())
    }
    "all of a filter with a list", unchanged(), |s| {
        let found = Entry::select().filter(Entry::id.in_list([3, 4, 5])).all(&s.db).await?;
        assert_eq!(found, [entry(3)]);
        Ok(())
    }
    "find one", unchanged(), |s| {
        assert_eq!(Entry::find(2).one(&s.db).await?, entry(2));
        Ok(())
    }
    "find optional", unchanged(), |s| {
        assert_eq!(Entry::find(7).optional(&s.db).await?, None);
        Ok(())
    }
    "first", unchanged(), |s| {
        assert_eq!(Entry::select().order_by(Entry::id.desc()).first(&s.db).await?, Some(entry(3)));
        Ok(())
    }
    "count", unchanged(), |s| {
        assert_eq!(Entry::select().count(&s.db).await?, 3);
        Ok(())
    }
    "exists", unchanged(), |s| {
        assert!(Entry::select().filter(Entry::id.gt(2)).exists(&s.db).await?);
        Ok(())
    }
    "sum", unchanged(), |s| {
        assert_eq!(Entry::select().sum(Entry::id, &s.db).await?, Some(6));
        Ok(())
    }
    "avg", unchanged(), |s| {
        assert_eq!(Entry::select().avg(Entry::id, &s.db).await?, Some(2.0));
        Ok(())
    }
    "min", unchanged(), |s| {
        assert_eq!(Entry::select().min(Entry::id, &s.db).await?, Some(1));
        Ok(())
    }
    "max", unchanged(), |s| {
        assert_eq!(Entry::select().max(Entry::id, &s.db).await?, Some(3));
        Ok(())
    }
    "columns", unchanged(), |s| {
        let found = Entry::select().order_by(Entry::id.asc()).columns((Entry::id, Entry::value)).all(&s.db).await?;
        assert_eq!(found, [(1, 0), (2, 0), (3, 0)]);
        Ok(())
    }
    "count of related rows", unchanged(), |s| {
        let query = Entry::select().filter(Entry::notes.any(Note::id.lt(3))).order_by(Entry::id.asc());
        assert_eq!(query.columns((Entry::id, Entry::tags.count())).all(&s.db).await?, [(1, 1), (2, 1)]);
        Ok(())
    }
    "all of many rows" in 256, vec![many()], |s| given () = store_many(s).await => {
        assert_eq!(Entry::select().filter(Entry::id.lt(0)).all(&s.db).await?.len(), MANY as usize);
        Ok(())
    }
    "raw exec", unchanged(), |s| { sql("SELECT id FROM entries").exec(&s.db).await }
    "raw exec of text made at run time", unchanged(), |s| {
        sql_dynamic(format!("SELECT id, {} FROM entries", s.backend as i32)).exec(&s.db).await
    }
    "raw all", unchanged(), |s| {
        let found = sql("SELECT id, value FROM entries ORDER BY id").fetch_as::<(i64, i64)>().all(&s.db).await?;
        assert_eq!(found, [(1, 0), (2, 0), (3, 0)]);
        Ok(())
    }
    "raw optional", unchanged(), |s| {
        let found = sql("SELECT value FROM marks WHERE id = 1").fetch_as::<(i64,)>().optional(&s.db).await?;
        assert_eq!(found, Some((16,)));
        Ok(())
    }
    "raw one", unchanged(), |s| {
        let found = sql("SELECT COUNT(*) FROM entries").fetch_as::<(i64,)>().one(&s.db).await?;
        assert_eq!(found, (3,));
        Ok(())
    }
    "a query that does not find its one row", unchanged(), |s| {
        assert!(Mark::find(-1).one(&s.db).await.is_err());
        Ok(())
    }
};
