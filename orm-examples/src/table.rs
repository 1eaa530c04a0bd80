//! Tables of text with aligned columns.

use std::fmt::{self, Display, Formatter};

/// A column's heading and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Aligned left.
    Text(&'static str),
    /// Aligned right.
    Number(&'static str),
    /// Aligned right, and another one each time: left out of comparisons.
    Time(&'static str),
}

impl Column {
    fn heading(self) -> &'static str {
        match self {
            Column::Text(heading) | Column::Number(heading) | Column::Time(heading) => heading,
        }
    }
}

/// A table with a title; it prints itself.
#[derive(Debug, Clone)]
pub struct Table {
    title: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Table { title: title.into(), columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row, one field a column.
    pub fn row(&mut self, fields: impl IntoIterator<Item = String>) {
        self.rows.push(fields.into_iter().collect());
    }

    /// What differs from another table, in words; times are not looked at.
    pub fn differences(&self, other: &Table) -> Vec<String> {
        let mut found = Vec::new();
        if self.rows.len() != other.rows.len() {
            found.push(format!("{}: {} lines, and {}", self.title, self.rows.len(), other.rows.len()));
        }
        for (ours, theirs) in self.rows.iter().zip(&other.rows) {
            for ((column, our), their) in self.columns.iter().zip(ours).zip(theirs) {
                if our != their && !matches!(column, Column::Time(_)) {
                    let line = ours.first().map_or("", String::as_str);
                    found.push(format!("{}, {line}, {}: {our}, and {their}", self.title, column.heading()));
                }
            }
        }
        found
    }

    fn width(&self, index: usize, column: Column) -> usize {
        let fields = self.rows.iter().filter_map(|row| row.get(index)).map(String::as_str);
        fields.chain([column.heading()]).map(|text| text.chars().count()).max().unwrap_or(0)
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.title.is_empty() {
            writeln!(f, "{}", self.title)?;
        }
        let widths: Vec<usize> =
            self.columns.iter().enumerate().map(|(index, column)| self.width(index, *column)).collect();
        let line = |fields: Vec<&str>| {
            let mut line = String::new();
            for ((field, column), width) in fields.into_iter().zip(&self.columns).zip(&widths) {
                line.push_str("  ");
                match column {
                    Column::Text(_) => line.push_str(&format!("{field:<width$}")),
                    Column::Number(_) | Column::Time(_) => line.push_str(&format!("{field:>width$}")),
                }
            }
            line.trim_end().to_owned()
        };
        writeln!(f, "{}", line(self.columns.iter().map(|column| column.heading()).collect()))?;
        writeln!(f, "  {}", "─".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)))?;
        for row in &self.rows {
            writeln!(f, "{}", line(row.iter().map(String::as_str).collect()))?;
        }
        Ok(())
    }
}
