//! One set of workloads, run by many database libraries in turn.
//!
//! Each system runs in a process of its own, which serves blocks of iterations ([`serve`]). The driver (`peers`) asks the
//! systems in turn, round after round, so that whatever drifts on the machine hits all of them alike ([`rounds`]).

pub mod args;
pub mod client;
pub mod data;
pub mod peer;
pub mod place;
pub mod report;
pub mod rounds;
pub mod serve;
pub mod tables;
pub mod targets;
pub mod workload;

/// What goes wrong in a library under test, or here; its text is all that is used.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T, E = Error> = std::result::Result<T, E>;
