//! The schema: tables, constraints and indexes made from the models.

mod names;
mod order;
mod table;
mod types;

use crate::db::{Db, Executor, Lease};
use crate::dialect::Dialect;
use crate::error::{Error, Failure, Result};
use crate::meta::ModelMeta;
use crate::model::Model;
use crate::value::each_tuple;

/// The models of a schema: a model, or a tuple of up to twelve; tuples nest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of models",
    label = "expected a tuple of models, e.g. `(User, Post)`",
    note = "more than twelve models nest: `((A, B, …), (M, N, …))`"
)]
pub trait Tables {
    /// Adds the models' facts.
    #[doc(hidden)]
    fn metas(metas: &mut Vec<&'static ModelMeta>);
}

impl<M: Model> Tables for M {
    fn metas(metas: &mut Vec<&'static ModelMeta>) {
        metas.push(M::META);
    }
}

macro_rules! tables {
    ($($name:ident)+) => {
        impl<$($name: Tables),+> Tables for ($($name,)+) {
            fn metas(metas: &mut Vec<&'static ModelMeta>) {
                $($name::metas(metas);)+
            }
        }
    };
}

each_tuple!(tables);

impl Db {
    /// Creates the tables of these models, with primary and foreign keys, unique constraints and indexes, where they are not
    /// there yet: `CREATE TABLE IF NOT EXISTS …`, a table after those that it refers to. A table that is there is left as it
    /// is. Read-only models are views and are left out.
    ///
    /// SQLite tables are STRICT, so that a value of the wrong type is refused and not converted.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for a type that the backend does not have and
    /// [`Error::InvalidName`](crate::Error::InvalidName) for a name that it does not allow, before anything is sent; else what
    /// the database says.
    pub async fn create_tables<T: Tables>(&self) -> Result<()> {
        let creation = Creation::new(&metas::<T>(), self.dialect())?;
        let mut lease = self.lease().await?;
        run_all(&mut lease, &creation.tables).await?;
        for statement in &creation.late_keys {
            match lease.run(statement).await {
                Err(Error::Database(said)) if is_already_there(&said) => {}
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Drops the tables of these models, where they are there, each before those that it refers to.
    ///
    /// # Errors
    /// What the database says.
    pub async fn drop_tables<T: Tables>(&self) -> Result<()> {
        let dialect = self.dialect();
        let mut statements = Vec::new();
        for table in order::by_dependency(&metas::<T>()).into_iter().rev() {
            statements.push(table::drop(table, dialect)?);
        }
        let mut lease = self.lease().await?;
        // Tables that refer to each other in a ring can only go with the checks off.
        let (off, on) = match dialect {
            Dialect::Postgres => return run_all(&mut lease, &statements).await,
            Dialect::Sqlite => ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
            Dialect::MariaDb | Dialect::MySql => ("SET FOREIGN_KEY_CHECKS = 0", "SET FOREIGN_KEY_CHECKS = 1"),
        };
        lease.admit(off)?;
        lease.run(off).await?;
        let dropped = run_all(&mut lease, &statements).await;
        lease.run(on).await?;
        dropped
    }
}

async fn run_all(lease: &mut Lease<'_>, statements: &[String]) -> Result<()> {
    for statement in statements {
        lease.run(statement).await?;
    }
    Ok(())
}

/// The models that have tables.
fn metas<T: Tables>() -> Vec<&'static ModelMeta> {
    let mut metas = Vec::new();
    T::metas(&mut metas);
    metas.retain(|meta| !meta.read_only);
    metas
}

/// The statements that create tables.
struct Creation {
    /// Tables and indexes, which are left alone where they are there.
    tables: Vec<String>,
    /// Foreign keys that close a ring, which the server refuses where they are there.
    late_keys: Vec<String>,
}

impl Creation {
    fn new(metas: &[&'static ModelMeta], dialect: Dialect) -> Result<Creation> {
        let ordered = order::by_dependency(metas);
        let (mut tables, mut indexes, mut late_keys) = (Vec::new(), Vec::new(), Vec::new());
        for (place, meta) in ordered.iter().enumerate() {
            let earlier = ordered.get(..=place).unwrap_or_default();
            let is_late = |target: &ModelMeta| {
                // SQLite looks at a foreign key's target only when a row is written, and can not add one later.
                dialect != Dialect::Sqlite
                    && order::contains(&ordered, target)
                    && !order::contains(earlier, target)
            };
            tables.push(table::create(meta, dialect, is_late)?);
            indexes.extend(table::indexes(meta, dialect)?);
            for key in meta.foreign_keys.iter().filter(|key| is_late((key.target)())) {
                late_keys.push(table::add_foreign_key(meta, key, dialect)?);
            }
        }
        tables.extend(indexes);
        Ok(Creation { tables, late_keys })
    }
}

/// Whether a constraint of this name was there: 42710 on PostgreSQL, 1826 on MySQL, 1005 with 121 behind it on MariaDB.
fn is_already_there(said: &Failure) -> bool {
    match said.code.as_deref() {
        Some("42710" | "1826") => true,
        Some("1005") => said.message.contains("errno: 121"),
        _ => false,
    }
}
