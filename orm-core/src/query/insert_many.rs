//! INSERT of any number of rows.

use std::marker::PhantomData;

use super::bulk::Bulk;
use super::portions::{Portions, execute_as_one};
use super::returned::{ColumnSet, Returned, WholeRow, writable};
use crate::ast::{self, Bind, RowsForm};
use crate::db::{Executor, Lease};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::model::{AlikeRows, Insertable, Model, NewRows};
use crate::sql;
use crate::value::{Key, SqlType, Value};

/// How many rows one statement inserts at most as values; the number of binds and the size of the values may allow fewer.
const MAX_ROWS: usize = 1_000;
/// And as arrays or by COPY.
const MAX_BULK_ROWS: usize = 10_000;
/// How many values one statement of SQLite inserts at most: it then takes less time than a change of threads is worth.
const SQLITE_VALUES: usize = 2_000;

/// An INSERT of rows of `M`, in as many statements as the backend's limits need. All of them are one transaction: either every
/// row is stored or none.
///
/// `INSERT … VALUES (…), (…)`. On PostgreSQL `INSERT … SELECT unnest($1::…[]), …`, which is the same text for any number of
/// rows, where no column is of a type that takes untyped text only (enums, `inet`); and [`exec`](InsertMany::exec) of 2,000 rows
/// and more by `COPY … FROM STDIN (FORMAT binary)`, where the columns have the very types of the model and no rule or policy is
/// on the table. For that PostgreSQL is asked about the table once, and again after each COPY.
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
    rows: NewRows,
    returning: C,
    model: PhantomData<fn() -> M>,
}

/// What the derive's `User::insert_many(rows)` calls.
pub fn insert_many<M, I>(rows: I) -> InsertMany<M>
where
    M: Model,
    I: IntoIterator<Item: Insertable<Model = M>>,
{
    let rows = rows.into_iter();
    let mut new = NewRows::new(M::META, rows.size_hint().0.min(MAX_BULK_ROWS));
    for row in rows {
        row.write(&mut new);
        new.end_row();
    }
    InsertMany { rows: new, returning: WholeRow::default(), model: PhantomData }
}

/// Rows with values for the same columns, as many as one statement can carry.
struct Group {
    columns: Vec<&'static ColumnMeta>,
    /// The rows' places in the input.
    places: Vec<usize>,
    /// Row by row, one a column.
    values: Vec<Value>,
    form: RowsForm,
}

impl Group {
    /// The values of a row.
    fn row(&self, row: usize) -> &[Value] {
        let width = self.columns.len();
        self.values.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// The statement that stores the rows.
    fn statement<M: Model>(self, returning: Vec<&'static ColumnMeta>) -> ast::Insert {
        let Group { columns, places, values, form } = self;
        ast::Insert { model: M::META, columns, values, rows: places.len(), form, returning }
    }
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
        let mut lease = on.lease().await?;
        let dialect = lease.dialect();
        let bulk = Bulk::of(&mut lease, M::META, self.rows.len(), true).await?;
        let groups = groups(self.rows, dialect, &bulk);
        let stored = if bulk.may_copy() {
            let scope = lease.enter().await?;
            let stored = copy_each::<M>(&mut lease, groups, &bulk).await;
            lease.leave(scope, stored).await
        } else {
            let statements = groups.map(|group| sql::insert(group.statement::<M>(Vec::new()), dialect));
            execute_as_one(&mut lease, statements).await
        };
        stored.inspect_err(|_| bulk.forget(&lease))
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
        if !dialect.insert_returning() && !self.rows.columns().all(is_key_known::<M>) {
            return Err(Error::Unsupported {
                feature: "way to tell a key that a default makes",
                backend: dialect.name(),
            });
        }
        let bulk = Bulk::of(&mut lease, M::META, self.rows.len(), false).await?;
        let mut groups = groups(self.rows, dialect, &bulk);
        let (first, second) = (groups.next(), groups.next());
        let is_one = second.is_none() && dialect.insert_returning();
        let groups = first.into_iter().chain(second).chain(groups);
        let stored = if is_one {
            store::<M, C>(&mut lease, groups, &self.returning).await
        } else {
            let scope = lease.enter().await?;
            let stored = store::<M, C>(&mut lease, groups, &self.returning).await;
            lease.leave(scope, stored).await
        };
        let mut stored = stored.inspect_err(|_| bulk.forget(&lease))?;
        stored.sort_by_key(|(place, _)| *place);
        Ok(stored.into_iter().map(|(_, row)| row).collect())
    }
}

/// Rows as they are stored, each with its place in the input.
type Stored<R> = Vec<(usize, R)>;

async fn store<M: Model, C: ColumnSet<M>>(
    lease: &mut Lease<'_>,
    groups: impl Iterator<Item = Group>,
    returning: &C,
) -> Result<Stored<C::Row>> {
    let mut stored = Vec::new();
    for group in groups {
        if !lease.dialect().insert_returning() {
            stored.extend(store_and_read_back::<M, C>(lease, &group, returning).await?);
            continue;
        }
        let order = InputOrder::of::<M>(&group);
        let insert = group.statement::<M>(Returned::<M, C>::wanted(returning));
        let sql = sql::insert(insert, lease.dialect())?;
        let mut returned = Returned::<M, C>::new(returning);
        lease.fetch(&sql, &mut returned).await?;
        stored.extend(order.restore(M::META.name, returned.rows)?);
    }
    Ok(stored)
}

/// What puts returned rows in the order of the input. No server promises to return them in it.
struct InputOrder {
    places: Vec<usize>,
    by: By,
}

/// How a returned row is told.
enum By {
    /// By the key that was given; the keys in order, each with its place.
    Given(Vec<(Option<Key>, usize)>),
    /// By the part of the key that the server counted up in the order in which it read the rows.
    Counted(usize),
    /// By the order in which it came, which is that of VALUES on every server that was tried.
    Coming,
}

impl InputOrder {
    fn of<M: Model>(group: &Group) -> Self {
        let places = group.places.clone();
        let by = match (places.len(), given_key::<M>(&group.columns)) {
            (0 | 1, _) => By::Coming,
            (_, Some(at)) => {
                let key = |(row, place): (usize, &usize)| (key_of(group.row(row), &at), *place);
                let mut keys: Vec<_> = places.iter().enumerate().map(key).collect();
                keys.sort_unstable();
                By::Given(keys)
            }
            (_, None) => counted_part::<M>(&group.columns).map_or(By::Coming, By::Counted),
        };
        InputOrder { places, by }
    }

    fn restore<R>(self, model: &str, mut returned: Vec<(Option<Key>, R)>) -> Result<Stored<R>> {
        if returned.len() != self.places.len() {
            return Err(Error::InvalidQuery(format!(
                "an insert of {} rows of {model} returned {}: a rule or trigger of the database keeps rows back, so insert \
                 with `.exec(..)`; without a transaction around it, the others are stored",
                self.places.len(),
                returned.len()
            )));
        }
        // Where the server keeps a key in another form (CHAR pads it, a collation folds it), only the order is left.
        let places = match self.by {
            By::Given(keys) => found(&keys, &returned).unwrap_or(self.places),
            By::Counted(part) => {
                returned.sort_by(|left, right| part_of(&left.0, part).cmp(&part_of(&right.0, part)));
                self.places
            }
            By::Coming => self.places,
        };
        Ok(places.into_iter().zip(returned.into_iter().map(|row| row.1)).collect())
    }
}

/// The places of the returned rows; `None` where one has a key that was not given.
fn found<R>(keys: &[(Option<Key>, usize)], returned: &[(Option<Key>, R)]) -> Option<Vec<usize>> {
    let place = |key: &Option<Key>| {
        let at = keys.binary_search_by(|entry| entry.0.cmp(key)).ok()?;
        Some(keys.get(at)?.1)
    };
    returned.iter().map(|(key, _)| place(key)).collect()
}

/// Where in a row of values the primary key stands; `None` where the database makes a part of it.
fn given_key<M: Model>(columns: &[&'static ColumnMeta]) -> Option<Vec<usize>> {
    let at = |wanted: &&ColumnMeta| columns.iter().position(|column| column.index == wanted.index);
    M::META.primary.iter().map(at).collect()
}

/// Which part of the primary key the database counts up; `None` where it makes one that does not rise, such as a UUID.
fn counted_part<M: Model>(columns: &[&'static ColumnMeta]) -> Option<usize> {
    let is_unset = |key: &ColumnMeta| columns.iter().all(|column| column.index != key.index);
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
fn is_key_known<M: Model>(columns: &[&'static ColumnMeta]) -> bool {
    given_key::<M>(columns).is_some() || counted_part::<M>(columns).is_some()
}

fn key_of(row: &[Value], at: &[usize]) -> Option<Key> {
    Key::of_values(at.iter().map(|index| row.get(*index).cloned().unwrap_or(Value::Null)))
}

/// Inserts row by row where a key is generated, and reads each row back by its key.
async fn store_and_read_back<M: Model, C: ColumnSet<M>>(
    lease: &mut Lease<'_>,
    group: &Group,
    returning: &C,
) -> Result<Stored<C::Row>> {
    let mut stored = Vec::with_capacity(group.places.len());
    for (row, place) in group.places.iter().enumerate() {
        let values = group.row(row);
        let (columns, places) = (group.columns.clone(), vec![*place]);
        let one = Group { columns, places, values: values.to_vec(), form: RowsForm::Values };
        let sql = sql::insert(one.statement::<M>(Vec::new()), lease.dialect())?;
        let made = lease.execute(&sql).await?.last_insert_id.unwrap_or_default();
        let key = |column: &&'static ColumnMeta| {
            let given = group.columns.iter().position(|given| given.index == column.index);
            let value = given.and_then(|at| values.get(at)).cloned().unwrap_or(Value::Int(made));
            let bind = ast::Node::Bind(Bind::of(column, value));
            ast::Node::binary(ast::Binary::Eq, ast::Node::Column(column), bind)
        };
        let filter = ast::Node::And(M::META.primary.iter().map(key).collect());
        let sql = sql::select(&read_back::<M, C>(filter, returning), ast::Shape::Rows, lease.dialect())?;
        let mut returned = Returned::<M, C>::new(returning);
        lease.fetch(&sql, &mut returned).await?;
        let read = returned.rows.pop().ok_or(Error::NotFound { model: M::META.name })?;
        stored.push((*place, read.1));
    }
    Ok(stored)
}

fn read_back<M: Model, C: ColumnSet<M>>(filter: ast::Node, returning: &C) -> ast::Select {
    let mut select = ast::Select::new(M::META);
    let columns = Returned::<M, C>::wanted(returning);
    columns.into_iter().for_each(|column| select.push(ast::Select::ROOT, ast::Node::Column(column)));
    select.filter = Some(filter);
    select
}

/// The rows, those together that give the same columns and that one statement can carry.
fn groups(rows: NewRows, dialect: Dialect, bulk: &Bulk) -> impl Iterator<Item = Group> + Send {
    rows.into_alike().into_iter().flat_map(move |alike| {
        let AlikeRows { columns, places, values, bytes } = alike;
        let form = bulk.form(&columns, places.len());
        let most = most_rows(dialect, columns.len(), form);
        let portions = Portions::new(places.len(), values, bytes, most);
        let mut places = places.into_iter();
        portions.map(move |(rows, values)| {
            let places = places.by_ref().take(rows).collect();
            Group { columns: columns.clone(), places, values, form }
        })
    })
}

/// How many rows of so many columns one statement takes.
fn most_rows(dialect: Dialect, columns: usize, form: RowsForm) -> usize {
    if form != RowsForm::Values {
        return MAX_BULK_ROWS;
    }
    let values = if dialect == Dialect::Sqlite { SQLITE_VALUES } else { dialect.max_binds() };
    values.checked_div(columns).unwrap_or(1).clamp(1, MAX_ROWS)
}

/// Copies the rows, or inserts those that cannot be copied; gives their number.
async fn copy_each<M: Model>(
    lease: &mut Lease<'_>,
    groups: impl Iterator<Item = Group>,
    bulk: &Bulk,
) -> Result<u64> {
    let mut stored = 0;
    let mut copied = Vec::new();
    for group in groups {
        let form = group.form;
        if form == RowsForm::Copy {
            copied.extend(&group.columns);
        }
        let sql = sql::insert(group.statement::<M>(Vec::new()), lease.dialect())?;
        stored += match form {
            RowsForm::Copy => lease.copy(&sql).await?,
            RowsForm::Arrays | RowsForm::Values => lease.execute(&sql).await?.rows_affected,
        };
    }
    if !copied.is_empty() {
        bulk.check(lease, &copied).await?;
    }
    Ok(stored)
}
