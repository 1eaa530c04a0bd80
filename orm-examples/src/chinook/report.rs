//! The report: figures and trees of one database.

use std::fmt::{self, Display, Formatter};

use orm_core::{Db, Result};

use super::{figures, trees};
use crate::{Table, Watch};

/// A report over one database. It prints itself.
#[derive(Debug)]
pub struct Report {
    tables: Vec<Table>,
    unequal: Vec<String>,
}

impl Report {
    /// Reads everything that the report tells.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(db: &Db) -> Result<Report> {
        let watch = Watch::over(db);
        let mut report = Report { tables: vec![figures::row_counts(db).await?], unequal: Vec::new() };
        for tree in [
            trees::artists(db, &watch).await?,
            trees::playlists(db, &watch).await?,
            trees::customers(db, &watch).await?,
            trees::employees(db, &watch).await?,
        ] {
            report.unequal.extend(tree.unequal);
            report.tables.push(tree.table);
        }
        report.tables.push(figures::countries(db).await?);
        report.tables.push(figures::genres(db).await?);
        report.tables.push(figures::sales(db).await?);
        report.tables.push(figures::customers(db).await?);
        report.tables.push(figures::tracks(db).await?);
        report.tables.push(figures::questions(db).await?);
        Ok(report)
    }

    /// Loads of this database that gave another result than the first way to load the same.
    pub fn unequal(&self) -> &[String] {
        &self.unequal
    }

    /// What differs from another report, in words; times are not looked at.
    pub fn differences(&self, other: &Report) -> Vec<String> {
        self.tables.iter().zip(&other.tables).flat_map(|(ours, theirs)| ours.differences(theirs)).collect()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for table in &self.tables {
            writeln!(f, "{table}")?;
        }
        Ok(())
    }
}
