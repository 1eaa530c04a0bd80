//! Rows of many columns, at the borders of what one statement can bind.

use orm_core::prelude::*;
use orm_core::{Dialect, Error};
use orm_tests::{Backend, cases};

macro_rules! wide {
    ($first:ident $($column:ident)+) => {
        /// A key and seventy numbers.
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(table = "wide")]
        struct Wide {
            #[model(primary_key)]
            $first: i32,
            $($column: i32,)+
        }

        fn row(id: i32) -> Wide {
            Wide { $first: id, $($column: id,)+ }
        }
    };
}

wide!(id c01 c02 c03 c04 c05 c06 c07 c08 c09 c10 c11 c12 c13 c14 c15 c16 c17 c18 c19 c20 c21 c22 c23 c24 c25 c26 c27 c28
      c29 c30 c31 c32 c33 c34 c35 c36 c37 c38 c39 c40 c41 c42 c43 c44 c45 c46 c47 c48 c49 c50 c51 c52 c53 c54 c55 c56 c57
      c58 c59 c60 c61 c62 c63 c64 c65 c66 c67 c68 c69 c70);

const COLUMNS: usize = 71;

cases! {
    async fn inserts_at_the_borders_of_the_bind_limit(bed: Bed) except [postgres: "it gets a bind a column"] {
        bed.create::<Wide>().await;
        let chunk = if bed.dialect() == Dialect::Sqlite { 2_000 } else { bed.dialect().max_binds() } / COLUMNS;
        assert!(chunk < 1_000, "the binds are the limit here");
        for rows in [chunk - 1, chunk, chunk + 1, 2 * chunk + 1] {
            let statements = match rows.div_ceil(chunk) { 1 => 1, chunks => chunks + 2 };
            let new = || (0..rows as i32).rev().map(row);
            assert_eq!(Wide::insert_many(new()).exec(&bed.db).await.unwrap(), rows as u64);
            assert_eq!(bed.statements.count(), statements, "{rows} rows");
            assert_eq!(Wide::select().filter(Wide::c70.lt(rows as i32)).count(&bed.db).await.unwrap(), rows as u64);
            Wide::delete().all_rows().exec(&bed.db).await.unwrap();
            if bed.backend != Backend::MySql {
                let ids: Vec<i32> = Wide::insert_many(new()).returning(Wide::c35).all(&bed.db).await.unwrap();
                assert!(ids.into_iter().eq((0..rows as i32).rev()));
                Wide::delete().all_rows().exec(&bed.db).await.unwrap();
            }
            bed.statements.clear();
        }
    }

    async fn updates_at_the_borders_of_the_chunks(bed: Bed) {
        bed.create::<Wide>().await;
        let columns = (
            (Wide::c01, Wide::c02, Wide::c03, Wide::c04, Wide::c05, Wide::c06, Wide::c07, Wide::c08, Wide::c09, Wide::c10),
            (Wide::c11, Wide::c12, Wide::c13, Wide::c14, Wide::c15, Wide::c16, Wide::c17, Wide::c18, Wide::c19, Wide::c20),
            (Wide::c21, Wide::c22, Wide::c23, Wide::c24, Wide::c25, Wide::c26, Wide::c27, Wide::c28, Wide::c29, Wide::c30),
            (Wide::c31, Wide::c32, Wide::c33, Wide::c34, Wide::c35, Wide::c36, Wide::c37, Wide::c38, Wide::c39, Wide::c40),
            (Wide::c41, Wide::c42, Wide::c43, Wide::c44, Wide::c45, Wide::c46, Wide::c47, Wide::c48, Wide::c49, Wide::c50),
            (Wide::c51, Wide::c52, Wide::c53, Wide::c54, Wide::c55, Wide::c56, Wide::c57, Wide::c58, Wide::c59, Wide::c60),
            (Wide::c61, Wide::c62, Wide::c63, Wide::c64, Wide::c65, Wide::c66, Wide::c67, Wide::c68, Wide::c69, Wide::c70),
        );
        let chunk = (bed.dialect().max_binds() / COLUMNS).min(500);
        if bed.dialect() == Dialect::Sqlite {
            assert!(chunk < 500, "the binds are the limit there");
        }
        let most = 2 * chunk + 1;
        Wide::insert_many((0..most as i32).map(row)).exec(&bed.db).await.unwrap();
        for (turn, rows) in [chunk - 1, chunk, chunk + 1, most].into_iter().enumerate() {
            let moved = |id: i32| Wide { id, ..row(id + 1_000 * (turn as i32 + 1)) };
            let changed: Vec<Wide> = (0..rows as i32).map(moved).collect();
            bed.statements.clear();
            assert_eq!(Wide::update_many(&changed, columns).exec(&bed.db).await.unwrap(), rows as u64);
            let statements = match rows.div_ceil(chunk) { 1 => 1, chunks => chunks + 2 };
            assert_eq!(bed.statements.count(), statements, "{rows} rows");
            let read = Wide::select().order_by(Wide::id.asc()).limit(rows as u64).all(&bed.db).await.unwrap();
            assert_eq!(read.last(), changed.last());
            assert!(read == changed);
        }
    }

    async fn large_values_go_in_smaller_portions(bed: Bed) {
        bed.create::<Large>().await;
        // More than the packet that MariaDB takes.
        let body = |fill: u8| vec![fill; 1 << 20];
        let rows: Vec<Large> = (0..20).map(|id| Large { id, body: body(id as u8) }).collect();
        assert_eq!(Large::insert_many(rows.clone()).exec(&bed.db).await.unwrap(), 20);
        assert!(bed.statements.count() >= 5);
        let turned: Vec<Large> = (0..20).map(|id| Large { id, body: body(255 - id as u8) }).collect();
        assert_eq!(Large::update_many(&turned, Large::body).exec(&bed.db).await.unwrap(), 20);
        let read = Large::select().order_by(Large::id.asc()).all(&bed.db).await.unwrap();
        assert!(read == turned);
        Large::delete().all_rows().exec(&bed.db).await.unwrap();
        assert!(Large::insert_many(rows.clone()).all(&bed.db).await.unwrap() == rows);
    }

    async fn deletes_and_updates_by_more_keys_than_a_statement_can_bind(bed: Bed) {
        bed.create::<Large>().await;
        Large::insert_many((0..1_000).map(|id| Large { id: id * 100, body: vec![] })).exec(&bed.db).await.unwrap();
        let ids = || 0..if bed.dialect() == Dialect::Sqlite || bed.dialect() == Dialect::Postgres { 70_000 } else { 65_000 };
        let all = Large::delete().filter(Large::id.in_list(0..70_000)).exec(&bed.db).await;
        if let Err(refused) = all {
            // MariaDB and MySQL bind each key, and say so before they are asked.
            assert!(matches!(refused, Error::QueryTooComplex { what: "binds", limit: 65_535 }), "{refused:?}");
        } else {
            Large::insert_many((0..700).map(|id| Large { id: id * 100, body: vec![] })).exec(&bed.db).await.unwrap();
        }
        assert_eq!(Large::update().set(Large::body, vec![1]).filter(Large::id.in_list(ids())).exec(&bed.db).await.unwrap(), ids().len().div_ceil(100) as u64);
        assert_eq!(Large::delete().filter(Large::id.in_list(ids())).exec(&bed.db).await.unwrap(), ids().len().div_ceil(100) as u64);
        assert_eq!(Large::select().count(&bed.db).await.unwrap(), 1_000 - ids().len().div_ceil(100) as u64);
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "large")]
struct Large {
    #[model(primary_key)]
    id: i32,
    body: Vec<u8>,
}
