//! Figures as a table for people and as JSON, an object a line.

use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::rounds::{Figures, Samples};
use crate::workload::Workload;

/// A line of the JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    pub backend: String,
    pub workload: String,
    pub system: String,
    pub median_us: f64,
    pub p10_us: f64,
    pub cpu_us: f64,
}

/// The lines of a place, workload by workload in the order given.
pub fn lines(backend: &str, workloads: &[Workload], systems: &[String], figures: &Figures) -> Vec<Line> {
    let line = |workload: Workload, system: &String, samples: &Samples| Line {
        backend: backend.to_owned(),
        workload: workload.to_string(),
        system: system.clone(),
        median_us: micros(samples.median()),
        p10_us: micros(samples.p10()),
        cpu_us: micros(samples.cpu()),
    };
    let of = |workload: &Workload| {
        let workload = *workload;
        systems.iter().filter_map(move |system| {
            figures.get(&(workload, system.clone())).map(|samples| line(workload, system, samples))
        })
    };
    workloads.iter().flat_map(of).collect()
}

fn micros(time: std::time::Duration) -> f64 {
    (time.as_nanos() as f64 / 10.0).round() / 100.0
}

/// A figure in µs with three significant digits, and whole from 100 on.
pub fn short(us: f64) -> String {
    match us {
        us if us >= 1_000.0 => {
            let whole = us.round() as u64;
            if whole >= 1_000_000 {
                format!("{},{:03},{:03}", whole / 1_000_000, whole / 1_000 % 1_000, whole % 1_000)
            } else {
                format!("{},{:03}", whole / 1_000, whole % 1_000)
            }
        }
        us if us >= 100.0 => format!("{us:.0}"),
        us if us >= 10.0 => format!("{us:.1}"),
        us => format!("{us:.2}"),
    }
}

/// Prints a workload's systems, the fastest first.
pub fn print(lines: &[Line], to: &mut impl Write) -> Result<()> {
    let mut lines: Vec<_> = lines.iter().collect();
    lines.sort_by(|a, b| a.median_us.total_cmp(&b.median_us));
    for line in lines {
        let (median, p10, cpu) = (short(line.median_us), short(line.p10_us), short(line.cpu_us));
        let at = format!("{} {}", line.backend, line.workload);
        writeln!(to, "{at:<26} {:<16} {median:>10} {p10:>10} {cpu:>10}", line.system)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let shown = [0.4567, 12.345, 123.4, 1_234.5, 1_234_567.0].map(short);
        assert_eq!(shown, ["0.46", "12.3", "123", "1,235", "1,234,567"]);
    }
}
