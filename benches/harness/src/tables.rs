//! Figures as Markdown.

use std::fmt::Write;

use crate::report::{Line, short};
use crate::targets::{BY_HAND, OVERHEAD, TARGETS};

/// All figures of some runs: where several have the same, their median.
pub struct Figures(Vec<Line>);

const OURS: &str = "ours";

impl Figures {
    /// Keeps the order in which places, workloads and systems first come.
    pub fn new(lines: Vec<Line>) -> Self {
        let mut kept: Vec<(Line, Vec<Line>)> = Vec::new();
        for line in lines {
            let same = |(first, _): &&mut (Line, Vec<Line>)| {
                (&first.backend, &first.workload, &first.system)
                    == (&line.backend, &line.workload, &line.system)
            };
            match kept.iter_mut().find(same) {
                Some((_, all)) => all.push(line),
                None => kept.push((line.clone(), vec![line])),
            }
        }
        let middle = |(first, all): (Line, Vec<Line>)| Line {
            median_us: median(&all, |line| line.median_us),
            p10_us: median(&all, |line| line.p10_us),
            cpu_us: median(&all, |line| line.cpu_us),
            ..first
        };
        Self(kept.into_iter().map(middle).collect())
    }

    fn get(&self, backend: &str, workload: &str, system: &str) -> Option<&Line> {
        self.0
            .iter()
            .find(|line| line.backend == backend && line.workload == workload && line.system == system)
    }

    fn median(&self, backend: &str, workload: &str, system: &str) -> Option<f64> {
        self.get(backend, workload, system).map(|line| line.median_us)
    }

    fn distinct(&self, of: fn(&Line) -> &String, only: impl Fn(&Line) -> bool) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for name in self.0.iter().filter(|line| only(line)).map(of) {
            if !found.contains(&&**name) {
                found.push(name);
            }
        }
        found
    }

    /// A table a place: workloads down, systems across; the median, and below it the client's CPU time.
    pub fn places(&self) -> String {
        let mut text = String::new();
        for backend in self.distinct(|line| &line.backend, |_| true) {
            let here = |line: &Line| line.backend == backend;
            let systems = self.distinct(|line| &line.system, here);
            let _ = writeln!(text, "### {}\n", title(backend));
            let _ = writeln!(text, "| | {} |\n|---|{}", systems.join(" | "), "---:|".repeat(systems.len()));
            for workload in self.distinct(|line| &line.workload, here) {
                let best = systems.iter().filter_map(|system| self.median(backend, workload, system));
                let best = best.fold(f64::INFINITY, f64::min);
                let cells = systems.iter().map(|system| match self.get(backend, workload, system) {
                    Some(line) => cell(line, line.median_us <= best),
                    None => "–".to_owned(),
                });
                let _ = writeln!(text, "| {} | {} |", title(workload), cells.collect::<Vec<_>>().join(" | "));
            }
            text.push('\n');
        }
        text
    }

    /// Each target beside what was reached.
    pub fn targets(&self) -> String {
        let mut text =
            "| | against | at most | measured | CPU | |\n|---|---|---:|---:|---:|---|\n".to_owned();
        for target in TARGETS {
            for workload in target.workloads {
                let peers = target.against.iter().filter_map(|peer| self.get(target.backend, workload, peer));
                let best = peers.min_by(|a, b| a.median_us.total_cmp(&b.median_us));
                let (Some(best), Some(ours)) = (best, self.get(target.backend, workload, OURS)) else {
                    continue;
                };
                let (ratio, cpu) = (ours.median_us / best.median_us, ours.cpu_us / best.cpu_us);
                let (place, work, at_most) = (title(target.backend), title(workload), target.at_most);
                let met = verdict(ratio, at_most);
                let peer = &best.system;
                let _ = writeln!(
                    text,
                    "| {place}, {work} | {peer} | {at_most:.2} | {ratio:.2} | {cpu:.2} | {met} |"
                );
            }
        }
        text
    }

    /// What the library adds to the same work done by hand.
    pub fn overhead(&self) -> String {
        let backends: Vec<_> = self.distinct(|line| &line.backend, |line| line.system == "raw");
        let workloads: Vec<_> = self.distinct(|line| &line.workload, |line| line.system == "raw");
        let names: Vec<_> = backends.iter().map(|backend| title(backend)).collect();
        let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len()));
        for workload in workloads {
            let cells = backends.iter().map(|backend| {
                let control = self.median(backend, workload, "raw");
                match (self.median(backend, workload, OURS), control) {
                    (Some(ours), Some(control)) if ours / control > OVERHEAD => {
                        format!("**{:.2}**", ours / control)
                    }
                    (Some(ours), Some(control)) => format!("{:.2}", ours / control),
                    _ => "–".to_owned(),
                }
            });
            let _ = writeln!(text, "| {} | {} |", title(workload), cells.collect::<Vec<_>>().join(" | "));
        }
        text
    }

    /// Where another library is faster, the worst first.
    pub fn lost(&self) -> String {
        let mut lost = Vec::new();
        for line in self.0.iter().filter(|line| line.system != OURS && !BY_HAND.contains(&&*line.system)) {
            let Some(ours) = self.median(&line.backend, &line.workload, OURS) else { continue };
            if line.median_us < ours {
                lost.push((ours / line.median_us, line));
            }
        }
        lost.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut text = String::new();
        for (ratio, line) in &lost {
            let (place, work) = (title(&line.backend), title(&line.workload));
            let _ = writeln!(text, "- {place}, {work}: {} is {ratio:.2} times as fast.", line.system);
        }
        if lost.is_empty() { "- Nothing, in this run.\n".to_owned() } else { text }
    }

    /// Rows a second as the result grows.
    pub fn scale(&self) -> String {
        let workloads = self.distinct(|line| &line.workload, |_| true);
        let names: Vec<_> = workloads.iter().map(|workload| title(workload)).collect();
        let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len()));
        for backend in self.distinct(|line| &line.backend, |_| true) {
            for system in self.distinct(|line| &line.system, |line| line.backend == backend) {
                let cells = workloads.iter().map(|workload| {
                    let rows = workload.rsplit_once('-').and_then(|(_, rows)| rows.parse::<f64>().ok());
                    match (rows, self.median(backend, workload, system)) {
                        (Some(rows), Some(micros)) => short(rows / micros * 1e6),
                        _ => "–".to_owned(),
                    }
                });
                let _ = writeln!(
                    text,
                    "| {}, {system} | {} |",
                    title(backend),
                    cells.collect::<Vec<_>>().join(" | ")
                );
            }
        }
        text
    }
}

fn median(lines: &[Line], of: impl Fn(&Line) -> f64) -> f64 {
    let mut values: Vec<f64> = lines.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn cell(line: &Line, best: bool) -> String {
    let median = short(line.median_us);
    let median = if best { format!("**{median}**") } else { median };
    format!("{median}<br>{}", short(line.cpu_us))
}

fn verdict(ratio: f64, at_most: f64) -> &'static str {
    // As the table shows it.
    if (ratio * 100.0).round() <= (at_most * 100.0).round() { "met" } else { "**missed**" }
}

/// What a name of a place or of a workload is called in the tables.
fn title(name: &str) -> String {
    let sized = |size: &str| short_number(size);
    match name {
        "sqlite" => "SQLite in memory".to_owned(),
        "sqlite-file" => "SQLite in a file".to_owned(),
        "postgres" => "PostgreSQL".to_owned(),
        "mariadb" => "MariaDB".to_owned(),
        "postgres-1ms" => "PostgreSQL at 1 ms".to_owned(),
        "mariadb-1ms" => "MariaDB at 1 ms".to_owned(),
        "one" => "one row by key".to_owned(),
        "rows-1" => "1 row".to_owned(),
        "join" => "filtered join".to_owned(),
        "columns" => "2 of 10 columns".to_owned(),
        "insert-1" => "insert 1".to_owned(),
        _ => match name.split_once('-') {
            Some(("rows", size)) => format!("{} rows", sized(size)),
            Some(("insert", size)) => format!("insert {}", sized(size)),
            Some(("tree", size)) => format!("tree {}×10×10", sized(size)),
            _ => name.to_owned(),
        },
    }
}

/// Digits in groups of three.
fn short_number(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(workload: &str, system: &str, median_us: f64) -> Line {
        let [backend, workload, system] = ["sqlite", workload, system].map(str::to_owned);
        Line { backend, workload, system, median_us, p10_us: 1.0, cpu_us: 2.0 }
    }

    #[test]
    fn runs_are_put_together_by_their_median() {
        let figures = Figures::new([3.0, 1.0, 2.0].map(|median| line("one", OURS, median)).into());
        assert_eq!(figures.median("sqlite", "one", OURS), Some(2.0));
        assert_eq!(figures.0.len(), 1);
    }

    #[test]
    fn a_target_is_met_or_missed() {
        let lines = |ours| vec![line("insert-100", OURS, ours), line("insert-100", "diesel", 100.0)];
        assert!(Figures::new(lines(65.0)).targets().contains("| diesel | 0.65 | 0.65 | 1.00 | met |"));
        assert!(Figures::new(lines(66.0)).targets().contains("| 0.66 | 1.00 | **missed** |"));
    }

    #[test]
    fn what_is_lost_is_listed() {
        let peers = vec![
            line("rows-10000", OURS, 30.0),
            line("rows-10000", "diesel", 20.0),
            line("rows-10000", "raw", 1.0),
        ];
        assert_eq!(
            Figures::new(peers).lost(),
            "- SQLite in memory, 10,000 rows: diesel is 1.50 times as fast.\n"
        );
        assert!(Figures::new(vec![line("one", OURS, 30.0)]).lost().contains("Nothing"));
    }
}
