//! How statements are prepared.
//!
//! A pooler that gives each transaction another session of the server (pgbouncer's `pool_mode = transaction`) mixes up the
//! named statements of its clients. The unnamed one is safe from its preparation to its use, as long as both are in one
//! transaction. The caller sees to that.

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::{Executor, PgConnection};

use super::{attempt, failure};
use crate::ast::Bind;
use crate::backend::{Outcome, Sink, failure::classify, unprepared};
use crate::error::{Error, Result};

/// How many texts are remembered as harmless; beyond, all are forgotten and learnt again.
const KNOWN: usize = 4_096;

/// How the statements of a connection are prepared.
pub(crate) enum Prepare {
    /// Once a text, under a name, and kept.
    Named,
    /// Each time, without a name. With the texts whose types the driver knows.
    Unnamed(HashSet<Arc<str>>),
}

impl Prepare {
    pub(in crate::backend) fn new(through_pooler: bool) -> Self {
        if through_pooler { Prepare::Unnamed(HashSet::new()) } else { Prepare::Named }
    }
}

/// Runs a statement inside a transaction.
///
/// Where a result has a type of the user's own (an enum, `citext`), sqlx asks the server about it after it has prepared the
/// statement, which throws the unnamed one away, and the statement fails. So a text that is not known yet runs behind a
/// savepoint, and runs again; the driver has learnt the type.
pub(super) async fn fetch_unnamed(
    connection: &mut PgConnection,
    known: &mut HashSet<Arc<str>>,
    text: &Arc<str>,
    binds: &[Bind],
    sink: &mut dyn Sink,
) -> Result<Outcome> {
    if known.contains(text.as_ref()) {
        let drained = attempt(connection, false, text, binds, sink).await?;
        return drained.map_err(|error| explained(error, text))?.finish();
    }
    command(connection, "SAVEPOINT orm_prepare").await?;
    let drained = match attempt(connection, false, text, binds, sink).await? {
        Err(error) if failure::is_stale_plan(&error) => {
            command(connection, "ROLLBACK TO SAVEPOINT orm_prepare").await?;
            attempt(connection, false, text, binds, sink).await?
        }
        drained => drained,
    };
    let drained = drained.map_err(|error| explained(error, text))?;
    command(connection, "RELEASE SAVEPOINT orm_prepare").await?;
    if known.len() == KNOWN {
        known.clear();
    }
    known.insert(Arc::clone(text));
    drained.finish()
}

/// A type that was made anew has another number: the driver learns it, and the transaction must run again.
fn explained(error: sqlx::Error, text: &str) -> Error {
    if failure::is_stale_plan(&error) {
        return Error::Serialization(failure::stale_plan(text));
    }
    classify(error, text)
}

async fn command(connection: &mut PgConnection, text: &str) -> Result<()> {
    connection.execute(unprepared(text)).await.map(drop).map_err(|error| classify(error, text))
}
