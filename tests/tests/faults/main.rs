//! What may go wrong around a query: its future is dropped, the connection breaks, the server freezes, dies and comes back.
//! Nothing that was acknowledged is lost, nothing is done by half, and the pool works again at once.

mod cuts;
mod hazards;
mod operations;

mod restarts;
mod subject;
mod sweep;
mod tasks;

use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
#[has_many(notes: Note, key = entry_id)]
#[has_many(tags: Tag, key = entry_id)]
struct Entry {
    #[model(primary_key)]
    id: i64,
    value: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
#[belongs_to(entry: Entry, key = entry_id, on_delete = cascade)]
#[has_many(tags: Tag, key = note_id)]
struct Note {
    #[model(primary_key)]
    id: i64,
    entry_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tags")]
#[belongs_to(entry: Entry, key = entry_id, on_delete = cascade)]
#[belongs_to(note: Note, key = note_id, on_delete = cascade)]
struct Tag {
    #[model(primary_key)]
    id: i64,
    entry_id: i64,
    note_id: i64,
}

/// A row for each slot of a pool, which no operation changes: what reads its own row has not got another's.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "marks")]
struct Mark {
    #[model(primary_key)]
    id: i64,
    value: i64,
}

type Tables = (Entry, Note, Tag, Mark);

/// The entries' ids and values.
type State = Vec<(i64, i64)>;

const BEFORE: [(i64, i64); 3] = [(1, 0), (2, 0), (3, 0)];

fn with(more: impl IntoIterator<Item = (i64, i64)>) -> State {
    let mut state: State = BEFORE.into_iter().chain(more).collect();
    state.sort();
    state
}

fn entry(id: i64) -> Entry {
    Entry { id, value: 0 }
}
