//! A blog with every kind of relation, and its rows as one value.

use orm_core::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::world::World;
use crate::Bed;

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "users")]
#[has_many(posts: Post, key = author_id)]
#[has_many(reviews: Post, key = reviewer_id)]
#[has_one(profile: Profile, key = user_id)]
#[many_to_many(groups: Group, through = Membership)]
pub struct User {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub name: String,
    pub rank: Option<i32>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id)]
#[belongs_to(reviewer: User, key = reviewer_id)]
#[has_many(comments: Comment, key = post_id)]
#[many_to_many(tags: Tag, through = Tagging)]
pub struct Post {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(index)]
    pub author_id: i64,
    #[model(index)]
    pub reviewer_id: Option<i64>,
    pub title: String,
    pub score: Option<i32>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "comments")]
#[belongs_to(post: Post, key = post_id)]
#[belongs_to(writer: User, key = writer_id)]
pub struct Comment {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(index)]
    pub post_id: i64,
    pub writer_id: Option<i64>,
    pub text: Option<String>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "profiles")]
#[belongs_to(user: User, key = user_id)]
pub struct Profile {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub user_id: i64,
    pub bio: Option<String>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "user_groups")]
#[many_to_many(members: User, through = Membership)]
pub struct Group {
    #[model(primary_key, generated)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "memberships")]
#[belongs_to(user: User, key = user_id)]
#[belongs_to(group: Group, key = group_id)]
pub struct Membership {
    #[model(primary_key)]
    pub user_id: i64,
    #[model(primary_key)]
    pub group_id: i64,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "tags")]
#[many_to_many(posts: Post, through = Tagging)]
pub struct Tag {
    #[model(primary_key, generated)]
    pub id: i64,
    pub name: String,
}

/// A link that may stand twice, and may lead nowhere.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "taggings")]
#[belongs_to(post: Post, key = post_id)]
#[belongs_to(tag: Tag, key = tag_id)]
pub struct Tagging {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(index)]
    pub post_id: Option<i64>,
    pub tag_id: Option<i64>,
}

/// A text of [`WORDS`], to ask a database how it sorts them.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "words")]
pub struct Word {
    #[model(primary_key)]
    pub id: i64,
    pub word: String,
}

/// All tables, each after those that it refers to.
pub type Tables = (User, Post, Comment, Profile, Group, Membership, Tag, Tagging, Word);

/// Texts that differ under every collation of the suite's databases.
pub const WORDS: [&str; 9] = ["ape", "Bee", "cät", "dog's", "ελ", "日本", "100%_!", "\\", ""];

/// The rows of a blog.
#[derive(Debug, Clone, Default)]
pub struct Blog {
    pub users: Vec<User>,
    pub posts: Vec<Post>,
    pub comments: Vec<Comment>,
    pub profiles: Vec<Profile>,
    pub groups: Vec<Group>,
    pub memberships: Vec<Membership>,
    pub tags: Vec<Tag>,
    pub taggings: Vec<Tagging>,
}

impl Blog {
    /// Four users, of whom one has nothing; ties and NULL in what is sorted by; links that stand twice and that lead
    /// nowhere.
    pub fn small() -> Blog {
        let user = |id, name: &str, rank| User { id, name: name.to_owned(), rank };
        let post = |id, author_id, reviewer_id, title: usize, score| Post {
            id,
            author_id,
            reviewer_id,
            title: WORDS[title].to_owned(),
            score,
        };
        let comment = |id, post_id, writer_id, text: Option<usize>| Comment {
            id,
            post_id,
            writer_id,
            text: text.map(|text| WORDS[text].to_owned()),
        };
        Blog {
            users: vec![
                user(3, "ape", Some(1)),
                user(1, "Bee", None),
                user(7, "cät", Some(1)),
                user(5, "日本", Some(0)),
            ],
            posts: vec![
                post(11, 1, Some(3), 0, Some(2)),
                post(12, 1, None, 1, Some(2)),
                post(13, 3, Some(1), 1, None),
                post(14, 1, Some(1), 0, None),
                post(15, 7, Some(3), 4, Some(1)),
                post(16, 3, None, 8, Some(2)),
            ],
            comments: vec![
                comment(21, 12, Some(1), Some(5)),
                comment(22, 11, None, None),
                comment(23, 12, Some(3), None),
                comment(24, 12, Some(3), Some(0)),
                comment(25, 14, Some(7), Some(5)),
                comment(26, 15, None, None),
                comment(27, 11, Some(5), Some(2)),
            ],
            profiles: vec![
                Profile { id: 31, user_id: 7, bio: None },
                Profile { id: 32, user_id: 1, bio: Some("100%_!".to_owned()) },
            ],
            groups: [41, 42, 43].map(|id| Group { id, name: WORDS[(id % 2) as usize].to_owned() }).to_vec(),
            memberships: [(3, 42), (1, 42), (1, 41), (7, 41), (7, 42)]
                .map(|(user_id, group_id)| Membership { user_id, group_id })
                .to_vec(),
            tags: [51, 52, 53].map(|id| Tag { id, name: WORDS[(id % 3) as usize].to_owned() }).to_vec(),
            taggings: [
                (11, 52),
                (11, 51),
                (11, 52),
                (12, 51),
                (14, 53),
                (14, 53),
                (15, 0),
                (0, 51),
                (12, 51),
                (12, 52),
            ]
            .iter()
            .zip(61..)
            .map(|((post, tag), id)| Tagging {
                id,
                post_id: (*post > 0).then_some(*post),
                tag_id: (*tag > 0).then_some(*tag),
            })
            .collect(),
        }
    }

    /// Puts the rows into the tables, in place of what is there.
    pub async fn store(&self, db: &Db) {
        db.transaction(async |tx| {
            Tagging::delete().all_rows().exec(&mut *tx).await?;
            Membership::delete().all_rows().exec(&mut *tx).await?;
            Comment::delete().all_rows().exec(&mut *tx).await?;
            Profile::delete().all_rows().exec(&mut *tx).await?;
            Post::delete().all_rows().exec(&mut *tx).await?;
            Tag::delete().all_rows().exec(&mut *tx).await?;
            Group::delete().all_rows().exec(&mut *tx).await?;
            User::delete().all_rows().exec(&mut *tx).await?;
            User::insert_many(self.users.clone()).exec(&mut *tx).await?;
            Group::insert_many(self.groups.clone()).exec(&mut *tx).await?;
            Tag::insert_many(self.tags.clone()).exec(&mut *tx).await?;
            Post::insert_many(self.posts.clone()).exec(&mut *tx).await?;
            Profile::insert_many(self.profiles.clone()).exec(&mut *tx).await?;
            Comment::insert_many(self.comments.clone()).exec(&mut *tx).await?;
            Membership::insert_many(self.memberships.clone()).exec(&mut *tx).await?;
            Tagging::insert_many(self.taggings.clone()).exec(&mut *tx).await
        })
        .await
        .unwrap();
    }

    /// The rows in memory. `order` is that of [`word_order`].
    pub fn world(&self, order: &[String]) -> World {
        fn rows(rows: &[impl Serialize]) -> Vec<Value> {
            rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect()
        }
        World::new(
            [
                ("users", rows(&self.users)),
                ("posts", rows(&self.posts)),
                ("comments", rows(&self.comments)),
                ("profiles", rows(&self.profiles)),
                ("groups", rows(&self.groups)),
                ("memberships", rows(&self.memberships)),
                ("tags", rows(&self.tags)),
                ("taggings", rows(&self.taggings)),
            ],
            order,
        )
    }
}

/// The tables with [`Blog::small`] in them, and the same in memory.
pub async fn small(bed: &Bed) -> World {
    bed.create::<Tables>().await;
    let blog = Blog::small();
    blog.store(&bed.db).await;
    let order = word_order(&bed.db).await;
    bed.statements.clear();
    blog.world(&order)
}

/// The [`WORDS`] as this database sorts them.
pub async fn word_order(db: &Db) -> Vec<String> {
    let words = WORDS.iter().zip(0..).map(|(word, id)| Word { id, word: (*word).to_owned() });
    Word::insert_many(words).exec(db).await.unwrap();
    Word::select().order_by(Word::word.asc()).columns(Word::word).all(db).await.unwrap()
}
