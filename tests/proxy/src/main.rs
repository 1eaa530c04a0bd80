//! The proxy as a process of its own, for measurements of the client's CPU time: `orm-proxy SERVER [ROUND_TRIP_µs]`, where
//! SERVER is HOST:PORT or a database's URL. Prints its address, or the URL with it, and runs until its input ends.

use std::io::{Error, ErrorKind, Read, Result, stdin};
use std::time::Duration;

use orm_proxy::Proxy;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = || Error::new(ErrorKind::InvalidInput, "usage: orm-proxy SERVER [ROUND_TRIP_µs]");
    let server = arguments.next().ok_or_else(usage)?;
    let round_trip = arguments.next().map_or(Ok(0), |text| text.parse()).map_err(|_| usage())?;
    let proxy = Proxy::for_url(&server)?;
    proxy.delay(Duration::from_micros(round_trip));
    println!("{}", proxy.url(&server));
    stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
