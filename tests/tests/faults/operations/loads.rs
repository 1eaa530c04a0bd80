//! Loads by each strategy, at two levels.

use super::unchanged;
use crate::sweep::Operation;
use crate::{Entry, Note, Tag, operations};

pub(super) const OPERATIONS: &[Operation] = operations! {
    "selectin", unchanged(), |s| {
        let found = Entry::select().with(Entry::notes.selectin()).all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes() == &[Note { id: entry.id, entry_id: entry.id }]));
        Ok(())
    }
    "selectin of selectin" in 64, unchanged(), |s| {
        let found = Entry::select().with(Entry::notes.selectin().with(Note::tags.selectin())).all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes()[0].tags()[0].id == entry.id));
        Ok(())
    }
    "joined", unchanged(), |s| {
        let found = Entry::select().with(Entry::notes.joined()).all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes() == &[Note { id: entry.id, entry_id: entry.id }]));
        Ok(())
    }
    "joined of joined", unchanged(), |s| {
        let found = Tag::select().with(Tag::note.joined().with(Note::entry.joined())).all(&s.db).await?;
        assert!(found.iter().all(|tag| tag.note().entry().id == tag.id));
        Ok(())
    }
    "joined of selectin" in 64, unchanged(), |s| {
        let found = Entry::select().with(Entry::notes.joined().with(Note::tags.selectin())).all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes()[0].tags()[0].id == entry.id));
        Ok(())
    }
    "selectin of joined" in 64, unchanged(), |s| {
        let found = Entry::select().with(Entry::tags.selectin().with(Tag::note.joined())).all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.tags()[0].note().id == entry.id));
        Ok(())
    }
    "raise beside selectin", unchanged(), |s| {
        let query = Entry::select().with(Entry::notes.raise()).with(Entry::tags.selectin());
        let found = query.all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes().is_err() && entry.tags().len() == 1));
        Ok(())
    }
    "selectin on a condition", unchanged(), |s| {
        let query = Entry::select().with_if(true, Entry::notes.selectin()).with_if(false, Entry::tags.selectin());
        let found = query.all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes().is_ok() && entry.tags().is_err()));
        Ok(())
    }
    "selectin of a part", unchanged(), |s| {
        let part = Entry::notes.selectin().filter(Note::id.ne(2)).order_by(Note::id.desc());
        let found = Entry::select().with(part).all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes().len() == usize::from(entry.id != 2)));
        Ok(())
    }
    "a tree of three loads" in 64, unchanged(), |s| {
        let query = Entry::select()
            .with(Entry::notes.selectin().with(Note::tags.selectin()))
            .with(Entry::tags.selectin().with(Tag::note.joined()));
        let found = query.all(&s.db).await?;
        assert!(found.iter().all(|entry| entry.notes()[0].tags().len() == 1 && entry.tags()[0].note().id == entry.id));
        Ok(())
    }
    "a tree of one row", unchanged(), |s| {
        let found = Entry::find(2).with(Entry::notes.selectin().with(Note::tags.joined())).one(&s.db).await?;
        assert_eq!(found.notes()[0].tags()[0].id, 2);
        Ok(())
    }
    "a tree in a transaction" in 64, unchanged(), |s| given mut tx = s.db.begin().await.unwrap() => {
        let found = Entry::select().with(Entry::notes.selectin().with(Note::tags.selectin())).all(&mut tx).await?;
        assert!(found.iter().all(|entry| entry.notes()[0].tags()[0].id == entry.id));
        Ok(())
    }
};
