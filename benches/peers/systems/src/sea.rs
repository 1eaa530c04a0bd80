//! sea-orm: its dense entities, its entity loader, and the pool that it makes by itself.

use harness::Result;
use harness::client::{Client, number};
use harness::data::{Backend, Entry as Plain};
use sea_orm::prelude::*;
use sea_orm::{
    ActiveValue::NotSet, ConnectOptions, ConnectionTrait, Database, QueryOrder, QuerySelect, Set,
    TransactionTrait,
};

mod user {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        pub email: Option<String>,
        pub city: String,
        pub bio: Option<String>,
        pub age: i32,
        pub visits: i64,
        pub score: f64,
        pub active: bool,
        pub created_at: TimeDateTime,
        #[sea_orm(has_many)]
        pub posts: HasMany<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod post {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub author_id: i64,
        pub title: String,
        pub body: Option<String>,
        pub score: i32,
        #[sea_orm(belongs_to, from = "author_id", to = "id")]
        pub author: BelongsTo<super::user::Entity>,
        #[sea_orm(has_many)]
        pub comments: HasMany<super::comment::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod comment {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "comments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub post_id: i64,
        pub text: String,
        pub likes: i32,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub post: BelongsTo<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod entry {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "entries")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub email: Option<String>,
        pub city: String,
        pub bio: Option<String>,
        pub age: i32,
        pub visits: i64,
        pub score: f64,
        pub active: bool,
        pub created_at: TimeDateTime,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub struct SeaOrm {
    db: DatabaseConnection,
    /// Rows of nine binds in a statement.
    portion: usize,
}

impl SeaOrm {
    pub async fn connect(backend: Backend, url: &str) -> Result<Self> {
        let (url, portion) = match backend {
            Backend::Sqlite => (format!("sqlite:{url}"), 32_766 / 9),
            Backend::Postgres | Backend::Mariadb => (url.to_owned(), 65_535 / 9),
        };
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false);
        if backend == Backend::Sqlite {
            // Each further connection to `:memory:` would be another database.
            options.max_connections(1);
        }
        Ok(Self { db: Database::connect(options).await?, portion })
    }
}

fn new(row: Plain) -> entry::ActiveModel {
    entry::ActiveModel {
        id: NotSet,
        name: Set(row.name),
        email: Set(row.email),
        city: Set(row.city),
        bio: Set(row.bio),
        age: Set(row.age),
        visits: Set(row.visits),
        score: Set(row.score),
        active: Set(row.active),
        created_at: Set(row.created_at),
    }
}

impl Client for SeaOrm {
    type New = Vec<entry::ActiveModel>;

    async fn execute(&self, sql: &str) -> Result<()> {
        self.db.execute_unprepared(sql).await?;
        Ok(())
    }

    async fn one(&self, id: i64) -> Result<usize> {
        Ok(user::Entity::find_by_id(id).one(&self.db).await?.into_iter().count())
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        Ok(user::Entity::find()
            .filter(user::Column::Id.lte(n as i64))
            .order_by_asc(user::Column::Id)
            .all(&self.db)
            .await?
            .len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        let query = post::Entity::find()
            .inner_join(user::Entity)
            .filter(user::Column::Age.eq(age))
            .filter(post::Column::Score.gte(score))
            .order_by_asc(post::Column::Id);
        Ok(query.all(&self.db).await?.len())
    }

    fn prepare(&self, rows: Vec<Plain>) -> Self::New {
        rows.into_iter().map(new).collect()
    }

    async fn insert(&self, mut rows: Self::New) -> Result<usize> {
        if rows.len() == 1 {
            let row = rows.pop().ok_or("a row")?;
            return Ok(usize::try_from(entry::Entity::insert(row).exec_without_returning(&self.db).await?)?);
        }
        if rows.len() <= self.portion {
            return Ok(usize::try_from(
                entry::Entity::insert_many(rows).exec_without_returning(&self.db).await?,
            )?);
        }
        let transaction = self.db.begin().await?;
        let mut inserted = 0;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(self.portion));
            inserted += entry::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
            rows = rest;
        }
        transaction.commit().await?;
        Ok(usize::try_from(inserted)?)
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let users = user::Entity::load()
            .filter(user::Column::Id.lte(users))
            .order_by_asc(user::Column::Id)
            .with((post::Entity, comment::Entity))
            .all(&self.db)
            .await?;
        let posts = users.iter().flat_map(|user| user.posts.iter());
        Ok(users.len() + posts.map(|post| 1 + post.comments.len()).sum::<usize>())
    }

    async fn count(&self, age: i32) -> Result<usize> {
        let count = user::Entity::find().filter(user::Column::Age.eq(age)).count(&self.db).await?;
        number(i64::try_from(count)?)
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        Ok(user::Entity::find().filter(user::Column::Age.eq(age)).exists(&self.db).await?.into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let rows: Vec<(i64, String)> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Name])
            .order_by_asc(user::Column::Id)
            .filter(user::Column::Id.lte(n as i64))
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.len())
    }
}
