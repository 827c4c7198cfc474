//! What users feel before anything happens: the start of the plugin, its memory, its schema.
//!
//! `cargo bench --bench figures` builds what users get and measures it.

#![expect(clippy::print_stdout, reason = "a program that prints figures")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hyper_util::rt::TokioIo;
use prost::Message as _;
use stripe_provider::terraform::wire::tfplugin5::{get_provider_schema, provider_client::ProviderClient};
use tokio::net::UnixStream;
use tonic::transport::Endpoint;

type Error = Box<dyn std::error::Error>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const RUNS: usize = 30;

fn main() -> Result<(), Error> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let (mut child, _, time) = start()?;
        end(&mut child)?;
        times.push(time);
    }
    times.sort();
    let (fastest, median, slowest) = (times.first(), times.get(RUNS / 2), times.last());
    let shown = [fastest, median, slowest].map(|time| time.copied().unwrap_or_default());
    println!("start to handshake line, {RUNS} runs: min, median, max {shown:?}");

    let (mut child, socket, _) = start()?;
    println!("memory at the handshake: {}", memory(&child)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (bytes, took) = runtime.block_on(schema(socket))?;
    println!("schema: {bytes} bytes in {took:?}");
    println!("memory after the schema: {}", memory(&child)?);
    end(&mut child)
}

/// A plugin process as Terraform starts one, without TLS; its socket, and how long it took.
fn start() -> Result<(Child, String, Duration), Error> {
    let began = Instant::now();
    let mut child = Command::new(PROGRAM)
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let time = began.elapsed();
    let socket = line.split('|').nth(3).ok_or("no handshake line")?.to_owned();
    Ok((child, socket, time))
}

fn end(child: &mut Child) -> Result<(), Error> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Resident now and at most, as the kernel counts it.
fn memory(child: &Child) -> Result<String, Error> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    Ok(lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", "))
}

async fn schema(socket: String) -> Result<(usize, Duration), Error> {
    let connect = tower::service_fn(move |_| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    let channel = Endpoint::from_static("http://plugin.invalid").connect_with_connector(connect).await?;
    let mut client = ProviderClient::new(channel).max_decoding_message_size(256 << 20);
    let asked = Instant::now();
    let answer = client.get_schema(get_provider_schema::Request {}).await?.into_inner();
    Ok((answer.encoded_len(), asked.elapsed()))
}
