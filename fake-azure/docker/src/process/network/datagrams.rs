//! Datagrams in memory, and at a port of the real machine.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use super::Connection;
use crate::engine::host_ports::{Bound, Door};

/// How many datagrams wait in each direction; what comes beyond is lost.
const WAITING: usize = 64;
/// The most bytes of a datagram.
const LARGEST: usize = 65_507;
/// How many of a port's visitors are remembered.
const VISITORS: usize = 1024;
/// For how long a visitor is remembered who says nothing and is told nothing.
const IDLE: Duration = Duration::from_mins(1);

/// One end of an exchange of datagrams. What is written at once is one, and so is what is read at
/// once, of which too small a buffer loses the rest.
#[derive(Debug)]
pub(crate) struct Datagrams {
    arriving: mpsc::Receiver<Vec<u8>>,
    leaving: mpsc::Sender<Vec<u8>>,
}

/// Two ends.
pub(crate) fn pair() -> (Datagrams, Datagrams) {
    let (one_way, other_end) = mpsc::channel(WAITING);
    let (other_way, one_end) = mpsc::channel(WAITING);
    let near = Datagrams {
        arriving: one_end,
        leaving: one_way,
    };
    let far = Datagrams {
        arriving: other_end,
        leaving: other_way,
    };
    (near, far)
}

impl AsyncRead for Datagrams {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            return match std::task::ready!(self.arriving.poll_recv(cx)) {
                // Nothing read would be the end.
                Some(datagram) if datagram.is_empty() => continue,
                Some(datagram) => {
                    let most = datagram.len().min(buffer.remaining());
                    buffer.put_slice(&datagram[..most]);
                    Poll::Ready(Ok(()))
                }
                None => Poll::Ready(Ok(())),
            };
        }
    }
}

impl AsyncWrite for Datagrams {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if bytes.len() > LARGEST {
            return Poll::Ready(Err(io::ErrorKind::InvalidInput.into()));
        }
        Poll::Ready(match self.leaving.try_send(bytes.to_vec()) {
            Err(mpsc::error::TrySendError::Closed(_)) => {
                Err(io::ErrorKind::ConnectionRefused.into())
            }
            // A datagram that finds no room is lost.
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(bytes.len()),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Nobody is told that no more datagrams come.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A port of the real machine that datagrams arrive at, until it is dropped.
#[derive(Debug)]
pub struct DatagramPort(AbortHandle);

impl Bound for DatagramPort {}

impl Drop for DatagramPort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl DatagramPort {
    /// Takes datagrams at an address, and hands each visitor to `door`. Must be called inside a
    /// runtime.
    ///
    /// # Errors
    /// What the machine says, such as that somebody has the port.
    pub fn open(at: SocketAddr, door: Door) -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind(at)?;
        socket.set_nonblocking(true)?;
        let socket = Arc::new(UdpSocket::from_std(socket)?);
        Ok(Self(tokio::spawn(receive(socket, door)).abort_handle()))
    }
}

async fn receive(socket: Arc<UdpSocket>, door: Door) {
    let mut visitors: HashMap<SocketAddr, mpsc::Sender<Vec<u8>>> = HashMap::new();
    // Those at work end with the port.
    let mut at_work = JoinSet::new();
    let mut buffer = vec![0; LARGEST];
    loop {
        // An error tells that one who was answered is gone: the next may be there.
        let Ok((count, from)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        while at_work.try_join_next().is_some() {}
        let datagram = buffer[..count].to_vec();
        if let Some(visitor) = visitors.get(&from)
            && !visitor.is_closed()
        {
            visitor.try_send(datagram).ok();
            continue;
        }
        visitors.retain(|_, visitor| !visitor.is_closed());
        if visitors.len() >= VISITORS {
            continue;
        }
        let (near, far) = pair();
        let (told, heard) = mpsc::channel(WAITING);
        told.try_send(datagram).ok();
        visitors.insert(from, told);
        at_work.spawn(relay(socket.clone(), from, heard, near));
        at_work.spawn(door(Connection::new(far, from)));
    }
}

/// Carries datagrams between a visitor and who answers him.
async fn relay(
    socket: Arc<UdpSocket>,
    visitor: SocketAddr,
    mut heard: mpsc::Receiver<Vec<u8>>,
    mut inside: Datagrams,
) {
    loop {
        tokio::select! {
            datagram = heard.recv() => match datagram {
                Some(datagram) => match inside.leaving.try_send(datagram) {
                    // Nobody answers: the next datagram asks anew.
                    Err(mpsc::error::TrySendError::Closed(_)) => return,
                    Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => {}
                },
                None => return,
            },
            datagram = inside.arriving.recv() => match datagram {
                Some(datagram) => {
                    // What does not get through is lost.
                    socket.send_to(&datagram, visitor).await.ok();
                }
                None => return,
            },
            () = simulation::clock::wait(IDLE) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::{Isolated, Network, Transport};
    use super::*;

    #[tokio::test]
    async fn each_write_is_a_datagram_and_the_ports_are_not_those_of_tcp() {
        let network = Isolated::default();
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, 53));
        let mut listener = network.listen_by(Transport::Udp, 53).unwrap();
        assert!(network.listen(53).is_ok());
        let client = network.connect_by(Transport::Udp, to).await.unwrap();
        let server = listener.accept().await.unwrap();
        client.write(b"one").await.unwrap();
        client.write(b"two").await.unwrap();
        client.finish().await;
        assert_eq!(server.read(9).await.unwrap(), b"one");
        assert_eq!(server.read(2).await.unwrap(), b"tw", "the rest is lost");
        server.write(b"back").await.unwrap();
        assert_eq!(client.read(9).await.unwrap(), b"back");
        drop(client);
        assert_eq!(server.read(9).await.unwrap(), b"");
    }

    #[tokio::test]
    async fn a_port_of_the_machine_tells_visitors_apart() {
        let door: Door = Arc::new(|connection| {
            Box::pin(async move {
                let mut count = 0;
                while let Ok(bytes) = connection.read(99).await
                    && !bytes.is_empty()
                {
                    count += 1;
                    let said = format!("{count} {}", String::from_utf8_lossy(&bytes));
                    connection.write(said.as_bytes()).await.unwrap();
                }
            })
        });
        let free = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = free.local_addr().unwrap();
        drop(free);
        let port = DatagramPort::open(at, door.clone()).unwrap();
        assert!(DatagramPort::open(at, door).is_err(), "it is taken");
        let ask = async |socket: &UdpSocket, text: &str| {
            socket.send_to(text.as_bytes(), at).await.unwrap();
            let mut buffer = [0; 99];
            let count = socket.recv(&mut buffer).await.unwrap();
            String::from_utf8_lossy(&buffer[..count]).into_owned()
        };
        let one = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let other = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        assert_eq!(ask(&one, "a").await, "1 a");
        assert_eq!(ask(&one, "b").await, "2 b");
        assert_eq!(ask(&other, "c").await, "1 c");
        drop(port);
        while std::net::UdpSocket::bind(at).is_err() {
            tokio::task::yield_now().await;
        }
    }
}
