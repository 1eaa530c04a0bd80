//! Chinook, a sample database of a shop for music, read through the ORM: counts, trees of rows by each strategy, sums by the
//! database. With `--to`, it is copied to another database, and the copy must give the same figures.
//!
//! The file is at <https://github.com/lerocha/chinook-database/releases>: `Chinook_Sqlite.sqlite`.

mod arguments;

use std::process::ExitCode;

use arguments::Arguments;
use orm_core::{Db, Error};
use orm_examples::chinook::{Report, Tables, copy, row_counts};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(fault) => {
            eprintln!("{fault}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&arguments).await {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives what is not as it should be.
async fn run(arguments: &Arguments) -> Result<Vec<String>, Error> {
    let source = Db::connect(&arguments.source).await?;
    let report = Report::of(&source).await?;
    println!("{report}");
    let mut faults = report.unequal().to_vec();
    let Some(url) = &arguments.to else { return Ok(faults) };

    let target = Db::connect(url).await?;
    if let Some(fault) = make_room(&target, arguments.replace).await? {
        faults.push(fault);
        return Ok(faults);
    }
    println!("Copied to {target:?}");
    for (table, rows) in copy(&source, &target).await? {
        println!("  {table:<14} {rows:>5} rows");
    }
    let copied = Report::of(&target).await?;
    println!("\nThe same report on the copy\n\n{copied}");
    faults.extend(copied.unequal().iter().cloned());
    let differences = report.differences(&copied);
    if differences.is_empty() {
        println!("Both reports agree in every figure but the times.");
    } else {
        faults.push(format!("The reports differ:\n  {}", differences.join("\n  ")));
    }
    Ok(faults)
}

/// Creates the tables where they are not there. Tables with rows are dropped first if `replace` says so, else it gives a fault
/// and changes nothing.
async fn make_room(target: &Db, replace: bool) -> Result<Option<String>, Error> {
    let counts = row_counts(target).await?;
    let full =
        counts.iter().find_map(|(table, rows)| rows.filter(|rows| *rows > 0).map(|rows| (table, rows)));
    match full {
        Some((table, rows)) if !replace => {
            return Ok(Some(format!(
                "table {table} of {target:?} holds {rows} rows: nothing was copied. With --replace, the eleven tables are \
                 dropped first, with all rows in them"
            )));
        }
        Some(_) => target.drop_tables::<Tables>().await?,
        None => {}
    }
    target.create_tables::<Tables>().await?;
    Ok(None)
}
