//! A network that fails when it is told to: between a client and a server, in this process.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_postgres::config::Host;

use crate::admin;

/// What goes wrong between a client and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Every piece of either direction arrives this much later.
    Delay(Duration),
    /// Nothing passes, and nothing is lost: all of it arrives when the fault is over, as after a short outage.
    Stall,
    /// Whatever is sent vanishes, and nobody is told, as behind a firewall that has forgotten the connection. The connections that
    /// were open during the fault, or opened in it, stay dead when it is over; new ones work then.
    BlackHole,
    /// What the client sends arrives, and the answers vanish: a commit whose acknowledgement is lost. The connections stay deaf
    /// when the fault is over, like those of a black hole.
    LoseAnswers,
    /// New connections are ended at once, as by a server that goes down; open ones work.
    Refuse,
    /// A connection breaks once it has brought this many more bytes of answers: in the middle of a message.
    CutAfter(usize),
}

/// A network between clients and a server that stalls, delays, loses and breaks connections when it is told to.
///
/// Listens to a free port of 127.0.0.1; ends with all its connections when it is dropped. Needs a Tokio runtime.
///
/// ```no_run
/// use homeroom_embed::testing::{Fault, FaultProxy, TestCluster};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let proxy = FaultProxy::start(&TestCluster::shared()?.server().url("postgres")).await?;
/// println!("connect to {}", proxy.url());
/// proxy.inject(Fault::Stall);
/// // … nobody gets an answer …
/// proxy.heal();
/// proxy.cut();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FaultProxy {
    url: String,
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    open: Arc<AtomicUsize>,
    accepting: AbortHandle,
}

/// What holds at one moment for all connections.
#[derive(Debug, Clone, Copy, Default)]
struct Weather {
    fault: Option<Fault>,
    /// How often a fault was injected: a connection that is older than one can tell.
    faults: usize,
    /// The last black hole, and the last loss of answers, by that number.
    black_hole: usize,
    deafness: usize,
    /// How often all connections were broken.
    cuts: usize,
}

impl FaultProxy {
    /// A proxy to the server that a URL names: its first host, a port of TCP or a Unix socket.
    ///
    /// # Errors
    /// When the URL is malformed, or no port is free.
    pub async fn start(server_url: &str) -> io::Result<Self> {
        let config: tokio_postgres::Config = server_url
            .parse()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let upstream = match config.get_hosts().first() {
            Some(Host::Tcp(name)) => Upstream::Tcp(name.clone(), port),
            Some(Host::Unix(folder)) => Upstream::Unix(folder.join(format!(".s.PGSQL.{port}"))),
            None => {
                let reason = "the URL names no host";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (weather, forecast) = watch::channel(Weather::default());
        let open = Arc::<AtomicUsize>::default();
        let accepting = tokio::spawn(accept(listener, upstream, forecast, open.clone()));
        let url = admin::tcp_url(&config, address);
        Ok(Self { url, address, weather, open, accepting: accepting.abort_handle() })
    }

    /// The address of the database through the proxy.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the proxy listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins a fault, in place of another one that may hold.
    pub fn inject(&self, fault: Fault) {
        self.weather.send_modify(|weather| {
            weather.faults += 1;
            weather.fault = Some(fault);
            match fault {
                Fault::BlackHole => weather.black_hole = weather.faults,
                Fault::LoseAnswers => weather.deafness = weather.faults,
                _ => {}
            }
        });
    }

    /// Ends the fault.
    pub fn heal(&self) {
        self.weather.send_modify(|weather| weather.fault = None);
    }

    /// Breaks all connections that are open.
    pub fn cut(&self) {
        self.weather.send_modify(|weather| weather.cuts += 1);
    }

    /// Connections that are open through the proxy now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        // The connections' tasks see that the sender is gone, and end.
        self.accepting.abort();
    }
}

#[derive(Debug, Clone)]
enum Upstream {
    Tcp(String, u16),
    Unix(PathBuf),
}

async fn accept(
    listener: TcpListener,
    upstream: Upstream,
    weather: watch::Receiver<Weather>,
    open: Arc<AtomicUsize>,
) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        // Small messages are what a database's clients send.
        let _ = client.set_nodelay(true);
        if weather.borrow().fault == Some(Fault::Refuse) {
            continue;
        }
        let (upstream, weather) = (upstream.clone(), weather.clone());
        let counted = Counted::new(&open);
        tokio::spawn(async move {
            let _counted = counted;
            // That a connection broke is seen by both of its ends.
            let _ = match upstream {
                Upstream::Tcp(host, port) => {
                    match TcpStream::connect((host.as_str(), port)).await {
                        Ok(server) => {
                            let _ = server.set_nodelay(true);
                            relay(client, server, weather).await
                        }
                        Err(error) => Err(error),
                    }
                }
                Upstream::Unix(socket) => match UnixStream::connect(socket).await {
                    Ok(server) => relay(client, server, weather).await,
                    Err(error) => Err(error),
                },
            };
        });
    }
}

struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::SeqCst);
        Self(open.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Carries one connection until either end is done with it, or it is cut.
async fn relay(
    client: TcpStream,
    server: impl AsyncRead + AsyncWrite,
    mut weather: watch::Receiver<Weather>,
) -> io::Result<()> {
    let Weather { fault, faults, cuts, .. } = *weather.borrow_and_update();
    let born = match fault {
        // Opened in it, it is as dead as those that were there before.
        Some(Fault::BlackHole | Fault::LoseAnswers) => faults - 1,
        _ => faults,
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = tokio::io::split(server);
    let requests = Pump { weather: weather.clone(), answers: false, born, carried: (0, 0) };
    let answers = Pump { weather: weather.clone(), answers: true, born, carried: (0, 0) };
    let cut = weather.wait_for(|weather| weather.cuts != cuts);
    tokio::select! {
        done = requests.run(from_client, to_server) => done,
        done = answers.run(from_server, to_client) => done,
        _ = cut => Ok(()),
    }
}

/// One direction of a connection.
struct Pump {
    weather: watch::Receiver<Weather>,
    answers: bool,
    /// How many faults there were when the connection was opened.
    born: usize,
    /// Bytes that were carried since a fault, and which one that was.
    carried: (usize, usize),
}

impl Pump {
    async fn run(
        mut self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let mut buffer = vec![0; 16 << 10];
        loop {
            let length = from.read(&mut buffer).await?;
            let bytes = buffer.get(..length).unwrap_or_default();
            while self.weather.borrow_and_update().fault == Some(Fault::Stall) {
                self.weather.changed().await.map_err(io::Error::other)?;
            }
            let weather = *self.weather.borrow_and_update();
            let lost =
                weather.black_hole > self.born || (self.answers && weather.deafness > self.born);
            match (weather.fault, bytes) {
                // The end of a connection is lost as well; a client that has gone needs no more of it.
                (_, []) if lost && self.answers => std::future::pending().await,
                (_, []) => return Ok(()),
                _ if lost => {}
                (Some(Fault::Delay(time)), bytes) => {
                    tokio::time::sleep(time).await;
                    to.write_all(bytes).await?;
                }
                (Some(Fault::CutAfter(limit)), bytes) if self.answers => {
                    let carried = match self.carried {
                        (carried, fault) if fault == weather.faults => carried,
                        _ => 0,
                    };
                    let room = limit.saturating_sub(carried);
                    if let Some(last) = bytes.get(..room)
                        && room < bytes.len()
                    {
                        to.write_all(last).await?;
                        return Ok(());
                    }
                    to.write_all(bytes).await?;
                    self.carried = (carried + bytes.len(), weather.faults);
                }
                (_, bytes) => to.write_all(bytes).await?,
            }
        }
    }
}
