//! Runs the workloads on every system and backend that is there, in turn, and prints the figures.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use harness::args::Args;
use harness::data::{Backend, USERS};
use harness::peer::{Peer, System, systems};
use harness::place::{self, Place};
use harness::report::{Line, lines, print};
use harness::rounds::{Effort, Figures, measure};
use harness::workload::{ALL, DELAYED, SCALE, Workload};
use harness::{Error, Result};

const HELP: &str = "\
peers --programs FILE,FILE… [options]
  --programs   the programs that serve systems; the first also fills the servers' tables
  --backend    only these: sqlite, sqlite-file, postgres, mariadb, postgres-1ms, mariadb-1ms
  --workload   only these, as in one,rows-100,tree-10
  --system     only these, as in ours,diesel
  --only       only what has this text in `backend workload system`
  --scale      rows a second from 1,000 to 1,000,000 rows
  --quick      few rounds
  --json FILE  the figures, an object a line
The servers are looked for at ORM_TEST_POSTGRES and ORM_TEST_MYSQL, else on loopback.";

struct Choice {
    backends: Vec<String>,
    workloads: Vec<Workload>,
    systems: Vec<String>,
    only: Option<String>,
    scale: bool,
    effort: Effort,
}

fn main() -> Result<()> {
    let mut args = Args::of_process();
    if args.flag("--help") {
        println!("{HELP}");
        return Ok(());
    }
    let programs: Vec<PathBuf> = args.list("--programs")?.into_iter().map(PathBuf::from).collect();
    let programs = existing(programs);
    let filler = programs.first().ok_or("no program that serves systems is there")?.clone();
    let choice = Choice {
        backends: args.list("--backend")?,
        workloads: args.list("--workload")?.iter().map(|name| name.parse()).collect::<Result<_>>()?,
        systems: args.list("--system")?,
        only: args.value("--only")?,
        scale: args.flag("--scale"),
        effort: if args.flag("--quick") { Effort::QUICK } else { Effort::USUAL },
    };
    let mut json = args.value("--json")?.map(File::create).transpose()?;
    if let Some(unknown) = args.rest()?.first() {
        return Err(Error::from(format!("what is {unknown}?")));
    }
    println!("{:<26} {:<16} {:>10} {:>10} {:>10}", "", "", "median µs", "p10 µs", "CPU µs");
    for place in place::all()? {
        let Some(found) = run(&place, &programs, &filler, &choice)? else { continue };
        if let Some(file) = &mut json {
            for line in found {
                writeln!(file, "{}", serde_json::to_string(&line)?)?;
            }
        }
    }
    Ok(())
}

fn existing(programs: Vec<PathBuf>) -> Vec<PathBuf> {
    programs
        .into_iter()
        .filter(|program| {
            let there = program.is_file();
            if !there {
                eprintln!("skipped: {} is not built", program.display());
            }
            there
        })
        .collect()
}

impl Choice {
    fn workloads(&self, place: &Place) -> Vec<Workload> {
        let usual: &[Workload] = match place.name {
            _ if self.scale => &SCALE,
            name if name.ends_with("-1ms") => &DELAYED,
            _ => &ALL,
        };
        let chosen = if self.workloads.is_empty() { usual.to_vec() } else { self.workloads.clone() };
        chosen.into_iter().filter(|workload| self.wants(&format!("{} {workload}", place.name))).collect()
    }

    fn systems(&self, found: Vec<System>) -> Vec<System> {
        let scale = |system: &System| !self.scale || ["ours", "sqlx"].contains(&system.name.as_str());
        let named = |system: &System| self.systems.is_empty() || self.systems.contains(&system.name);
        found.into_iter().filter(|system| scale(system) && named(system)).collect()
    }

    fn wants(&self, text: &str) -> bool {
        self.only.as_ref().is_none_or(|only| text.contains(only.as_str()))
    }
}

/// The figures of a place; none where it is not chosen or not there.
fn run(place: &Place, programs: &[PathBuf], filler: &PathBuf, choice: &Choice) -> Result<Option<Vec<Line>>> {
    let workloads = choice.workloads(place);
    if workloads.is_empty()
        || !(choice.backends.is_empty() || choice.backends.iter().any(|name| name == place.name))
    {
        return Ok(None);
    }
    let users = if choice.scale { 1_000_000 } else { USERS };
    if !place.own && !fill(filler, place, users)? {
        eprintln!("skipped: {} does not answer", place.name);
        return Ok(None);
    }
    let mut found = Vec::new();
    for program in programs {
        found.extend(systems(program, place.backend)?);
    }
    let found = choice.systems(found);
    let mut figures = Figures::new();
    let names: Vec<_> = found.iter().map(|system| system.name.clone()).collect();
    for left in (0..choice.effort.processes).rev() {
        let mut peers = start(&found, place, users)?;
        for workload in &workloads {
            measure(&mut peers, *workload, choice.effort, &mut figures)?;
            if left == 0 {
                print(&lines(place.name, &[*workload], &names, &figures), &mut std::io::stdout())?;
            }
        }
    }
    if place.backend == Backend::Sqlite && !place.own {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", place.url));
        }
    }
    Ok(Some(lines(place.name, &workloads, &names, &figures)))
}

fn fill(filler: &PathBuf, place: &Place, users: usize) -> Result<bool> {
    let backend = place.backend.to_string();
    let arguments = ["--prepare", "--backend", &backend, "--url", &place.url, "--users", &users.to_string()];
    Ok(Command::new(filler).args(arguments).status()?.success())
}

fn start(systems: &[System], place: &Place, users: usize) -> Result<Vec<Peer>> {
    let mut peers =
        systems.iter().map(|system| Peer::start(system, place, users)).collect::<Result<Vec<_>>>()?;
    peers.retain_mut(|peer| match peer.ready() {
        Ok(()) => true,
        Err(error) => {
            eprintln!("left out: {error}");
            false
        }
    });
    Ok(peers)
}
