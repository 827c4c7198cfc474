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
use std::time::{Duration, Instant};

use prost::Message as _;
use stripe_provider::terraform::protocol::MESSAGE_LIMIT;
use stripe_provider::terraform::wire::tfplugin5::{get_provider_schema, provider_client::ProviderClient};
use support::host::Host;
use support::running::{Running, command};

#[path = "../support"]
mod support {
    pub mod host;
    #[expect(dead_code, reason = "the protocol suite uses the rest")]
    pub mod running;
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");
const RUNS: usize = 30;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let host = Host::new().unwrap();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        times.push(start(&host).await.1);
    }
    times.sort();
    let shown = [times[0], times[RUNS / 2], times[RUNS - 1]];
    println!("start to handshake line, {RUNS} runs: min, median, max {shown:?}");

    let (plugin, _) = start(&host).await;
    println!("memory at the handshake: {}", memory(plugin.id()));
    let (bytes, took) = schema(&host, &plugin).await;
    println!("schema: {bytes} bytes in {took:?}");
    println!("memory after the schema: {}", memory(plugin.id()));
}

/// A plugin process, which ends with the value, and how long it took to say where it is.
async fn start(host: &Host) -> (Running, Duration) {
    let began = Instant::now();
    let plugin = Running::start(host, command(PROGRAM, HashMap::new())).await;
    (plugin, began.elapsed())
}

/// Resident now and at most, as the kernel counts it.
fn memory(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}

/// The size of the schema, and how long it takes to get it.
async fn schema(host: &Host, plugin: &Running) -> (usize, Duration) {
    let channel = plugin.line.channel(host.client().unwrap()).await.unwrap();
    let mut client = ProviderClient::new(channel).max_decoding_message_size(MESSAGE_LIMIT);
    let asked = Instant::now();
    let answer = client.get_schema(get_provider_schema::Request {}).await.unwrap().into_inner();
    (answer.encoded_len(), asked.elapsed())
}
