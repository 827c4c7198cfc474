//! Where the plugin listens: a unix socket, or TCP on the loopback address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use crate::terraform::plugin::{Environment, Error};

#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_stream;

/// A connection that carries bytes in both directions.
pub(super) trait ByteStream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> ByteStream for S {}

/// A listening socket. The file of a unix socket goes when this does.
#[derive(Debug)]
pub(super) enum Socket {
    /// A socket in the file system, which only this user or group may open.
    #[cfg(unix)]
    Unix(unix::UnixSocket),
    /// A port on this machine.
    Tcp(TcpListener, SocketAddr),
}

impl Socket {
    /// Listens on a unix socket if the platform has them. Otherwise listens on TCP, and also if the host
    /// allows ports and a unix socket cannot be created (no writable folder, or a path that is too long).
    #[cfg(unix)]
    pub(super) fn bind(environment: &Environment) -> Result<Self, Error> {
        let refused = match unix::UnixSocket::bind(environment) {
            Ok(socket) => return Ok(Self::Unix(socket)),
            Err(refused @ Error::Listen { .. }) => refused,
            Err(other) => return Err(other),
        };
        if environment.ports()?.is_none() {
            return Err(refused);
        }
        log::warn!("{refused}; listening on a port instead");
        Self::bind_tcp(environment)
    }

    /// Listens on TCP on the loopback address: this platform has no unix sockets.
    #[cfg(not(unix))]
    pub(super) fn bind(environment: &Environment) -> Result<Self, Error> {
        Self::bind_tcp(environment)
    }

    fn bind_tcp(environment: &Environment) -> Result<Self, Error> {
        // With port 0, the operating system picks one.
        let ports = environment.ports()?.unwrap_or(0..=0);
        let place = format!("{}, ports {}-{}", Ipv4Addr::LOCALHOST, ports.start(), ports.end());
        let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
        for port in ports {
            match listen(port) {
                Ok((listener, address)) => return Ok(Self::Tcp(listener, address)),
                Err(error) => refused = error,
            }
        }
        Err(Error::Listen { place, source: refused })
    }

    /// Waits for the next client to connect.
    pub(super) async fn accept(&self) -> io::Result<Box<dyn ByteStream>> {
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => Ok(Box::new(socket.accept().await?)),
            Self::Tcp(listener, _) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }

    /// The kind of address, as the host names it.
    pub(super) fn network(&self) -> &'static str {
        match self {
            #[cfg(unix)]
            Self::Unix(_) => "unix",
            Self::Tcp(..) => "tcp",
        }
    }

    /// The address that the host dials: a path, or `127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => socket.path().to_owned(),
            Self::Tcp(_, address) => address.to_string(),
        }
    }
}

fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((TcpListener::from_std(listener)?, address))
}
