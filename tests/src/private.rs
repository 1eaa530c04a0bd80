//! Servers of a test's own, which it may kill: each with its data in a folder of its own, on a free port of loopback.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use orm_core::{Db, sql};

use crate::Backend;

/// How long a server may take until it answers: it may have to recover from a crash, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A server that ends with this value, and also when the thread that started it ends in whatever way.
pub struct PrivateServer {
    backend: Backend,
    folder: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl PrivateServer {
    /// Makes a server and starts it. `None`, in words, where its programs are not installed; then fails where `CI` is set.
    /// To be called on the test's own thread.
    ///
    /// # Panics
    /// Where the programs are there and the server does not start, or `backend` has no server.
    pub async fn start(backend: Backend) -> Option<PrivateServer> {
        let programs: &[&str] = match backend {
            Backend::Postgres => &["setpriv", "initdb", "postgres"],
            Backend::MariaDb => &["setpriv", "mariadb-install-db", "mariadbd"],
            Backend::Sqlite | Backend::MySql => panic!("{backend:?} has no private server"),
        };
        if let Some(missing) = programs.iter().find(|name| program(name).is_none()) {
            assert!(std::env::var_os("CI").is_none(), "`{missing}` is not installed");
            println!("skipped: `{missing}` is not installed");
            return None;
        }
        let mut server = PrivateServer { backend, folder: folder(), port: free_port(), process: None };
        server.initialize();
        server.restart().await;
        Some(server)
    }

    /// The URL of its one database.
    pub fn url(&self) -> String {
        match self.backend {
            Backend::Postgres => format!("postgres://postgres@127.0.0.1:{}/postgres", self.port),
            _ => format!("mysql://root@127.0.0.1:{}/mysql", self.port),
        }
    }

    /// Kills it (`kill -9`): open transactions are lost, and no client is told.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts it again after [`kill`](Self::kill), and waits until it answers.
    ///
    /// # Panics
    /// Where it does not.
    pub async fn restart(&mut self) {
        self.kill();
        let started = Instant::now();
        loop {
            // PostgreSQL does not start before the last process of its former life has ended.
            let ended = self.process.as_mut().is_none_or(|process| process.try_wait().unwrap().is_some());
            if ended {
                self.process = Some(self.command().spawn().unwrap());
            }
            if self.answers().await {
                return;
            }
            assert!(started.elapsed() < START_LIMIT, "{:?} does not start:\n{}", self.backend, self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn answers(&self) -> bool {
        let Ok(db) = Db::builder(&self.url()).pool_size(1).pool_timeout(START_LIMIT).connect().await else {
            return false;
        };
        sql("SELECT 1").exec(&db).await.is_ok()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn user(&self) -> &'static str {
        if self.backend == Backend::Postgres { "postgres" } else { "mysql" }
    }

    fn initialize(&self) {
        std::fs::create_dir_all(&self.folder).unwrap();
        if is_root() {
            let owned = Command::new("chown").arg(self.user()).arg(&self.folder).status();
            assert!(owned.unwrap().success());
        }
        let data = self.folder.join("data");
        let mut command = match self.backend {
            Backend::Postgres => {
                let mut command = self.as_user("initdb");
                command.args(["--auth=trust", "--username=postgres", "--no-sync", "--pgdata"]).arg(data);
                command
            }
            _ => {
                let mut command = self.as_user("mariadb-install-db");
                command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
                command.arg(option("--datadir=", &data));
                command
            }
        };
        let made = command.output().unwrap();
        assert!(made.status.success(), "{}{}", text(&made.stdout), text(&made.stderr));
    }

    fn command(&self) -> Command {
        let (folder, data) = (&self.folder, self.folder.join("data"));
        let mut command = match self.backend {
            Backend::Postgres => {
                let mut command = self.as_user("postgres");
                command.args(["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"]);
                command.arg("-p").arg(self.port.to_string()).arg("-k").arg(folder).arg("-D").arg(data);
                command
            }
            _ => {
                let mut command = self.as_user("mariadbd");
                command.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve"]);
                command.args(["--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=2"]);
                command.arg(format!("--port={}", self.port)).arg(option("--datadir=", &data));
                command.arg(option("--socket=", &folder.join("socket")));
                command.arg(option("--pid-file=", &folder.join("pid")));
                command
            }
        };
        let log = std::fs::File::create(folder.join("log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        command
    }

    /// The program, run by a user that the server accepts, and killed when the thread that started it ends.
    fn as_user(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if is_root() {
            let user = self.user();
            command.args(["--reuid", user, "--regid", user, "--init-groups"]);
        }
        command.arg(program(name).unwrap()).current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the log of {:?}:\n{}", self.backend, self.log());
        }
        self.kill();
        // The last processes of a server may still write for a moment.
        for _ in 0..50 {
            if std::fs::remove_dir_all(&self.folder).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}{}", path.display())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A folder that no other has; its name is short, for a socket lies in it.
fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("orm_server_{}_{number}", std::process::id()))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where a program is: in PostgreSQL's own folders, of which the newest counts, or where all are.
fn program(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let own = versions.into_iter().rev().map(|(_, folder)| folder);
    own.chain(usual).map(|folder| folder.join(name)).find(|file| file.is_file())
}
