//! Benchmarks: `cargo bench`. Each workload runs beside a control that uses the driver by hand.
