//! A few models with every kind of relation.

use crate::ast::{Bind, Node};
use crate::meta::{ColumnMeta, Link, ModelMeta, Through};
use crate::value::{SqlType, Value};

const fn column(model: &'static str, index: usize, name: &'static str, sql_type: SqlType) -> ColumnMeta {
    ColumnMeta {
        model,
        field: name,
        name,
        index,
        sql_type,
        declared_type: None,
        nullable: false,
        generated: false,
        default: None,
        unique: false,
    }
}

const fn nullable(column: ColumnMeta) -> ColumnMeta {
    ColumnMeta { nullable: true, ..column }
}

const fn generated(column: ColumnMeta) -> ColumnMeta {
    ColumnMeta { generated: true, ..column }
}

const fn model(
    name: &'static str,
    table: &'static str,
    columns: &'static [ColumnMeta],
    primary: &'static [&'static ColumnMeta],
) -> ModelMeta {
    ModelMeta {
        name,
        schema: None,
        table,
        columns,
        primary,
        indexes: &[],
        foreign_keys: &[],
        read_only: false,
    }
}

static USERS: [ColumnMeta; 7] = [
    generated(column("User", 0, "id", SqlType::BigInt)),
    column("User", 1, "username", SqlType::Text),
    nullable(column("User", 2, "email", SqlType::Text)),
    nullable(column("User", 3, "age", SqlType::Integer)),
    column("User", 4, "balance", SqlType::Decimal),
    column("User", 5, "active", SqlType::Bool),
    column("User", 6, "joined_at", SqlType::Timestamp),
];
pub(super) static USER: ModelMeta = model("User", "users", &USERS, &[&USERS[0]]);

static POSTS: [ColumnMeta; 5] = [
    generated(column("Post", 0, "id", SqlType::BigInt)),
    column("Post", 1, "author_id", SqlType::BigInt),
    nullable(column("Post", 2, "editor_id", SqlType::BigInt)),
    column("Post", 3, "title", SqlType::Text),
    column("Post", 4, "score", SqlType::Integer),
];
pub(super) static POST: ModelMeta = model("Post", "posts", &POSTS, &[&POSTS[0]]);

/// Its key is text, which the server compares by rules of its own.
static TAGS: [ColumnMeta; 2] = [
    ColumnMeta { declared_type: Some("CHAR(5)"), ..column("Tag", 0, "code", SqlType::Text) },
    column("Tag", 1, "label", SqlType::Text),
];
pub(super) static TAG: ModelMeta = model("Tag", "tags", &TAGS, &[&TAGS[0]]);

static POST_TAGS: [ColumnMeta; 2] = [
    column("PostTag", 0, "post_id", SqlType::BigInt),
    ColumnMeta { declared_type: Some("CHAR(5)"), ..column("PostTag", 1, "tag_code", SqlType::Text) },
];
pub(super) static POST_TAG: ModelMeta =
    model("PostTag", "post_tags", &POST_TAGS, &[&POST_TAGS[0], &POST_TAGS[1]]);

static LINES: [ColumnMeta; 3] = [
    column("Line", 0, "tenant_id", SqlType::BigInt),
    column("Line", 1, "number", SqlType::Integer),
    column("Line", 2, "item", SqlType::Text),
];
pub(super) static LINE: ModelMeta =
    ModelMeta { schema: Some("shop"), ..model("Line", "lines", &LINES, &[&LINES[0], &LINES[1]]) };

static NOTES: [ColumnMeta; 4] = [
    generated(column("Note", 0, "id", SqlType::BigInt)),
    column("Note", 1, "tenant_id", SqlType::BigInt),
    column("Note", 2, "line_number", SqlType::Integer),
    column("Note", 3, "body", SqlType::Text),
];
pub(super) static NOTE: ModelMeta =
    ModelMeta { schema: Some("shop"), ..model("Note", "notes", &NOTES, &[&NOTES[0]]) };

static CATEGORIES: [ColumnMeta; 3] = [
    generated(column("Category", 0, "id", SqlType::BigInt)),
    nullable(column("Category", 1, "parent_id", SqlType::BigInt)),
    column("Category", 2, "name", SqlType::Text),
];
pub(super) static CATEGORY: ModelMeta = model("Category", "categories", &CATEGORIES, &[&CATEGORIES[0]]);

macro_rules! link {
    ($name:ident, $relation:literal, $source:ident $source_key:expr => $target:ident $target_key:expr, many: $many:literal) => {
        pub(super) static $name: Link = Link {
            name: $relation,
            source: &$source,
            source_key: $source_key,
            target: &$target,
            target_key: $target_key,
            through: None,
            to_many: $many,
        };
    };
}

link!(USER_POSTS, "posts", USER &[&USERS[0]] => POST &[&POSTS[1]], many: true);
link!(POST_AUTHOR, "author", POST &[&POSTS[1]] => USER &[&USERS[0]], many: false);
link!(POST_EDITOR, "editor", POST &[&POSTS[2]] => USER &[&USERS[0]], many: false);
link!(LINE_NOTES, "notes", LINE &[&LINES[0], &LINES[1]] => NOTE &[&NOTES[1], &NOTES[2]], many: true);
link!(NOTE_LINE, "line", NOTE &[&NOTES[1], &NOTES[2]] => LINE &[&LINES[0], &LINES[1]], many: false);
link!(CATEGORY_PARENT, "parent", CATEGORY &[&CATEGORIES[1]] => CATEGORY &[&CATEGORIES[0]], many: false);
link!(CATEGORY_CHILDREN, "children", CATEGORY &[&CATEGORIES[0]] => CATEGORY &[&CATEGORIES[1]], many: true);

pub(super) static POST_TAGGED: Link = Link {
    name: "tags",
    source: &POST,
    source_key: &[&POSTS[0]],
    target: &TAG,
    target_key: &[&TAGS[0]],
    through: Some(Through { model: &POST_TAG, source_key: &[&POST_TAGS[0]], target_key: &[&POST_TAGS[1]] }),
    to_many: true,
};

pub(super) static TAG_POSTS: Link = Link {
    name: "posts",
    source: &TAG,
    source_key: &[&TAGS[0]],
    target: &POST,
    target_key: &[&POSTS[0]],
    through: Some(Through { model: &POST_TAG, source_key: &[&POST_TAGS[1]], target_key: &[&POST_TAGS[0]] }),
    to_many: true,
};

/// The column with this name.
pub(super) fn meta(model: &'static ModelMeta, name: &str) -> &'static ColumnMeta {
    model.columns.iter().find(|column| column.name == name).unwrap()
}

pub(super) fn col(model: &'static ModelMeta, name: &str) -> Node {
    Node::Column(meta(model, name))
}

pub(super) fn bind(value: Value, sql_type: SqlType) -> Bind {
    Bind { value, sql_type, column: None }
}

pub(super) fn text(value: &str) -> Node {
    Node::Bind(bind(Value::Text(value.into()), SqlType::Text))
}

pub(super) fn int(value: i64) -> Node {
    Node::Bind(big(value))
}

pub(super) fn big(value: i64) -> Bind {
    bind(Value::Int(value), SqlType::BigInt)
}

pub(super) fn decimal(value: &str) -> Node {
    Node::Bind(bind(Value::Decimal(value.into()), SqlType::Decimal))
}
