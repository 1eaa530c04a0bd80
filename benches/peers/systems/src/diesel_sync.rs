//! diesel with its own, synchronous connections, on the calling thread.

use std::sync::Mutex;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{MysqlConnection, PgConnection, SqliteConnection};
use harness::client::{Client, number};
use harness::data::Entry as Plain;
use harness::{Error, Result};

use crate::diesel_models::*;

pub struct Diesel<C>(Mutex<C>);

impl<C: Connection> Diesel<C> {
    pub fn connect(url: &str) -> Result<Self> {
        Ok(Self(Mutex::new(C::establish(url)?)))
    }
}

macro_rules! client {
    ($connection:ty, binds: $binds:literal) => {
        impl Client for Diesel<$connection> {
            type New = Vec<NewEntry>;

            async fn execute(&self, sql: &str) -> Result<()> {
                Ok(lock(&self.0)?.batch_execute(sql)?)
            }

            async fn one(&self, id: i64) -> Result<usize> {
                users::table.find(id).select(User::as_select()).get_result(&mut *lock(&self.0)?)?;
                Ok(1)
            }

            async fn rows(&self, n: usize) -> Result<usize> {
                let query =
                    users::table.filter(users::id.le(n as i64)).order_by(users::id).select(User::as_select());
                Ok(query.load(&mut *lock(&self.0)?)?.len())
            }

            async fn join(&self, age: i32, score: i32) -> Result<usize> {
                let query = posts::table
                    .inner_join(users::table)
                    .filter(users::age.eq(age).and(posts::score.ge(score)))
                    .order_by(posts::id)
                    .select(Post::as_select());
                Ok(query.load(&mut *lock(&self.0)?)?.len())
            }

            fn prepare(&self, rows: Vec<Plain>) -> Self::New {
                rows.into_iter().map(new).collect()
            }

            async fn insert(&self, rows: Self::New) -> Result<usize> {
                let connection = &mut *lock(&self.0)?;
                if let [row] = &*rows {
                    return Ok(diesel::insert_into(entries::table).values(row).execute(connection)?);
                }
                let portion = $binds / 9;
                if rows.len() <= portion {
                    return Ok(diesel::insert_into(entries::table).values(&rows).execute(connection)?);
                }
                connection.transaction(|connection| {
                    let mut inserted = 0;
                    for rows in rows.chunks(portion) {
                        inserted += diesel::insert_into(entries::table).values(rows).execute(connection)?;
                    }
                    Ok(inserted)
                })
            }

            async fn tree(&self, users: i64) -> Result<usize> {
                let connection = &mut *lock(&self.0)?;
                let users = users::table
                    .filter(users::id.le(users))
                    .order_by(users::id)
                    .select(User::as_select())
                    .load(connection)?;
                let posts = Post::belonging_to(&users)
                    .order_by(posts::id)
                    .select(Post::as_select())
                    .load(connection)?;
                let comments = Comment::belonging_to(&posts)
                    .order_by(comments::id)
                    .select(Comment::as_select())
                    .load(connection)?;
                Ok(size(&nest(users, posts, comments)))
            }

            async fn count(&self, age: i32) -> Result<usize> {
                let query = users::table.filter(users::age.eq(age)).count();
                number(query.get_result(&mut *lock(&self.0)?)?)
            }

            async fn exists(&self, age: i32) -> Result<usize> {
                let query = diesel::select(diesel::dsl::exists(users::table.filter(users::age.eq(age))));
                Ok(query.get_result::<bool>(&mut *lock(&self.0)?)?.into())
            }

            async fn columns(&self, n: usize) -> Result<usize> {
                let query = users::table
                    .filter(users::id.le(n as i64))
                    .order_by(users::id)
                    .select((users::id, users::name));
                Ok(query.load::<(i64, String)>(&mut *lock(&self.0)?)?.len())
            }
        }
    };
}

client!(SqliteConnection, binds: 32_766);
client!(PgConnection, binds: 65_535);
client!(MysqlConnection, binds: 65_535);

fn lock<C>(connection: &Mutex<C>) -> Result<std::sync::MutexGuard<'_, C>> {
    connection.lock().map_err(|_| Error::from("another iteration panicked"))
}
