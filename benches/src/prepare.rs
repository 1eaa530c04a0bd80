//! Fills the tables of a database that the systems share.

use harness::Result;
use harness::data::{self, Backend};
use harness::serve::Task;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};

/// Makes the database where it is not there, and its tables anew.
pub async fn prepare(task: &Task) -> Result<()> {
    let (server, database) = task.url.rsplit_once('/').unwrap_or(("", &task.url));
    match task.backend {
        Backend::Sqlite => {
            let mut connection = SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", task.url)).await?;
            connection.execute("PRAGMA journal_mode = WAL").await?;
            fill(&mut connection, task).await
        }
        Backend::Postgres => {
            let mut connection = PgConnection::connect(&format!("{server}/postgres")).await?;
            let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)");
            let there: bool = query.bind(database).fetch_one(&mut connection).await?;
            if !there {
                connection.execute(AssertSqlSafe(format!("CREATE DATABASE {database}"))).await?;
            }
            fill(&mut PgConnection::connect(&task.url).await?, task).await
        }
        Backend::Mariadb => {
            let mut connection = MySqlConnection::connect(&format!("{server}/mysql")).await?;
            let create = format!("CREATE DATABASE IF NOT EXISTS {database} CHARACTER SET utf8mb4");
            connection.execute(AssertSqlSafe(create)).await?;
            fill(&mut MySqlConnection::connect(&task.url).await?, task).await
        }
    }
}

async fn fill<C: Connection>(connection: &mut C, task: &Task) -> Result<()>
where
    for<'c> &'c mut C: Executor<'c>,
{
    for sql in data::fill(task.backend, task.users) {
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    }
    Ok(())
}
