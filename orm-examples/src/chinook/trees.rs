//! Trees of rows, loaded by each strategy and by a loop, and held against each other.

use orm_core::Result;
use orm_core::prelude::*;

use super::models::*;
use crate::{Column, Table, Watch};

/// The ways to load one tree, each with what it took.
pub(super) struct Tree {
    pub(super) table: Table,
    pub(super) unequal: Vec<String>,
}

/// Collects the ways to load one tree; all must give what the first gave.
struct Comparison<'w, T> {
    title: &'static str,
    watch: &'w Watch,
    table: Table,
    first: Option<T>,
    unequal: Vec<String>,
}

impl<'w, T: PartialEq> Comparison<'w, T> {
    fn new(title: &'static str, watch: &'w Watch) -> Self {
        let columns = [
            Column::Text("loaded by"),
            Column::Number("statements"),
            Column::Number("rows"),
            Column::Time("ms"),
            Column::Text("result"),
        ];
        let table = Table::new(title, columns);
        Comparison { title, watch, table, first: None, unequal: Vec::new() }
    }

    /// One way: how it loads, and how its result becomes the form in which results are compared, which is not timed. It runs
    /// twice, and the second run counts: the first one prepares the statements.
    async fn way<R>(
        &mut self,
        name: &str,
        load: impl AsyncFn() -> Result<R>,
        form: impl Fn(R) -> T,
    ) -> Result<()> {
        load().await?;
        let measured = self.watch.measure(&load).await?;
        let (statements, rows) = (measured.statements.len().to_string(), measured.rows.to_string());
        let milliseconds = measured.milliseconds();
        let value = form(measured.value);
        let result = match &self.first {
            None => "",
            Some(first) if *first == value => "the same",
            Some(_) => "DIFFERENT",
        };
        if result == "DIFFERENT" {
            self.unequal.push(format!("{}, loaded by {name}, differs", self.title));
        }
        self.first.get_or_insert(value);
        self.table.row([name.to_owned(), statements, rows, milliseconds, result.to_owned()]);
        Ok(())
    }

    fn finish(self) -> Tree {
        Tree { table: self.table, unequal: self.unequal }
    }
}

type LoadedArtist = loaded!(Artist { albums { tracks { genre, media_type } } });
type LoadedAlbum = loaded!(Album { tracks { genre, media_type } });
type ArtistTree = Vec<(Artist, Vec<(Album, Vec<(Track, Option<Genre>, MediaType)>)>)>;

pub(super) async fn artists(db: &Db, watch: &Watch) -> Result<Tree> {
    let mut ways = Comparison::new("Artists → albums → tracks, with genre and media type", watch);
    let artists = Artist::select().order_by(Artist::artist_id.asc());
    let selectin = artists.clone().with(
        Artist::albums
            .selectin()
            .with(Album::tracks.selectin().with(Track::genre.selectin()).with(Track::media_type.selectin())),
    );
    let mixed = artists.clone().with(
        Artist::albums
            .selectin()
            .with(Album::tracks.selectin().with(Track::genre.joined()).with(Track::media_type.joined())),
    );
    let joined = artists.with(
        Artist::albums
            .joined()
            .with(Album::tracks.joined().with(Track::genre.joined()).with(Track::media_type.joined())),
    );
    ways.way("selectin", async || selectin.clone().all(db).await, artist_tree).await?;
    ways.way("selectin, to-one joined", async || mixed.clone().all(db).await, artist_tree).await?;
    ways.way("joined", async || joined.clone().all(db).await, artist_tree).await?;
    ways.way("a loop", async || artist_loop(db).await, |tree| tree).await?;
    Ok(ways.finish())
}

/// Whatever the strategies, the shape and so the type is one.
fn artist_tree(artists: Vec<LoadedArtist>) -> ArtistTree {
    let tracks = |album: &LoadedAlbum| {
        album
            .tracks()
            .iter()
            .map(|track| (Track::clone(track), track.genre().clone(), track.media_type().clone()))
            .collect()
    };
    let albums = |artist: &LoadedArtist| {
        artist.albums().iter().map(|album| (Album::clone(album), tracks(album))).collect()
    };
    artists.iter().map(|artist| (Artist::clone(artist), albums(artist))).collect()
}

/// What one writes without loads: a statement for each row of the level above.
async fn artist_loop(db: &Db) -> Result<ArtistTree> {
    let mut tree = Vec::new();
    for artist in Artist::select().order_by(Artist::artist_id.asc()).all(db).await? {
        let mut albums = Vec::new();
        let of_artist = Album::select().filter(Album::artist_id.eq(artist.artist_id));
        for album in of_artist.order_by(Album::album_id.asc()).all(db).await? {
            let mut tracks = Vec::new();
            let of_album = Track::select().filter(Track::album_id.eq(album.album_id));
            for track in of_album.order_by(Track::track_id.asc()).all(db).await? {
                let genre = match track.genre_id {
                    Some(key) => Some(Genre::find(key).one(db).await?),
                    None => None,
                };
                let media_type = MediaType::find(track.media_type_id).one(db).await?;
                tracks.push((track, genre, media_type));
            }
            albums.push((album, tracks));
        }
        tree.push((artist, albums));
    }
    Ok(tree)
}

type LoadedPlaylist = loaded!(Playlist { tracks });
type PlaylistTree = Vec<(Playlist, Vec<Track>)>;

pub(super) async fn playlists(db: &Db, watch: &Watch) -> Result<Tree> {
    let mut ways = Comparison::new("Playlists → tracks, many to many", watch);
    let playlists = Playlist::select().order_by(Playlist::playlist_id.asc());
    let form = |playlists: Vec<LoadedPlaylist>| -> PlaylistTree {
        playlists.iter().map(|playlist| (Playlist::clone(playlist), playlist.tracks().clone())).collect()
    };
    let selectin = playlists.clone().with(Playlist::tracks.selectin());
    let joined = playlists.with(Playlist::tracks.joined());
    ways.way("selectin", async || selectin.clone().all(db).await, form).await?;
    ways.way("joined", async || joined.clone().all(db).await, form).await?;
    ways.way("a loop", async || playlist_loop(db).await, |tree| tree).await?;
    Ok(ways.finish())
}

async fn playlist_loop(db: &Db) -> Result<PlaylistTree> {
    let mut tree = Vec::new();
    for playlist in Playlist::select().order_by(Playlist::playlist_id.asc()).all(db).await? {
        let on_it = Track::playlists.any(Playlist::playlist_id.eq(playlist.playlist_id));
        let tracks = Track::select().filter(on_it).order_by(Track::track_id.asc()).all(db).await?;
        tree.push((playlist, tracks));
    }
    Ok(tree)
}

type LoadedCustomer = loaded!(Customer { invoices { lines } });
type CustomerTree = Vec<(Customer, Vec<(Invoice, Vec<InvoiceLine>)>)>;

pub(super) async fn customers(db: &Db, watch: &Watch) -> Result<Tree> {
    let mut ways = Comparison::new("Customers → invoices → lines", watch);
    let customers = Customer::select().order_by(Customer::customer_id.asc());
    let form = |customers: Vec<LoadedCustomer>| -> CustomerTree {
        let invoices = |customer: &LoadedCustomer| {
            customer
                .invoices()
                .iter()
                .map(|invoice| (Invoice::clone(invoice), invoice.lines().clone()))
                .collect()
        };
        customers.iter().map(|customer| (Customer::clone(customer), invoices(customer))).collect()
    };
    let selectin = customers.clone().with(Customer::invoices.selectin().with(Invoice::lines.selectin()));
    let joined = customers.with(Customer::invoices.joined().with(Invoice::lines.joined()));
    ways.way("selectin", async || selectin.clone().all(db).await, form).await?;
    ways.way("joined", async || joined.clone().all(db).await, form).await?;
    ways.way("a loop", async || customer_loop(db).await, |tree| tree).await?;
    Ok(ways.finish())
}

async fn customer_loop(db: &Db) -> Result<CustomerTree> {
    let mut tree = Vec::new();
    for customer in Customer::select().order_by(Customer::customer_id.asc()).all(db).await? {
        let mut invoices = Vec::new();
        let of_customer = Invoice::select().filter(Invoice::customer_id.eq(customer.customer_id));
        for invoice in of_customer.order_by(Invoice::invoice_id.asc()).all(db).await? {
            let of_invoice = InvoiceLine::select().filter(InvoiceLine::invoice_id.eq(invoice.invoice_id));
            let lines = of_invoice.order_by(InvoiceLine::invoice_line_id.asc()).all(db).await?;
            invoices.push((invoice, lines));
        }
        tree.push((customer, invoices));
    }
    Ok(tree)
}

type LoadedEmployee = loaded!(Employee { reports { reports } });
type EmployeeTree = Vec<(Employee, Vec<(Employee, Vec<Employee>)>)>;

pub(super) async fn employees(db: &Db, watch: &Watch) -> Result<Tree> {
    let mut ways = Comparison::new("Employees without a manager → their reports → theirs", watch);
    let form = |heads: Vec<LoadedEmployee>| -> EmployeeTree {
        let reports = |head: &LoadedEmployee| {
            head.reports().iter().map(|report| (Employee::clone(report), report.reports().clone())).collect()
        };
        heads.iter().map(|head| (Employee::clone(head), reports(head))).collect()
    };
    let heads =
        Employee::select().filter(Employee::reports_to.is_null()).order_by(Employee::employee_id.asc());
    let selectin = heads.clone().with(Employee::reports.selectin().with(Employee::reports.selectin()));
    let joined = heads.with(Employee::reports.joined().with(Employee::reports.joined()));
    ways.way("selectin", async || selectin.clone().all(db).await, form).await?;
    ways.way("joined", async || joined.clone().all(db).await, form).await?;
    ways.way("a loop", async || employee_loop(db).await, |tree| tree).await?;
    Ok(ways.finish())
}

async fn employee_loop(db: &Db) -> Result<EmployeeTree> {
    let under = |manager: Option<i32>| {
        Employee::select().filter(Employee::reports_to.eq(manager)).order_by(Employee::employee_id.asc())
    };
    let mut tree = Vec::new();
    for head in under(None).all(db).await? {
        let mut reports = Vec::new();
        for report in under(Some(head.employee_id)).all(db).await? {
            let theirs = under(Some(report.employee_id)).all(db).await?;
            reports.push((report, theirs));
        }
        tree.push((head, reports));
    }
    Ok(tree)
}
