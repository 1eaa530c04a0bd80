//! Children come in the order of their primary key, however they are stored, and the server sorts only what this library
//! cannot put in order by itself.

use orm_core::prelude::*;
use orm_tests::{Bed, cases};
use uuid::Uuid;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "roots")]
#[has_many(numbered: Numbered, key = root_id)]
#[has_many(paired: Paired, key = root_id)]
#[has_many(tokens: Token, key = root_id)]
#[has_many(named: Named, key = root_id)]
struct Root {
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "numbered")]
#[belongs_to(root: Root, key = root_id)]
#[has_many(notes: Note, key = numbered_id)]
struct Numbered {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    root_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
#[belongs_to(numbered: Numbered, key = numbered_id)]
struct Note {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    numbered_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "paired")]
#[belongs_to(root: Root, key = root_id)]
struct Paired {
    #[model(primary_key)]
    even: bool,
    #[model(primary_key)]
    token: Vec<u8>,
    #[model(index)]
    root_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tokens")]
#[belongs_to(root: Root, key = root_id)]
struct Token {
    #[model(primary_key)]
    id: Uuid,
    #[model(index)]
    root_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "named")]
#[belongs_to(root: Root, key = root_id)]
struct Named {
    #[model(primary_key)]
    name: String,
    #[model(index)]
    root_id: i64,
}

const ROOTS: i64 = 7;

/// Numbers in no order, each once: below zero and above, and of one byte and of several.
fn shuffled() -> impl Iterator<Item = i64> {
    (0..200).map(|number: i64| (number * 73 % 200 - 100) * 1_001)
}

fn root_of(number: i64) -> i64 {
    number.rem_euclid(ROOTS)
}

fn bytes(number: i64) -> Vec<u8> {
    number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
}

fn uuid(number: i64) -> Uuid {
    Uuid::from_u64_pair(number.cast_unsigned().rotate_left(30), 1)
}

async fn fill(bed: &Bed) {
    bed.create::<(Root, Numbered, Note, Paired, Token, Named)>().await;
    Root::insert_many((0..ROOTS).map(|id| Root { id })).exec(&bed.db).await.unwrap();
    let numbered = shuffled().map(|id| Numbered { id, root_id: root_of(id) });
    Numbered::insert_many(numbered).exec(&bed.db).await.unwrap();
    let notes = shuffled().map(|id| Note { id, numbered_id: id / 3_003 * 3_003 });
    Note::insert_many(notes).exec(&bed.db).await.unwrap();
    let paired = shuffled().map(|number| Paired {
        even: number % 2 == 0,
        token: bytes(number),
        root_id: root_of(number),
    });
    Paired::insert_many(paired).exec(&bed.db).await.unwrap();
    let tokens = shuffled().map(|number| Token { id: uuid(number), root_id: root_of(number) });
    Token::insert_many(tokens).exec(&bed.db).await.unwrap();
    let named = shuffled().map(|number| Named { name: format!("{number:+06}"), root_id: root_of(number) });
    Named::insert_many(named).exec(&bed.db).await.unwrap();
    bed.statements.clear();
}

/// Loads the relation apart and joined, which agree, and gives the statement for the children and the children by root.
macro_rules! load {
    ($bed:ident, $relation:ident) => {{
        let apart = Root::select().with(Root::$relation.selectin()).all(&$bed.db).await.unwrap();
        let sent = $bed.statements.take();
        assert_eq!(sent.len(), 2);
        let joined = Root::select().with(Root::$relation.joined()).all(&$bed.db).await.unwrap();
        assert_eq!(apart, joined);
        $bed.statements.clear();
        let children: Vec<_> = apart.iter().map(|root| root.$relation().to_vec()).collect();
        (sent[1].clone(), children)
    }};
}

cases! {
    async fn by_keys_that_are_put_in_order_here(bed: Bed) {
        fill(&bed).await;
        let (sent, numbered) = load!(bed, numbered);
        assert!(!sent.contains("ORDER BY"), "{sent}");
        assert!(numbered.iter().all(|children| children.is_sorted_by_key(|child| child.id)));
        assert_eq!(numbered.iter().flatten().count(), 200);
        let (sent, paired) = load!(bed, paired);
        assert!(!sent.contains("ORDER BY"), "{sent}");
        assert!(paired.iter().all(|children| children.is_sorted_by_key(|child| (child.even, child.token.clone()))));
        let (sent, tokens) = load!(bed, tokens);
        assert!(!sent.contains("ORDER BY"), "{sent}");
        assert!(tokens.iter().all(|children| children.is_sorted_by_key(|child| child.id)));
    }

    /// Text sorts by the rules of its collation, which only the server knows.
    async fn by_keys_that_the_server_sorts(bed: Bed) {
        fill(&bed).await;
        let (sent, named) = load!(bed, named);
        assert!(sent.contains("ORDER BY"), "{sent}");
        assert_eq!(named.iter().flatten().count(), 200);
    }

    /// A joined relation repeats the child's row, which must then come one after another.
    async fn where_rows_repeat(bed: Bed) {
        fill(&bed).await;
        let apart = Root::select().with(Root::numbered.selectin().with(Numbered::notes.selectin())).all(&bed.db).await.unwrap();
        let sent = bed.statements.take();
        assert!(!sent[1].contains("ORDER BY") && !sent[2].contains("ORDER BY"), "{sent:?}");
        let joined = Root::select().with(Root::numbered.selectin().with(Numbered::notes.joined())).all(&bed.db).await.unwrap();
        let sent = bed.statements.take();
        assert!(sent[1].contains("ORDER BY"), "{sent:?}");
        assert_eq!(apart, joined);
        assert!(apart.iter().all(|root| root.numbered().is_sorted_by_key(|child| child.id)));
    }
}
