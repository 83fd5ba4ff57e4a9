//! The simulated OpenAI API behind HTTP, on loopback: for testing clients of one's own.

mod audit;
mod cors;
mod files;
mod options;
mod server;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use options::Options;
use tokio::net::TcpListener;

/// How long requests in flight may still take after the first Ctrl-C.
const GRACE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("Cannot start: {error}")),
    };
    match runtime.block_on(serve(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

async fn serve(options: Options) -> Result<(), String> {
    // Loopback alone: the simulated API is nobody else's business.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("Port {} is in use. Choose another with --port N; --port 0 takes any free one.", options.port)
        }
        _ => format!("Cannot listen on {address}: {error}"),
    })?;
    let address = listener.local_addr().map_err(|error| format!("Cannot tell the port: {error}"))?;
    println!("{}", options.greeting(address.port()));
    let app = server::router(&options);
    tokio::select! {
        served = axum::serve(listener, app).with_graceful_shutdown(asked_to_stop()).into_future() => {
            served.map_err(|error| format!("The server failed: {error}"))
        }
        () = async { asked_to_stop().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// Completes on Ctrl-C or a request to terminate.
async fn asked_to_stop() {
    let interrupt = async {
        // Without a handler the process ends on its own, as it should.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return interrupt.await;
        };
        tokio::select! {
            () = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
