//! Listening sockets, and the connections on them.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::control;
use crate::endpoint::Origin;
use crate::service::Service;
use crate::wire::{Resetter, Wire};

/// A listener at work. Dropping it ends the listener and all of its connections.
#[derive(Debug)]
pub(crate) struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Server {
    /// Serves one origin on a socket, by TLS if a configuration is given.
    pub(crate) fn start(
        listener: TcpListener,
        origin: Origin,
        service: Arc<Service>,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let acceptor = tls.map(TlsAcceptor::from);
        Self::accept(listener, move |stream, peer| {
            connection(stream, peer, origin, service.clone(), acceptor.clone())
        })
    }

    /// Serves the control API on a socket.
    pub(crate) fn control(listener: TcpListener, service: Arc<Service>) -> Self {
        Self::accept(listener, move |stream, _| {
            let service = service.clone();
            async move {
                let serve = service_fn(|request| control::serve(&service, request));
                // How a connection ends is the client's affair.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
            }
        })
    }

    fn accept<F>(listener: TcpListener, serve: impl Fn(TcpStream, SocketAddr) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(tokio::spawn(async move {
            // Connections live in here, and so end with the listener.
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        // A client that gave up while waiting in the queue is no reason to stop.
                        if let Ok((stream, peer)) = accepted {
                            // Small answers should not wait for one another; if it fails, they do.
                            let _ = stream.set_nodelay(true);
                            connections.spawn(serve(stream, peer));
                        }
                    }
                    Some(_) = connections.join_next() => {}
                }
            }
        }))
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    origin: Origin,
    service: Arc<Service>,
    acceptor: Option<TlsAcceptor>,
) {
    let (wire, resetter) = Wire::new(stream);
    match acceptor {
        None => http(wire, peer, origin, &service, &resetter).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(wire).await {
                http(stream, peer, origin, &service, &resetter).await;
            }
        }
    }
}

async fn http(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: SocketAddr,
    origin: Origin,
    service: &Service,
    wire: &Resetter,
) {
    let serve = service_fn(|request| service.serve(origin, peer, wire, request));
    // How a connection ends is the client's affair, or that of a fault.
    let _ =
        http1::Builder::new().max_buf_size(256 * 1024).serve_connection(TokioIo::new(stream), serve).await;
}
