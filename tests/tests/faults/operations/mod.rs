//! Every public operation that waits for a database, dropped after each number of polls.

mod connections;
mod loads;
mod reads;
mod transactions;
mod writes;

use orm_tests::{Bed, cases};

use crate::subject::{Subject, here};
use crate::sweep::{Operation, sweep};
use crate::{BEFORE, State};

/// The states that a read leaves.
fn unchanged() -> Vec<State> {
    vec![BEFORE.to_vec()]
}

fn sweep_group(bed: &Bed, name: &str, operations: &[Operation]) {
    here(async {
        for subject in Subject::all(bed, name).await {
            let dropped = sweep(&subject, operations).await;
            println!("{name}: {} operations were dropped at {dropped} places", operations.len());
            // The answers of a server come in many pieces; SQLite may answer at the first poll.
            assert!(subject.proxy.is_none() || dropped > 5 * operations.len(), "{dropped}");
        }
    });
}

cases! {
    async fn reads_may_be_dropped(bed: Bed) {
        sweep_group(&bed, "reads", reads::OPERATIONS);
    }

    async fn loads_may_be_dropped(bed: Bed) {
        sweep_group(&bed, "loads", loads::OPERATIONS);
    }

    async fn writes_may_be_dropped(bed: Bed) {
        sweep_group(&bed, "writes", writes::OPERATIONS);
    }

    async fn transactions_may_be_dropped(bed: Bed) {
        sweep_group(&bed, "transactions", transactions::OPERATIONS);
    }

    async fn parts_of_transactions_may_be_dropped(bed: Bed) {
        sweep_group(&bed, "parts", transactions::GOING_ON);
    }

    async fn connecting_and_closing_may_be_dropped(bed: Bed) {
        sweep_group(&bed, "connections", connections::OPERATIONS);
    }
}

#[test]
fn every_operation_is_there() {
    let groups = [
        reads::OPERATIONS,
        loads::OPERATIONS,
        writes::OPERATIONS,
        transactions::OPERATIONS,
        transactions::GOING_ON,
        connections::OPERATIONS,
    ];
    let mut names: Vec<_> =
        groups.iter().flat_map(|group| group.iter().map(|operation| operation.name)).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "each has a name of its own");
    assert!(all >= 60, "{all}");
}
