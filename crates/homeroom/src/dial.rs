//! Reaching a server: its hosts in order, their addresses, sockets that notice a dead network.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, LoadBalanceHosts};

/// Bytes to and from a server, whatever carries them.
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// One place where a server may be.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    address: Address,
    /// The name that its certificate has to bear.
    pub(crate) host: String,
}

#[derive(Debug, Clone)]
enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Tcp(address) => address.fmt(f),
            Address::Unix(path) => path.display().fmt(f),
        }
    }
}

impl Target {
    /// Opens a socket to it.
    pub(crate) async fn open(&self, config: &Config) -> io::Result<Socket> {
        match &self.address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                notice_silence(&stream, config)?;
                Ok(Socket::Tcp(stream))
            }
            Address::Unix(path) => Ok(Socket::Unix(UnixStream::connect(path).await?)),
        }
    }
}

/// A peer that is gone without a word is noticed: when it does not acknowledge what was sent, and when it answers no probe.
fn notice_silence(stream: &TcpStream, config: &Config) -> io::Result<()> {
    let socket = SockRef::from(stream);
    #[cfg(target_os = "linux")]
    if let Some(limit) = config.get_tcp_user_timeout() {
        socket.set_tcp_user_timeout(Some(*limit))?;
    }
    if config.get_keepalives() {
        let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
        if let Some(interval) = config.get_keepalives_interval() {
            keepalive = keepalive.with_interval(interval);
        }
        if let Some(retries) = config.get_keepalives_retries() {
            keepalive = keepalive.with_retries(retries);
        }
        socket.set_tcp_keepalive(&keepalive)?;
    }
    Ok(())
}

/// Where to try, in this order: each host of the URL with all of its addresses. A host whose name can't be resolved stands there
/// with the reason.
pub(crate) async fn targets(config: &Config) -> Vec<io::Result<Target>> {
    let mut targets = Vec::new();
    for (index, host) in config.get_hosts().iter().enumerate() {
        let ports = config.get_ports();
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        match host {
            #[cfg(unix)]
            Host::Unix(folder) => {
                let address = Address::Unix(folder.join(format!(".s.PGSQL.{port}")));
                targets.push(Ok(Target { address, host: String::new() }));
            }
            Host::Tcp(name) => match config.get_hostaddrs().get(index) {
                Some(address) => {
                    let address = Address::Tcp(SocketAddr::new(*address, port));
                    targets.push(Ok(Target { address, host: name.clone() }));
                }
                None => match tokio::net::lookup_host((name.as_str(), port)).await {
                    Ok(found) => targets.extend(found.map(|address| {
                        Ok(Target { address: Address::Tcp(address), host: name.clone() })
                    })),
                    Err(error) => targets.push(Err(error)),
                },
            },
        }
    }
    if config.get_load_balance_hosts() == LoadBalanceHosts::Random {
        shuffle(&mut targets);
    }
    targets
}

fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        // Without chance the order stays as it is, which is a good one as well.
        let dice = getrandom::u32().unwrap_or(u32::MAX) as usize;
        items.swap(last, dice % (last + 1));
    }
}
