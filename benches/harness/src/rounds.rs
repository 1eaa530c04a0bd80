//! Rounds in which every system has its turn, so that drift hits all of them alike.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Result;
use crate::client::Block;
use crate::peer::Peer;
use crate::workload::Workload;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Blocks of each system and workload, in each process.
    pub rounds: usize,
    /// How long a block takes about.
    pub block: Duration,
    /// How often all processes are started anew, because a process can have luck with its memory.
    pub processes: usize,
}

impl Effort {
    pub const USUAL: Self = Self { rounds: 10, block: Duration::from_millis(25), processes: 3 };
    pub const QUICK: Self = Self { rounds: 5, block: Duration::from_millis(10), processes: 1 };
}

/// The figures of one system and workload.
#[derive(Default)]
pub struct Samples {
    walls: Vec<Duration>,
    /// CPU time an iteration, each block.
    cpus: Vec<Duration>,
}

impl Samples {
    fn add(&mut self, block: Block) {
        let iterations = u32::try_from(block.walls.len()).unwrap_or(u32::MAX).max(1);
        self.cpus.push(block.cpu / iterations);
        self.walls.extend(block.walls);
    }

    pub fn median(&self) -> Duration {
        quantile(&self.walls, 0.5)
    }

    pub fn p10(&self) -> Duration {
        quantile(&self.walls, 0.1)
    }

    pub fn cpu(&self) -> Duration {
        quantile(&self.cpus, 0.5)
    }
}

fn quantile(of: &[Duration], part: f64) -> Duration {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len().saturating_sub(1)) as f64 * part;
    sorted.get(at.round() as usize).copied().unwrap_or_default()
}

pub type Figures = BTreeMap<(Workload, String), Samples>;

/// Measures one workload with every system that takes part in it.
pub fn measure(peers: &mut [Peer], workload: Workload, effort: Effort, figures: &mut Figures) -> Result<()> {
    let mut turns = Vec::new();
    let mut rows = None;
    for (at, peer) in peers.iter_mut().enumerate() {
        match warm_up(peer, workload, effort, &mut rows) {
            Ok(Some(turn)) => turns.push((at, turn)),
            Ok(None) => {}
            // A peer that fails does not spoil the run; its place in the table stays empty.
            Err(error) => eprintln!("left out: {error}"),
        }
    }
    for round in 0..effort.rounds {
        for at in 0..turns.len() {
            // Each round begins with another system, so that none always runs after the same one's leftovers.
            let (peer, turn) = &turns[(at + round) % turns.len()];
            let peer = &mut peers[*peer];
            if round < turn.rounds
                && let Some(block) = peer.block(workload, turn.iterations)?
            {
                figures.entry((workload, peer.name.clone())).or_default().add(block);
            }
        }
    }
    Ok(())
}

/// From here on an iteration is slow.
const SLOW: Duration = Duration::from_millis(800);

struct Turn {
    iterations: usize,
    rounds: usize,
}

/// Runs a workload until it is warm, finds how many iterations make a block, and checks that the systems agree.
fn warm_up(
    peer: &mut Peer,
    workload: Workload,
    effort: Effort,
    rows: &mut Option<usize>,
) -> Result<Option<Turn>> {
    let Some(first) = peer.block(workload, 1)? else { return Ok(None) };
    if *rows.get_or_insert(first.rows) != first.rows {
        return Err(
            format!("{}, {workload}: {} rows where others have {rows:?}", peer.name, first.rows).into()
        );
    }
    let fits = |wall: Duration| (effort.block.as_nanos() / wall.as_nanos().max(1)).clamp(1, 5_000) as usize;
    let mut wall = quantile(&first.walls, 0.0);
    if wall < SLOW {
        let second = peer.block(workload, fits(wall))?.unwrap_or_default();
        wall = quantile(&second.walls, 0.5);
    }
    // What takes seconds is not measured for minutes.
    let rounds = effort.rounds.min(if wall < SLOW { usize::MAX } else { 2 });
    Ok(Some(Turn { iterations: fits(wall), rounds }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples() {
        let samples: Vec<_> = (0..=10).rev().map(Duration::from_micros).collect();
        assert_eq!(quantile(&samples, 0.5), Duration::from_micros(5));
        assert_eq!(quantile(&samples, 0.1), Duration::from_micros(1));
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
