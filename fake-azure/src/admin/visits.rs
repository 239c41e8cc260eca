//! Those who come to an admin API.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use simulation::net::{self, Arrivals};
use tower::ServiceExt as _;

use super::{Gate, RESTORE, fault};
use crate::uploads::{HEAD, Unread, Uploads};

/// Answers everybody who may come in, until the listener is closed.
pub(crate) async fn serve(arrivals: Arrivals, router: Router, gate: Gate, uploads: Uploads) {
    let snapshots = uploads.of_snapshots();
    net::accept(arrivals, move |stream, _| {
        let (router, gate) = (router.clone(), gate.clone());
        let (uploads, snapshots) = (uploads.clone(), snapshots.clone());
        let silence = uploads.silence();
        let service = service_fn(move |request: Request<Incoming>| {
            let (router, gate) = (router.clone(), gate.clone());
            let uploads = match request.uri().path() {
                RESTORE => snapshots.clone(),
                _ => uploads.clone(),
            };
            async move { Ok::<_, Infallible>(answer(request, router, &gate, &uploads).await) }
        });
        async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(silence)
                .max_buf_size(HEAD)
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the admin API ended");
            }
        }
    })
    .await;
}

async fn answer(
    request: Request<Incoming>,
    router: Router,
    gate: &Gate,
    uploads: &Uploads,
) -> Response {
    let (head, body) = request.into_parts();
    if let Some(refusal) = gate.refusal(&head) {
        uploads.discard(&head.headers, body);
        return refusal;
    }
    let body = match uploads.read(&head.headers, body).await {
        Ok(body) => body,
        Err(unread) => {
            let status = match unread {
                Unread::Long(_) => StatusCode::PAYLOAD_TOO_LARGE,
                Unread::Crowded(_) => StatusCode::SERVICE_UNAVAILABLE,
                Unread::Slow(_) => StatusCode::REQUEST_TIMEOUT,
                Unread::Broken(_) => StatusCode::BAD_REQUEST,
            };
            return fault(status, unread.to_string());
        }
    };
    let _work = net::at_work();
    let request = Request::from_parts(head, Body::from(body));
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
