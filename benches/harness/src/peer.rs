//! The driver's side of a system under test.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::client::Block;
use crate::data::Backend;
use crate::place::Place;
use crate::serve::read;
use crate::workload::Workload;
use crate::{Error, Result};

/// A system that a program can run.
#[derive(Clone, Debug)]
pub struct System {
    pub name: String,
    pub program: PathBuf,
}

/// The systems of a program for a backend: it lists them as lines of backend and name.
pub fn systems(program: &Path, backend: Backend) -> Result<Vec<System>> {
    let listed = Command::new(program).arg("--systems").output()?;
    let listed = String::from_utf8(listed.stdout)?;
    let names = listed.lines().filter_map(|line| line.split_once(' '));
    Ok(names
        .filter(|(on, _)| *on == backend.to_string())
        .map(|(_, name)| System { name: name.to_owned(), program: program.to_owned() })
        .collect())
}

/// A running process of a system. Ends it when dropped.
pub struct Peer {
    pub name: String,
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts the process; [`Self::ready`] waits for it.
    pub fn start(system: &System, place: &Place, users: usize) -> Result<Self> {
        let mut command = Command::new(&system.program);
        command.args(["--serve", &system.name, "--backend", &place.backend.to_string(), "--url", &place.url]);
        command.args(["--users", &users.to_string()]);
        if place.own {
            command.arg("--fill");
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = process.stdout.take().ok_or("the process has no standard output")?;
        let requests = process.stdin.take();
        Ok(Self { name: system.name.clone(), process, requests, answers: BufReader::new(answers) })
    }

    /// Waits until the tables are there and the library is connected.
    pub fn ready(&mut self) -> Result<()> {
        match self.line()?.as_str() {
            "ready" => Ok(()),
            other => Err(format!("{} is not ready: {other}", self.name).into()),
        }
    }

    /// Runs a block; none where the system does not take part in the workload.
    pub fn block(&mut self, workload: Workload, iterations: usize) -> Result<Option<Block>> {
        let requests = self.requests.as_mut().ok_or("the process has no standard input")?;
        writeln!(requests, "{workload} {iterations}")?;
        requests.flush()?;
        let answer = self.line()?;
        read(&answer).map_err(|error| format!("{}, {workload}: {error}", self.name).into())
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(Error::from(format!("{} ended: {}", self.name, self.process.wait()?)));
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}
