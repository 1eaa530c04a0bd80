//! INSERT of any number of rows.

use std::marker::PhantomData;

use super::portions::{execute_as_one, portions};
use super::returned::{ColumnSet, Returned, WholeRow, binds, writable};
use crate::ast::{self, Bind};
use crate::db::{Executor, Lease};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::model::{Insertable, Model, NewRow};
use crate::sql;
use crate::value::{Key, SqlType, Value};

/// How many rows one statement inserts at most; the number of binds and the size of the values may allow fewer.
const MAX_ROWS: usize = 1_000;

/// An INSERT of rows of `M`, in as many statements as the backend's limits need. All of them are one transaction: either every
/// row is stored or none.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let posts = (0..3).map(|n| NewPost { author_id: ada.id, title: format!("Part {n}"), score: n });
/// let stored: Vec<Post> = Post::insert_many(posts.clone()).all(&db).await?; // in the order of the input
/// assert_eq!(stored[2].title, "Part 2");
/// let ids: Vec<(i64,)> = Post::insert_many(posts).returning((Post::id,)).all(&db).await?;
/// assert_eq!(ids.len(), 3);
/// # Ok(())
/// # }
/// ```
#[must_use = "an insert does nothing until a verb such as `.exec(&db)` runs it"]
pub struct InsertMany<M: Model, C: ColumnSet<M> = WholeRow<M>> {
    rows: Vec<NewRow>,
    returning: C,
    model: PhantomData<fn() -> M>,
}

/// What the derive's `User::insert_many(rows)` calls.
pub fn insert_many<M, I>(rows: I) -> InsertMany<M>
where
    M: Model,
    I: IntoIterator<Item: Insertable<Model = M>>,
{
    InsertMany {
        rows: rows.into_iter().map(new_row).collect(),
        returning: WholeRow::default(),
        model: PhantomData,
    }
}

/// The values of a row to insert.
pub(super) fn new_row<I: Insertable>(row: I) -> NewRow {
    let mut values = NewRow::new(I::Model::META);
    row.write(&mut values);
    values
}

/// Rows with values for the same columns, which go into one statement, and their places in the input.
struct Group {
    columns: Vec<&'static ColumnMeta>,
    rows: Vec<(usize, Vec<Bind>)>,
}

impl<M: Model, C: ColumnSet<M>> InsertMany<M, C> {
    /// Gives these columns of the stored rows instead of whole models.
    pub fn returning<D: ColumnSet<M>>(self, columns: D) -> InsertMany<M, D> {
        InsertMany { rows: self.rows, returning: columns, model: PhantomData }
    }

    /// Stores the rows; gives their number.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for a read-only model, before anything is sent; else what the database says, and then no row is
    /// stored.
    pub async fn exec<'c>(self, on: impl Executor<'c>) -> Result<u64> {
        writable::<M>()?;
        if self.rows.is_empty() {
            return Ok(0);
        }
        let lease = on.lease().await?;
        let dialect = lease.dialect();
        let mut statements = Vec::new();
        for group in groups(self.rows) {
            for rows in chunks(&group, dialect) {
                statements.push(sql::insert(&statement::<M>(&group, rows, Vec::new()), dialect)?);
            }
        }
        execute_as_one(lease, &statements).await
    }

    /// Stores the rows and gives them as they are stored, in the order of the input.
    ///
    /// Rows are told apart by their primary key: a given one is looked up, generated numbers rise in the order of the input.
    /// On MySQL, which returns nothing, rows are inserted one by one and read back.
    ///
    /// # Errors
    /// As [`exec`](InsertMany::exec). On MySQL [`Error::Unsupported`] where a default makes the key, before anything is sent.
    /// [`Error::InvalidQuery`] where a rule or trigger of the database keeps rows back, so that nobody can tell which came
    /// through: [`exec`](InsertMany::exec) gives their number.
    pub async fn all<'c>(self, on: impl Executor<'c>) -> Result<Vec<C::Row>> {
        writable::<M>()?;
        if self.rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut lease = on.lease().await?;
        let dialect = lease.dialect();
        let groups = groups(self.rows);
        if !dialect.insert_returning() && !groups.iter().all(|group| is_key_known::<M>(group)) {
            return Err(Error::Unsupported {
                feature: "way to tell a key that a default makes",
                backend: dialect.name(),
            });
        }
        let statements: usize = groups.iter().map(|group| chunks(group, dialect).len()).sum();
        let mut stored = if statements == 1 && dialect.insert_returning() {
            store::<M, C>(&mut lease, &groups, &self.returning).await?
        } else {
            let scope = lease.enter().await?;
            let stored = store::<M, C>(&mut lease, &groups, &self.returning).await;
            lease.leave(scope, stored).await?
        };
        stored.sort_by_key(|(place, _)| *place);
        Ok(stored.into_iter().map(|(_, row)| row).collect())
    }
}

/// Rows as they are stored, each with its place in the input.
type Stored<R> = Vec<(usize, R)>;

async fn store<M: Model, C: ColumnSet<M>>(
    lease: &mut Lease<'_>,
    groups: &[Group],
    returning: &C,
) -> Result<Stored<C::Row>> {
    let mut stored = Vec::new();
    for group in groups {
        if lease.dialect().insert_returning() {
            for rows in chunks(group, lease.dialect()) {
                let insert = statement::<M>(group, rows, Returned::<M, C>::wanted(returning));
                let sql = sql::insert(&insert, lease.dialect())?;
                let mut returned = Returned::<M, C>::new(returning);
                lease.fetch(&sql, &mut returned).await?;
                stored.extend(in_input_order::<M, _>(group, rows, returned.rows)?);
            }
        } else {
            stored.extend(store_and_read_back::<M, C>(lease, group, returning).await?);
        }
    }
    Ok(stored)
}

/// Puts returned rows in the order of the input. No server promises to return them in it.
fn in_input_order<M: Model, R>(
    group: &Group,
    rows: &[(usize, Vec<Bind>)],
    mut returned: Vec<(Option<Key>, R)>,
) -> Result<Stored<R>> {
    if returned.len() != rows.len() {
        return Err(Error::InvalidQuery(format!(
            "an insert of {} rows of {} returned {}: a rule or trigger of the database keeps rows back, so insert with \
             `.exec(..)`; without a transaction around it, the others are stored",
            rows.len(),
            M::META.name,
            returned.len()
        )));
    }
    let Some(key_at) = given_key::<M>(group) else {
        if let Some(part) = counted_part::<M>(group) {
            // The server counted the keys up in the order in which it read the rows.
            returned.sort_by(|left, right| part_of(&left.0, part).cmp(&part_of(&right.0, part)));
        }
        return Ok(rows.iter().map(|row| row.0).zip(returned.into_iter().map(|row| row.1)).collect());
    };
    let mut places: Vec<(Option<Key>, usize)> =
        rows.iter().map(|(place, row)| (key_of(row, &key_at), *place)).collect();
    places.sort_unstable();
    let find = |key: &Option<Key>| {
        places
            .binary_search_by(|entry| entry.0.cmp(key))
            .ok()
            .and_then(|at| places.get(at))
            .map(|entry| entry.1)
    };
    if let Some(found) = returned.iter().map(|(key, _)| find(key)).collect::<Option<Vec<usize>>>() {
        return Ok(found.into_iter().zip(returned.into_iter().map(|row| row.1)).collect());
    }
    // The server keeps a key in another form (CHAR pads it, a collation folds it), so only the order is left, which is
    // that of VALUES on every server that was tried.
    Ok(rows.iter().map(|row| row.0).zip(returned.into_iter().map(|row| row.1)).collect())
}

/// Where in a row of binds the primary key stands; `None` where the database makes a part of it.
fn given_key<M: Model>(group: &Group) -> Option<Vec<usize>> {
    let at = |wanted: &&ColumnMeta| group.columns.iter().position(|column| column.index == wanted.index);
    M::META.primary.iter().map(at).collect()
}

/// Which part of the primary key the database counts up; `None` where it makes one that does not rise, such as a UUID.
fn counted_part<M: Model>(group: &Group) -> Option<usize> {
    let is_unset = |key: &ColumnMeta| group.columns.iter().all(|column| column.index != key.index);
    let mut unset = M::META.primary.iter().enumerate().filter(|(_, column)| is_unset(column));
    match (unset.next(), unset.next()) {
        (Some((part, column)), None) if column.generated && column.sql_type != SqlType::Uuid => Some(part),
        _ => None,
    }
}

fn part_of(key: &Option<Key>, part: usize) -> Option<&Key> {
    match key {
        Some(Key::Many(parts)) => parts.get(part),
        key => key.as_ref(),
    }
}

/// Whether the keys can be told without RETURNING: they are given, or the server reports the number that it made.
fn is_key_known<M: Model>(group: &Group) -> bool {
    given_key::<M>(group).is_some() || counted_part::<M>(group).is_some()
}

fn key_of(row: &[Bind], at: &[usize]) -> Option<Key> {
    Key::of_values(at.iter().map(|index| row.get(*index).map_or(Value::Null, |bind| bind.value.clone())))
}

/// Inserts row by row where a key is generated, and reads each row back by its key.
async fn store_and_read_back<M: Model, C: ColumnSet<M>>(
    lease: &mut Lease<'_>,
    group: &Group,
    returning: &C,
) -> Result<Stored<C::Row>> {
    let key_at = given_key::<M>(group);
    let mut stored = Vec::with_capacity(group.rows.len());
    for row in &group.rows {
        let insert = statement::<M>(group, std::slice::from_ref(row), Vec::new());
        let sql = sql::insert(&insert, lease.dialect())?;
        let outcome = lease.execute(&sql).await?;
        let made = Value::Int(outcome.last_insert_id.unwrap_or_default());
        let key = |(index, column): (usize, &&'static ColumnMeta)| {
            let given = key_at.as_ref().and_then(|at| row.1.get(*at.get(index)?));
            let given =
                given.or_else(|| row.1.get(group.columns.iter().position(|c| c.index == column.index)?));
            let value = given.map_or_else(|| made.clone(), |bind| bind.value.clone());
            let bind = Bind { value, sql_type: column.sql_type, column: Some(column) };
            ast::Node::binary(ast::Binary::Eq, ast::Node::Column(column), ast::Node::Bind(bind))
        };
        let filter = ast::Node::And(M::META.primary.iter().enumerate().map(key).collect());
        let mut returned = Returned::<M, C>::new(returning);
        lease
            .fetch(&sql::query(&read_back::<M, C>(filter, returning), lease.dialect())?, &mut returned)
            .await?;
        let read = returned.rows.pop().ok_or(Error::NotFound { model: M::META.name })?;
        stored.push((row.0, read.1));
    }
    Ok(stored)
}

fn read_back<M: Model, C: ColumnSet<M>>(filter: ast::Node, returning: &C) -> ast::Query {
    let mut select = ast::Select::new(M::META);
    let columns = Returned::<M, C>::wanted(returning);
    select.columns.extend(columns.into_iter().map(|column| (ast::Select::ROOT, ast::Node::Column(column))));
    select.filter = Some(filter);
    ast::Query { select, shape: ast::Shape::Rows }
}

/// The rows, grouped by the columns that they give: unset is not NULL.
fn groups(rows: Vec<NewRow>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let (columns, values) = row.given();
        let row = (place, binds(&columns, values));
        let same = |group: &Group| {
            group.columns.iter().map(|column| column.index).eq(columns.iter().map(|column| column.index))
        };
        match groups.iter_mut().rev().find(|group| same(group)) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { columns, rows: vec![row] }),
        }
    }
    groups
}

/// The rows in portions that one statement of the dialect can bind. Rows without any column go one by one: DEFAULT VALUES
/// is for a single row.
fn chunks(group: &Group, dialect: Dialect) -> Vec<&[(usize, Vec<Bind>)]> {
    let rows = dialect.max_binds().checked_div(group.columns.len()).unwrap_or(1);
    portions(&group.rows, rows.clamp(1, MAX_ROWS), |row| &row.1)
}

fn statement<M: Model>(
    group: &Group,
    rows: &[(usize, Vec<Bind>)],
    returning: Vec<&'static ColumnMeta>,
) -> ast::Insert {
    ast::Insert {
        model: M::META,
        columns: group.columns.clone(),
        rows: rows.iter().map(|row| row.1.clone()).collect(),
        returning,
    }
}
