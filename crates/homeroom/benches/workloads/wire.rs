//! Round trips, counted on the wire: a proxy between the client and the server sees who speaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy in front of a server.
pub(crate) struct Wire {
    port: u16,
    round_trips: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Wire {
    /// Listens to clients of the server that listens to this port.
    pub(crate) async fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let round_trips = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&round_trips);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                tokio::spawn(forward(client, server, Arc::clone(&counter)));
            }
        });
        Self { port, round_trips, task }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// How often the server was asked and answered since the last call.
    pub(crate) fn take(&self) -> u64 {
        self.round_trips.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A round trip is an answer to whatever was asked since the last answer.
async fn forward(client: TcpStream, server: TcpStream, round_trips: Arc<AtomicU64>) {
    let ((mut client_reads, mut client_writes), (mut server_reads, mut server_writes)) =
        (client.into_split(), server.into_split());
    let asked = Arc::new(AtomicBool::new(false));
    let questions = {
        let asked = Arc::clone(&asked);
        async move {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(length @ 1..) = client_reads.read(&mut bytes).await {
                asked.store(true, Ordering::SeqCst);
                if server_writes.write_all(&bytes[..length]).await.is_err() {
                    return;
                }
            }
            let _ = server_writes.shutdown().await;
        }
    };
    let answers = async move {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(length @ 1..) = server_reads.read(&mut bytes).await {
            if asked.swap(false, Ordering::SeqCst) {
                round_trips.fetch_add(1, Ordering::SeqCst);
            }
            if client_writes.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(questions, answers);
}
