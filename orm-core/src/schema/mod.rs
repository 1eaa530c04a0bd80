//! The schema: tables, constraints and indexes made from the models.

mod names;
mod order;
mod table;
mod types;

use crate::db::{Db, Executor, Lease};
use crate::dialect::Dialect;
use crate::error::Result;
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
        let statements = create_statements(&metas::<T>(), self.dialect())?;
        let mut lease = self.lease().await?;
        run_all(&mut lease, &statements).await
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
        if !dialect.is_mysql_like() {
            return run_all(&mut lease, &statements).await;
        }
        // Tables that refer to each other in a ring can only go with the checks off.
        lease.run("SET FOREIGN_KEY_CHECKS = 0").await?;
        let dropped = run_all(&mut lease, &statements).await;
        lease.run("SET FOREIGN_KEY_CHECKS = 1").await?;
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

/// The statements that create the tables, in order.
fn create_statements(metas: &[&'static ModelMeta], dialect: Dialect) -> Result<Vec<String>> {
    let ordered = order::by_dependency(metas);
    let (mut tables, mut indexes, mut late) = (Vec::new(), Vec::new(), Vec::new());
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
            late.push(table::add_foreign_key(meta, key, dialect)?);
        }
    }
    tables.extend(indexes);
    tables.extend(late);
    Ok(tables)
}
