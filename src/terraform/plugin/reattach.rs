//! How a host finds a plugin that it did not start.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::terraform::plugin::PROTOCOL;
use crate::terraform::plugin::socket::Socket;

/// The variable that hosts read it from.
const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// Tells a person what to set in the shell in which Terraform runs.
pub(super) fn announce(socket: &Socket, sources: &[String], out: &mut dyn Write) -> io::Result<()> {
    let value = value(socket.network(), &socket.address(), sources).to_string();
    writeln!(out, "the provider is running; in the shell of terraform or tofu set\n")?;
    writeln!(out, "\t{VARIABLE}={}\n", quoted(&value))?;
    writeln!(out, "and end it here with Ctrl-C")?;
    out.flush()
}

fn value(network: &str, address: &str, sources: &[String]) -> Value {
    let plugin = json!({
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL,
        "Pid": std::process::id(),
        // The host must not end a process that it did not start.
        "Test": true,
        "Addr": { "Network": network, "String": address },
    });
    Value::Object(sources.iter().map(|source| (source.clone(), plugin.clone())).collect::<Map<_, _>>())
}

/// Quotes a text for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_leads_to_the_same_process() {
        let sources = ["a.example/x/y".to_owned(), "b.example/x/y".to_owned()];
        let value = value("unix", "/tmp/plugin1", &sources);
        assert_eq!(value["a.example/x/y"], value["b.example/x/y"]);
        assert_eq!(value["a.example/x/y"]["Pid"], std::process::id());
        assert_eq!(value["a.example/x/y"]["Addr"], json!({ "Network": "unix", "String": "/tmp/plugin1" }));
    }

    #[test]
    fn a_quote_in_a_path_does_not_end_the_quotes() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
