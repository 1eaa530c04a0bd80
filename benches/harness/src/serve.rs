//! The side of a system under test: reads a line a block from standard input, and answers with a line of figures.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::client::{Block, Client, block};
use crate::data::{self, Backend};
use crate::workload::Workload;
use crate::{Error, Result};

/// What a serving process is told by its arguments.
pub struct Task {
    pub system: String,
    pub backend: Backend,
    pub url: String,
    /// Users in the tables.
    pub users: usize,
    /// Whether this process fills the tables itself, because its database is its own.
    pub fill: bool,
}

/// The runtime of every system: two worker threads.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// Serves blocks until the driver closes the pipe.
pub async fn serve<C: Client>(client: C, task: &Task) -> Result<()> {
    let client = Arc::new(client);
    if task.fill {
        for sql in data::fill(task.backend, task.users) {
            client.execute(&sql).await?;
        }
    }
    let mut seed = 0;
    answer("ready")?;
    for line in std::io::stdin().lock().lines() {
        let (workload, iterations) = request(&line?)?;
        if !client.takes(workload) {
            answer("no")?;
            continue;
        }
        let figures = block(client.clone(), workload, iterations, seed).await;
        seed += iterations;
        if matches!(workload, Workload::Insert(_)) {
            client.execute(data::clear(task.backend)).await?;
        }
        answer(&match figures {
            Ok(block) => write(&block),
            Err(error) => format!("error {}", error.to_string().replace('\n', " ")),
        })?;
    }
    Ok(())
}

fn answer(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

fn request(line: &str) -> Result<(Workload, usize)> {
    let (workload, iterations) = line.split_once(' ').ok_or("a request is a workload and a number")?;
    Ok((workload.parse()?, iterations.parse()?))
}

fn write(block: &Block) -> String {
    let walls: Vec<_> = block.walls.iter().map(|wall| wall.as_nanos().to_string()).collect();
    format!("{} {} {}", block.rows, block.cpu.as_nanos(), walls.join(" "))
}

/// The block that an answer holds; none where the system does not take part.
pub(crate) fn read(line: &str) -> Result<Option<Block>> {
    if line == "no" {
        return Ok(None);
    }
    if let Some(error) = line.strip_prefix("error ") {
        return Err(Error::from(error.to_owned()));
    }
    let mut numbers = line.split(' ').map(str::parse::<u64>);
    let mut next = || Ok::<_, Error>(numbers.next().ok_or("an answer has a number of rows and a CPU time")??);
    let (rows, cpu) = (usize::try_from(next()?)?, Duration::from_nanos(next()?));
    let walls = numbers.map(|wall| wall.map(Duration::from_nanos)).collect::<Result<_, _>>()?;
    Ok(Some(Block { walls, cpu, rows }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_back_as_it_was_sent() {
        let nanos = Duration::from_nanos;
        let block = Block { walls: vec![nanos(1), nanos(20)], cpu: nanos(30), rows: 7 };
        assert_eq!(read(&write(&block)).unwrap(), Some(block));
        assert_eq!(read("no").unwrap(), None);
        assert_eq!(read("error it broke").unwrap_err().to_string(), "it broke");
        assert!(read("7").is_err());
    }
}
