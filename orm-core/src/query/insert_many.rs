//! INSERT of any number of rows.

use std::marker::PhantomData;

use super::portions::{execute_as_one, portions};
use super::returned::{ColumnSet, Returned, WholeRow, writable};
use crate::ast::{self, Bind};
use crate::db::{Executor, Lease};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::model::{Insertable, Model, NewRows};
use crate::sql::{self, Sql};
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
    let mut values = NewRows::new(M::META);
    for row in rows {
        row.write(&mut values);
    }
    InsertMany { rows: values, returning: WholeRow::default(), model: PhantomData }
}

/// Rows with values for the same columns, as many as one statement can carry.
struct Group {
    columns: Vec<&'static ColumnMeta>,
    /// The rows' places in the input.
    places: Vec<usize>,
    /// Row by row, one a column.
    values: Vec<Value>,
}

impl Group {
    /// The values of a row.
    fn row(&self, row: usize) -> &[Value] {
        let width = self.columns.len();
        self.values.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// The rows in portions that one statement of the dialect can bind. Rows without any column go one by one: DEFAULT VALUES
    /// is for a single row.
    fn split(self, dialect: Dialect) -> Vec<Group> {
        let most = dialect.max_binds().checked_div(self.columns.len()).unwrap_or(1);
        let portions = portions(self.places.len(), &self.values, most.clamp(1, MAX_ROWS));
        if portions.len() == 1 {
            return vec![self];
        }
        let Group { columns, places, values } = self;
        let (mut places, mut values) = (places.into_iter(), values.into_iter());
        let portion = |rows: usize| Group {
            columns: columns.clone(),
            places: places.by_ref().take(rows).collect(),
            values: values.by_ref().take(rows * columns.len()).collect(),
        };
        portions.into_iter().map(portion).collect()
    }

    /// The statement that stores the rows.
    fn statement<M: Model>(self, returning: Vec<&'static ColumnMeta>) -> ast::Insert {
        let Group { columns, places, values } = self;
        ast::Insert { model: M::META, columns, values, rows: places.len(), returning }
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
        let lease = on.lease().await?;
        let dialect = lease.dialect();
        let statements: Vec<Sql> = groups(self.rows, dialect)
            .into_iter()
            .map(|group| sql::insert(group.statement::<M>(Vec::new()), dialect))
            .collect::<Result<_>>()?;
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
        let groups = groups(self.rows, dialect);
        if !dialect.insert_returning() && !groups.iter().all(|group| is_key_known::<M>(group)) {
            return Err(Error::Unsupported {
                feature: "way to tell a key that a default makes",
                backend: dialect.name(),
            });
        }
        let mut stored = if groups.len() == 1 && dialect.insert_returning() {
            store::<M, C>(&mut lease, groups, &self.returning).await?
        } else {
            let scope = lease.enter().await?;
            let stored = store::<M, C>(&mut lease, groups, &self.returning).await;
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
    groups: Vec<Group>,
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
        let by = match (places.len(), given_key::<M>(group)) {
            (0 | 1, _) => By::Coming,
            (_, Some(at)) => {
                let key = |(row, place): (usize, &usize)| (key_of(group.row(row), &at), *place);
                let mut keys: Vec<_> = places.iter().enumerate().map(key).collect();
                keys.sort_unstable();
                By::Given(keys)
            }
            (_, None) => counted_part::<M>(group).map_or(By::Coming, By::Counted),
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
        let one = Group { columns: group.columns.clone(), places: vec![*place], values: values.to_vec() };
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

/// The rows, grouped by the columns that they give (unset is not NULL) and by what one statement can carry.
fn groups(rows: NewRows, dialect: Dialect) -> Vec<Group> {
    let (columns, values) = rows.into_parts();
    let groups = match alike(columns, &values) {
        Some(given) => vec![Group {
            columns: given,
            places: (0..values.len() / columns.len()).collect(),
            values: values.into_iter().flatten().collect(),
        }],
        None => groups_by_columns(columns, values),
    };
    groups.into_iter().flat_map(|group| group.split(dialect)).collect()
}

/// The columns that every row gives, where all rows give the same: the usual case.
fn alike(columns: &'static [ColumnMeta], values: &[Option<Value>]) -> Option<Vec<&'static ColumnMeta>> {
    let (first, others) = values.split_at_checked(columns.len())?;
    let same =
        |row: &[Option<Value>]| row.iter().zip(first).all(|(one, other)| one.is_some() == other.is_some());
    others.chunks(columns.len()).all(same).then(|| given(columns, first).collect())
}

/// The columns that a row gives.
fn given<'r>(
    columns: &'static [ColumnMeta],
    row: &'r [Option<Value>],
) -> impl Iterator<Item = &'static ColumnMeta> + use<'r> {
    columns.iter().zip(row).filter(|(_, value)| value.is_some()).map(|(column, _)| column)
}

fn groups_by_columns(columns: &'static [ColumnMeta], mut values: Vec<Option<Value>>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, row) in values.chunks_mut(columns.len()).enumerate() {
        let same = |group: &Group| {
            group.columns.iter().map(|column| column.index).eq(given(columns, row).map(|column| column.index))
        };
        let group = groups.iter().rposition(same).unwrap_or_else(|| {
            let columns = given(columns, row).collect();
            groups.push(Group { columns, places: Vec::new(), values: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(group) {
            group.places.push(place);
            group.values.extend(row.iter_mut().filter_map(Option::take));
        }
    }
    groups
}
