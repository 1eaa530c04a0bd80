//! Composite keys; any NULL part of one refers to nothing and is not asked for (hazard 55).

use orm_core::Error;
use orm_tests::Bed;
use orm_tests::cases;
use orm_tests::models::keys::{Line, Mark, Marking, Purchase, Remark};

/// Purchases whose keys differ in one part or the other, lines of them, and remarks with every part missing in turn.
async fn fill(bed: &Bed) {
    bed.create::<(Purchase, Line, Remark, Mark, Marking)>().await;
    let purchases = [(1, 1), (1, 2), (2, 1), (2, 2)];
    let purchase =
        |(tenant_id, number)| Purchase { tenant_id, number, label: format!("{tenant_id}/{number}") };
    Purchase::insert_many(purchases.map(purchase)).exec(&bed.db).await.unwrap();
    let line = |(tenant_id, number, line)| Line {
        tenant_id,
        number,
        line,
        label: format!("{tenant_id}/{number}/{line}"),
    };
    let lines = [(2, 1, 1), (1, 2, 1), (1, 1, 2), (1, 1, 1), (2, 1, 3)];
    Line::insert_many(lines.map(line)).exec(&bed.db).await.unwrap();
    let remark = |(id, tenant_id, number, line)| Remark { id, tenant_id, number, line };
    let remarks = [
        (1, Some(1), Some(1), Some(2)),
        (2, Some(1), Some(1), None),
        (3, Some(1), None, Some(1)),
        (4, None, Some(1), Some(1)),
        (5, None, None, None),
        (6, Some(2), Some(1), Some(3)),
        (7, Some(1), Some(1), Some(2)),
        (8, Some(2), Some(2), None),
    ];
    Remark::insert_many(remarks.map(remark)).exec(&bed.db).await.unwrap();
    Mark::insert_many([1, 2].map(|id| Mark { id })).exec(&bed.db).await.unwrap();
    let marking = |(id, tenant_id, number, line, mark_id)| Marking { id, tenant_id, number, line, mark_id };
    let markings = [
        (1, 1, 1, Some(2), 2),
        (2, 1, 1, Some(2), 1),
        (3, 2, 1, Some(3), 1),
        (4, 1, 1, None, 1),
        (5, 1, 1, Some(2), 2),
    ];
    Marking::insert_many(markings.map(marking)).exec(&bed.db).await.unwrap();
    bed.statements.clear();
}

fn lines(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| &*line.label).collect()
}

cases! {
    async fn has_many_by_two_columns(bed: Bed) {
        fill(&bed).await;
        let apart = Purchase::select().with(Purchase::lines.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 2);
        let joined = Purchase::select().with(Purchase::lines.joined()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        assert_eq!(apart, joined);
        let found: Vec<_> = apart.iter().map(|purchase| (&*purchase.label, lines(purchase.lines()))).collect();
        assert_eq!(found, [
            ("1/1", vec!["1/1/1", "1/1/2"]), ("1/2", vec!["1/2/1"]), ("2/1", vec!["2/1/1", "2/1/3"]), ("2/2", vec![]),
        ]);
        for purchase in &apart {
            let own = Line::tenant_id.eq(purchase.tenant_id).and(Line::number.eq(purchase.number));
            assert_eq!(&Line::select().filter(own).order_by(Line::line.asc()).all(&bed.db).await.unwrap(), purchase.lines());
        }
        assert_eq!(Purchase::find((2, 1)).with(Purchase::lines.joined()).one(&bed.db).await.unwrap(), apart[2]);
    }

    async fn a_composite_key_of_which_parts_are_null(bed: Bed) {
        fill(&bed).await;
        let apart = Remark::select().with(Remark::purchase.selectin()).with(Remark::on.selectin()).all(&bed.db).await.unwrap();
        let sent = bed.statements.take();
        assert_eq!(sent.len(), 3);
        let joined = Remark::select().with(Remark::purchase.joined()).with(Remark::on.joined()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        assert_eq!(apart, joined);
        let found: Vec<_> = apart.iter().map(|remark| (
            remark.purchase().as_ref().map(|purchase| &*purchase.label),
            remark.on().as_ref().map(|line| &*line.label),
        )).collect();
        let (first, third) = (Some("1/1"), Some("2/1"));
        assert_eq!(found, [
            (first, Some("1/1/2")), (first, None), (None, None), (None, None), (None, None),
            (third, Some("2/1/3")), (first, Some("1/1/2")), (Some("2/2"), None),
        ]);
        // Of parents that all lack a part nothing is asked.
        let lacking = Remark::select().filter(Remark::line.is_null()).with(Remark::on.selectin()).all(&bed.db).await.unwrap();
        assert!(lacking.iter().all(|remark| remark.on().is_none()));
        assert_eq!(bed.statements.count(), 1);
    }

    async fn has_many_by_three_columns(bed: Bed) {
        fill(&bed).await;
        let apart = Line::select().with(Line::remarks.selectin()).with(Line::purchase.joined()).all(&bed.db).await.unwrap();
        let joined = Line::select().with(Line::remarks.joined()).with(Line::purchase.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 4);
        assert_eq!(apart, joined);
        let found: Vec<_> = apart.iter().map(|line| (&*line.label, line.remarks().iter().map(|remark| remark.id).collect::<Vec<_>>())).collect();
        assert_eq!(found, [("1/1/1", vec![]), ("1/1/2", vec![1, 7]), ("1/2/1", vec![]), ("2/1/1", vec![]), ("2/1/3", vec![6])]);
        assert!(apart.iter().all(|line| line.label.starts_with(&line.purchase().label)));
    }

    /// The order, the limit and the contiguity of rows hold for composite keys too.
    async fn composite_pages(bed: Bed) {
        fill(&bed).await;
        for limit in 0..=5 {
            let page = || Purchase::select().order_by(Purchase::number.desc()).limit(limit).offset(1);
            let apart = page().with(Purchase::lines.selectin().order_by(Line::label.desc()).with(Line::remarks.selectin())).all(&bed.db).await.unwrap();
            let joined = page().with(Purchase::lines.joined().order_by(Line::label.desc()).with(Line::remarks.joined())).all(&bed.db).await.unwrap();
            assert_eq!(apart, joined);
            let labels: Vec<_> = joined.iter().map(|purchase| &*purchase.label).collect();
            let all = ["2/2", "1/1", "2/1"];
            assert_eq!(labels, all[..all.len().min(usize::try_from(limit).unwrap())]);
        }
    }

    /// Links by three columns, one of which may be NULL, and which may stand twice.
    async fn many_to_many_by_three_columns(bed: Bed) {
        fill(&bed).await;
        let apart = Line::select().with(Line::marks.selectin().with(Mark::lines.selectin())).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 3);
        let joined = Line::select().with(Line::marks.joined().with(Mark::lines.joined())).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        assert_eq!(apart, joined);
        let marked: Vec<_> = apart.iter().flat_map(|line| line.marks().iter().map(|mark| (&*line.label, mark.id, lines(mark.lines())))).collect();
        assert_eq!(marked, [
            ("1/1/2", 1, vec!["1/1/2", "2/1/3"]), ("1/1/2", 2, vec!["1/1/2"]), ("2/1/3", 1, vec!["1/1/2", "2/1/3"]),
        ]);
    }

    /// A primary key of the root that is NULL, as SQLite lets happen in other people's tables, is an error.
    async fn a_key_that_is_null(bed: Bed) except [
        postgres: "a primary key is NOT NULL", mariadb: "a primary key is NOT NULL", mysql: "a primary key is NOT NULL",
    ] {
        bed.sql("CREATE TABLE marks (id BIGINT PRIMARY KEY)").await;
        bed.sql("CREATE TABLE markings (id BIGINT PRIMARY KEY, tenant_id BIGINT, number BIGINT, line BIGINT, mark_id BIGINT)").await;
        bed.sql("INSERT INTO marks VALUES (NULL)").await;
        let apart = Mark::select().with(Mark::lines.selectin()).all(&bed.db).await.unwrap_err();
        assert!(matches!(apart, Error::Decode { model: "Mark", column: "id", .. }), "{apart}");
    }
}
