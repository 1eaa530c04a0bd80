//! Keys beyond what one statement carries: the number of statements is known, and nothing is lost at a border
//! (hazard 45).

use std::collections::BTreeSet;

use orm_core::Dialect;
use orm_core::prelude::*;
use orm_tests::{Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "parents")]
#[has_many(children: Child, key = parent_id)]
#[has_many(nicks: Nick, key = parent_id)]
struct Parent {
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "children")]
#[belongs_to(parent: Parent, key = parent_id)]
struct Child {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    parent_id: i64,
}

/// A row of a parent with a key of text, and one of two columns beside it.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "nicks", unique(parent_id, number))]
#[belongs_to(parent: Parent, key = parent_id)]
#[has_many(uses: Use, key = nick)]
struct Nick {
    #[model(primary_key)]
    name: String,
    parent_id: i64,
    number: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "uses")]
#[belongs_to(used: Nick, key = nick)]
struct Use {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    nick: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "squares")]
#[has_many(pieces: Piece, key(x, y))]
struct Square {
    #[model(primary_key)]
    x: i64,
    #[model(primary_key)]
    y: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pieces", index(x, y))]
#[belongs_to(square: Square, key(x, y))]
struct Piece {
    #[model(primary_key)]
    id: i64,
    x: i64,
    y: i32,
}

/// How many integer keys go into one statement.
fn integers(dialect: Dialect) -> usize {
    if dialect.is_mysql_like() { 16_384 } else { 32_768 }
}

/// How many keys of two integer columns go into one statement.
fn pairs(dialect: Dialect) -> usize {
    if dialect == Dialect::Postgres { 32_768 } else { 8_192 }
}

/// Sizes around each border.
fn around(borders: &[usize]) -> BTreeSet<usize> {
    borders.iter().flat_map(|border| [border - 1, *border, border + 1]).collect()
}

/// Every third parent has a child, and every ninth a second one.
async fn families(bed: &Bed, count: i64) {
    bed.create::<(Parent, Child)>().await;
    Parent::insert_many((0..count).map(|id| Parent { id })).exec(&bed.db).await.unwrap();
    let children = (0..count).step_by(3).map(|id| Child { id, parent_id: id });
    let more = (0..count).step_by(9).map(|id| Child { id: id + count, parent_id: id });
    Child::insert_many(children.chain(more)).exec(&bed.db).await.unwrap();
    bed.statements.clear();
}

fn check(parent: &Parent, children: &[Child], count: i64) {
    let id = parent.id;
    let own: &[i64] = if id % 9 == 0 {
        &[id, id + count]
    } else if id % 3 == 0 {
        &[id]
    } else {
        &[]
    };
    assert!(children.iter().map(|child| child.id).eq(own.iter().copied()), "{parent:?} {children:?}");
    assert!(children.iter().all(|child| child.parent_id == id));
}

cases! {
    async fn a_hundred_thousand_parents(bed: Bed) {
        const COUNT: i64 = 100_000;
        families(&bed, COUNT).await;
        let chunk = integers(bed.dialect());
        let parents = Parent::select().with(Parent::children.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1 + 100_000_usize.div_ceil(chunk));
        assert_eq!(parents.len(), 100_000);
        for (parent, id) in parents.iter().zip(0..) {
            assert_eq!(parent.id, id);
            check(parent, parent.children(), COUNT);
        }
        let joined = Parent::select().with(Parent::children.joined()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        assert!(joined == parents);
        // Every border of a chunk, and of the binds of a statement.
        let sizes = around(&[chunk, bed.dialect().max_binds(), 256, 1_024]);
        for size in sizes {
            let parents = Parent::select().limit(size as u64).with(Parent::children.selectin()).all(&bed.db).await.unwrap();
            assert_eq!(bed.statements.count(), 1 + size.div_ceil(chunk), "{size} parents");
            assert!(parents == joined[..size], "{size} parents");
        }
        // To-one: as many keys as there are parents.
        let children = Child::select().order_by(Child::id.desc()).with(Child::parent.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1 + 33_334_usize.div_ceil(chunk));
        assert!(children.iter().all(|child| child.parent().id == child.parent_id));
        assert_eq!(children.len(), 33_334 + 11_112);
    }

    async fn keys_of_text(bed: Bed) {
        const CHUNK: usize = 1_024; // compared by the server: the parents' own keys, one bind each
        bed.create::<(Parent, Nick, Use)>().await;
        Parent::insert(Parent { id: 1 }).exec(&bed.db).await.unwrap();
        let name = |number: i32| format!("nick {number:05}");
        let nicks = (0..2 * CHUNK as i32 + 1).map(|number| Nick { name: name(number), parent_id: 1, number });
        Nick::insert_many(nicks).exec(&bed.db).await.unwrap();
        let uses = (0..2 * CHUNK as i32 + 1).step_by(2).map(|number| Use { id: number.into(), nick: name(number) });
        Use::insert_many(uses).exec(&bed.db).await.unwrap();
        bed.statements.clear();
        let chunk = if bed.dialect() == Dialect::Sqlite { 32_768 } else { CHUNK };
        for size in around(&[CHUNK, 2 * CHUNK]) {
            let page = || Nick::select().order_by(Nick::number.asc()).limit(size as u64);
            let apart = page().with(Nick::uses.selectin()).all(&bed.db).await.unwrap();
            assert_eq!(bed.statements.count(), 1 + size.div_ceil(chunk), "{size} parents");
            assert!(apart.iter().zip(0..).all(|(nick, number)| nick.number == number && nick.uses().len() == usize::from(number % 2 == 0)));
            let joined = page().with(Nick::uses.joined()).all(&bed.db).await.unwrap();
            assert!(apart == joined);
            bed.statements.clear();
        }
        let parent = Parent::select().with(Parent::nicks.selectin().with(Nick::uses.selectin())).one(&bed.db).await.unwrap();
        assert_eq!(parent.nicks().len(), 2 * CHUNK + 1);
        assert_eq!(bed.statements.count(), 2 + (2 * CHUNK + 1).div_ceil(chunk));
    }

    async fn keys_of_two_columns(bed: Bed) {
        bed.create::<(Square, Piece)>().await;
        let chunk = pairs(bed.dialect());
        let count = (chunk + 1) as i64;
        let (x, y) = (|id: i64| id % 100, |id: i64| i32::try_from(id / 100).unwrap());
        Square::insert_many((0..count).map(|id| Square { x: x(id), y: y(id) })).exec(&bed.db).await.unwrap();
        Piece::insert_many((0..count).step_by(2).map(|id| Piece { id, x: x(id), y: y(id) })).exec(&bed.db).await.unwrap();
        bed.statements.clear();
        for size in around(&[chunk]) {
            let squares = Square::select().order_by((Square::y.asc(), Square::x.asc())).limit(size as u64).with(Square::pieces.selectin()).all(&bed.db).await.unwrap();
            assert_eq!(bed.statements.count(), 1 + size.div_ceil(chunk), "{size} parents");
            assert_eq!(squares.len(), size);
            for (square, id) in squares.iter().zip(0..) {
                assert_eq!((square.x, square.y), (x(id), y(id)));
                assert_eq!(square.pieces().iter().map(|piece| piece.id).collect::<Vec<_>>(), if id % 2 == 0 { vec![id] } else { vec![] });
            }
        }
        let pieces = Piece::select().with(Piece::square.selectin()).all(&bed.db).await.unwrap();
        assert!(pieces.iter().all(|piece| (piece.square().x, piece.square().y) == (piece.x, piece.y)));
    }

    /// The statement for the children of many parents walks the index over their key and sorts nothing.
    async fn the_index_gives_the_order(bed: Bed) except [
        postgres: "its planner may scan a small table", mariadb: "its planner may scan a small table", mysql: "its planner may scan a small table",
    ] {
        families(&bed, 1_000).await;
        for limit in [1, 7, 200, 1_000] {
            Parent::select().limit(limit).with(Parent::children.selectin()).all(&bed.db).await.unwrap();
            let sent = bed.statements.take();
            let mut explain = orm_core::sql_dynamic(format!("EXPLAIN QUERY PLAN {}", sent[1]).replace("?", "{}"));
            for _ in 0..sent[1].matches('?').count() {
                explain = explain.bind(if sent[1].contains("json_each") { "[1,2]".to_owned() } else { "1".to_owned() });
            }
            let plan: Vec<(i64, i64, i64, String)> = explain.fetch_as().all(&bed.db).await.unwrap();
            let steps: Vec<_> = plan.into_iter().map(|(.., step)| step).collect();
            println!("{limit}: {} {steps:?}", sent[1]);
            assert!(steps.iter().any(|step| step.contains("USING") && step.contains("ix_children_parent_id")), "{steps:?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE FOR")), "{steps:?}");
            bed.statements.clear();
        }
    }
}
