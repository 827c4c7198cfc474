//! What users feel before anything happens: the start of the plugin, its memory, its schema.
//!
//! `cargo bench --bench figures` builds what users get, starts it as Terraform does and measures.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a program that prints figures, with the helpers of the tests"
)]

use std::collections::HashMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Buf as _;
use http::uri::PathAndQuery;
use stripe_provider::terraform::protocol::MESSAGE_LIMIT;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

use support::host::Host;
use support::running::{Running, command};

#[path = "../support"]
mod support {
    pub mod host;
    #[expect(dead_code, reason = "the protocol suite uses the rest")]
    pub mod running;
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");
const GET_SCHEMA: &str = "/tfplugin5.Provider/GetSchema";
const RUNS: usize = 30;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let host = Host::new().unwrap();
    let (mut starts, mut echoes) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        starts.push(start(&host).await.1);
        echoes.push(echo().await);
    }
    let (own, echo) = (spread(starts), spread(echoes));
    println!("start to handshake line, {RUNS} runs: min, median, max {own:?}");
    println!(
        "start to the line of /bin/echo: {echo:?}; ours is {:.1} of it",
        own[1].div_duration_f64(echo[1])
    );

    let mut schemas = Vec::new();
    for _ in 0..RUNS {
        schemas.push(schema(&host, &start(&host).await.0).await.1);
    }
    println!("GetProviderSchema until its last byte is here: {:?}", spread(schemas));

    let (plugin, _) = start(&host).await;
    println!("memory at the handshake: {}", memory(plugin.id()));
    println!("schema: {} bytes", schema(&host, &plugin).await.0);
    println!("memory after the schema: {}", memory(plugin.id()));
}

/// A plugin process, which ends with the value, and how long it took to say where it is.
async fn start(host: &Host) -> (Running, Duration) {
    let began = Instant::now();
    let plugin = Running::start(host, command(PROGRAM, HashMap::new())).await;
    (plugin, began.elapsed())
}

/// From the start of a program that does nothing to its line.
async fn echo() -> Duration {
    let began = Instant::now();
    let mut echo = Command::new("/bin/echo").arg("line").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(echo.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    let took = began.elapsed();
    echo.wait().await.unwrap();
    took
}

/// The least, the median and the most.
fn spread(mut times: Vec<Duration>) -> [Duration; 3] {
    times.sort();
    [times[0], times[times.len() / 2], times[times.len() - 1]]
}

/// Resident now and at most, as the kernel counts it.
fn memory(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}

/// The size of the schema, and how long it takes to get it. To decode it is Terraform's work, and not counted.
async fn schema(host: &Host, plugin: &Running) -> (usize, Duration) {
    let channel = plugin.line.channel(host.client().unwrap()).await.unwrap();
    let mut client = Grpc::new(channel).max_decoding_message_size(MESSAGE_LIMIT);
    client.ready().await.unwrap();
    let asked = Instant::now();
    let answer = client.unary(Request::new(()), PathAndQuery::from_static(GET_SCHEMA), CountingCodec).await;
    (answer.unwrap().into_inner(), asked.elapsed())
}

/// Sends nothing, and counts the bytes of the answer.
struct CountingCodec;

impl Codec for CountingCodec {
    type Encode = ();
    type Decode = usize;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for CountingCodec {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), _: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for CountingCodec {
    type Item = usize;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<usize>, Status> {
        let length = from.remaining();
        from.advance(length);
        Ok(Some(length))
    }
}
