//! What the proxy does to the bytes between an echoing server and its clients.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use orm_proxy::{Cut, Dribble, Proxy, Side};

/// A server that sends back whatever comes, and tells what came.
fn echo() -> (Proxy, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap()).unwrap();
    let (sender, came) = channel();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, sender) = (client.unwrap(), sender.clone());
            client.set_nodelay(true).unwrap();
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(length @ 1..) = client.read(&mut buffer) {
                    let _ = sender.send(buffer[..length].to_vec());
                    if client.write_all(&buffer[..length]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    (proxy, came)
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

fn ask(stream: &mut TcpStream, text: &[u8]) {
    stream.write_all(text).unwrap();
    let mut answer = vec![0; text.len()];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, text);
}

/// What still comes until the other side closes, however it does so.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let (mut found, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return found,
            Ok(length) => found.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return found,
            Err(error) => panic!("{error}"),
        }
    }
}

fn stays_silent(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let kind = stream.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{kind}");
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
}

/// Waits until something holds; fails after ten seconds.
fn until(what: impl Fn() -> bool) {
    let started = Instant::now();
    while !what() {
        assert!(started.elapsed() < Duration::from_secs(10), "it never held");
        thread::sleep(Duration::from_millis(1));
    }
}

fn all(came: &Receiver<Vec<u8>>) -> Vec<u8> {
    came.try_iter().flatten().collect()
}

#[test]
fn bytes_pass_and_are_counted() {
    let (proxy, _came) = echo();
    let (mut one, mut two) = (connect(&proxy), connect(&proxy));
    for turn in 0..10_u8 {
        ask(&mut one, &[turn; 700]);
        ask(&mut two, &[turn; 7]);
    }
    assert_eq!((proxy.accepted_connections(), proxy.open_connections()), (2, 2));
    assert!((20..=40).contains(&proxy.round_trips()), "{}", proxy.round_trips());
    drop(one);
    until(|| proxy.open_connections() == 1);
    ask(&mut two, b"still there");
}

#[test]
fn one_side_may_close_and_still_read() {
    let (proxy, _came) = echo();
    let mut stream = connect(&proxy);
    let text = vec![7; 100_000];
    let mut writer = stream.try_clone().unwrap();
    let sent = text.clone();
    let writing = thread::spawn(move || {
        writer.write_all(&sent).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    assert!(rest(&mut stream) == text);
    writing.join().unwrap();
    until(|| proxy.open_connections() == 0);
}

#[test]
fn a_delay_makes_round_trips_longer_and_does_not_limit_what_flows() {
    let (proxy, _came) = echo();
    let mut stream = connect(&proxy);
    proxy.delay(Duration::from_millis(20));
    let started = Instant::now();
    for _ in 0..5 {
        ask(&mut stream, b"ping");
    }
    assert!(started.elapsed() >= Duration::from_millis(98), "{:?}", started.elapsed());
    // 16 MiB in windows that wait for each other would take minutes.
    proxy.delay(Duration::from_millis(200));
    let sent = vec![1; 16 << 20];
    let expected = sent.len();
    let mut writer = stream.try_clone().unwrap();
    let writing = thread::spawn(move || writer.write_all(&sent).unwrap());
    let started = Instant::now();
    let mut answer = vec![0; expected];
    stream.read_exact(&mut answer).unwrap();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    writing.join().unwrap();
}

#[test]
fn a_dribble_comes_in_small_pieces() {
    let (proxy, came) = echo();
    let mut stream = connect(&proxy);
    proxy.dribble(Side::Client, Dribble { bytes: 16, every: Duration::from_millis(2) });
    let started = Instant::now();
    ask(&mut stream, &[3; 160]);
    assert!(started.elapsed() >= Duration::from_millis(17), "{:?}", started.elapsed());
    assert!(came.try_iter().all(|piece| piece.len() % 16 == 0));
    proxy.flow();
    proxy.dribble(Side::Server, Dribble { bytes: 1, every: Duration::from_millis(1) });
    ask(&mut stream, b"ten letters");
    proxy.flow();
    ask(&mut stream, &[4; 100_000]);
}

#[test]
fn each_step_lets_one_piece_pass() {
    let (proxy, _came) = echo();
    let mut stream = connect(&proxy);
    ask(&mut stream, b"x");
    proxy.hold(Side::Server, 4);
    stream.write_all(b"0123456789").unwrap();
    let mut answer = [0; 16];
    for piece in [&b"0123"[..], b"4567", b"89"] {
        stays_silent(&mut stream);
        proxy.step(Side::Server);
        assert_eq!(stream.read(&mut answer).unwrap(), piece.len());
        assert_eq!(&answer[..piece.len()], piece);
    }
    // A step may come before what it is for.
    proxy.step(Side::Server);
    ask(&mut stream, b"abc");
    stream.write_all(b"held").unwrap();
    stays_silent(&mut stream);
    proxy.flow();
    stream.read_exact(&mut answer[..4]).unwrap();
}

#[test]
fn a_connection_is_cut_after_so_many_bytes_and_once_only() {
    let (proxy, came) = echo();
    let mut stream = connect(&proxy);
    ask(&mut stream, b"before it was asked for");
    all(&came);
    proxy.cut(Cut::after(Side::Client, 5));
    stream.write_all(b"abc").unwrap();
    stream.write_all(b"defg").unwrap();
    rest(&mut stream);
    assert_eq!((proxy.cuts(), proxy.open_connections()), (1, 0));
    assert!(b"abcde".starts_with(&all(&came)));
    let mut stream = connect(&proxy);
    ask(&mut stream, b"the next one lives");
    all(&came);
    proxy.cut(Cut::after(Side::Server, 4));
    stream.write_all(b"abcdefg").unwrap();
    assert_eq!(rest(&mut stream), b"abcd");
    assert_eq!(came.recv().unwrap(), b"abcdefg");
    assert_eq!(proxy.cuts(), 2);
    proxy.cut(Cut::after(Side::Server, 4));
    proxy.disarm();
    ask(&mut connect(&proxy), b"nothing is cut");
}

#[test]
fn a_pattern_is_kept_from_the_server_even_in_pieces() {
    for pieces in [vec!["xCOMMITy"], vec!["xCOM", "MITy"], vec!["x", "C", "O", "M", "M", "I", "T"]] {
        let (proxy, came) = echo();
        let mut stream = connect(&proxy);
        ask(&mut stream, b"COMMIT");
        proxy.cut(Cut::before("COMMIT"));
        for piece in pieces {
            // The last ones may meet a closed connection.
            let _ = stream.write_all(piece.as_bytes());
            thread::sleep(Duration::from_millis(5));
        }
        rest(&mut stream);
        let came = String::from_utf8(all(&came)).unwrap();
        assert!(came.starts_with("COMMITx") && !came.contains("xCOMMIT"), "{came}");
        assert_eq!(proxy.cuts(), 1);
    }
}

#[test]
fn an_answer_is_kept_from_the_client() {
    let (proxy, came) = echo();
    let (mut other, mut stream) = (connect(&proxy), connect(&proxy));
    proxy.cut(Cut::before_answer("COMMIT"));
    ask(&mut stream, b"BEGIN");
    ask(&mut other, b"BEGIN");
    stream.write_all(b"a COMMIT b").unwrap();
    assert!(rest(&mut stream).is_empty());
    ask(&mut other, b"COMMIT");
    let came = String::from_utf8(all(&came)).unwrap();
    assert_eq!(came, "BEGINBEGINa COMMIT bCOMMIT");
    assert_eq!(proxy.cuts(), 1);
}

#[test]
fn frozen_nothing_passes_and_later_everything_does() {
    let (proxy, came) = echo();
    let mut old = connect(&proxy);
    ask(&mut old, b"x");
    proxy.freeze();
    let mut new = connect(&proxy);
    old.write_all(b"old").unwrap();
    new.write_all(b"new").unwrap();
    stays_silent(&mut old);
    stays_silent(&mut new);
    assert_eq!(all(&came), b"x");
    proxy.thaw();
    for stream in [&mut old, &mut new] {
        let mut answer = [0; 3];
        stream.read_exact(&mut answer).unwrap();
    }
    proxy.freeze_open();
    old.write_all(b"old").unwrap();
    ask(&mut connect(&proxy), b"later");
    stays_silent(&mut old);
    proxy.kill_all();
    assert!(rest(&mut old).is_empty() && rest(&mut new).is_empty());
    until(|| proxy.open_connections() == 0);
}

#[test]
fn connections_are_refused_and_taken_again() {
    let (proxy, _came) = echo();
    let mut open = connect(&proxy);
    ask(&mut open, b"x");
    proxy.refuse();
    proxy.refuse();
    assert_eq!(TcpStream::connect(proxy.address()).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    ask(&mut open, b"y");
    proxy.accept().unwrap();
    proxy.accept().unwrap();
    ask(&mut connect(&proxy), b"z");
}

#[test]
fn a_server_that_is_not_there_closes_the_connection() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = Proxy::start(port).unwrap();
    assert!(rest(&mut connect(&proxy)).is_empty());
    assert_eq!(proxy.open_connections(), 0);
}

#[test]
fn dropping_it_closes_everything() {
    let (proxy, _came) = echo();
    let address = proxy.address();
    let mut stream = connect(&proxy);
    ask(&mut stream, b"x");
    proxy.freeze();
    drop(proxy);
    assert!(rest(&mut stream).is_empty());
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
