//! What a new user does first: the demo, the install, a first configuration, on a terminal and into a file.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::authority::Authority;
use crate::support::harness::{Case, case};
use crate::support::ports::free_port;
use crate::support::tools::Tool;
use crate::support::workdir::{Workdir, everything, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(the_demo_is_told_in_a_screenful, Terraform),
        case!(without_terraform_a_part_of_the_program_stands_in_for_it),
        case!(async a_download_that_is_not_the_release_is_told_and_not_kept),
        case!(the_tofu_of_an_earlier_demo_is_used, Terraform),
        case!(a_terminal_of_80_columns_shows_colour_unless_it_is_not_wanted, Script),
        case!(a_first_configuration_is_pasted_and_applied, Terraform),
        case!(an_address_where_nobody_answers_is_told_with_the_way_to_do_without, Terraform),
    ]
}

const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");
const FIRST: &str = include_str!("../../examples/first/main.tf");
/// The lines of a terminal of the usual size.
const SCREEN: usize = 24;

fn provider(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROVIDER);
    let own = ["XDG_CACHE_HOME", "CARGO_MANIFEST_DIR", "NO_COLOR", "STRIPE_API_KEY", "TF_LOG"];
    for variable in own {
        command.env_remove(variable);
    }
    command.args(arguments).env("HOME", home).env("TERM", "xterm").stdin(Stdio::null());
    command
}

/// What the caller has set for other runs: the demo neither sees it nor goes through a proxy.
const OF_OTHERS: [(&str, &str); 7] = [
    ("STRIPE_ACCOUNT", "acct_other"),
    ("STRIPE_API_KEY", "rk_live_other"),
    ("TF_CLI_ARGS_plan", "-destroy"),
    ("TF_DATA_DIR", "/nowhere"),
    ("TF_WORKSPACE", "other"),
    ("HTTP_PROXY", "http://127.0.0.1:1"),
    ("all_proxy", "http://127.0.0.1:1"),
];

#[track_caller]
fn output_of(output: &Output) -> String {
    assert!(output.status.success(), "{}", everything(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The story, which fits a screen, and what to do next; no line is wider than a terminal.
#[track_caller]
fn story(told: &str) -> Vec<&str> {
    let wide = told.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "{told}");
    let (story, next) = told.split_once("\nTo go on, ").unwrap_or_else(|| panic!("no next step:\n{told}"));
    assert!(next.contains("install\n") && next.contains(FIRST.trim()), "{next}");
    assert!(story.lines().count() <= SCREEN, "{story}");
    for line in
        ["6 to add", "6 added", "nothing is left to do", "payment_status   succeeded", "1 payment intent"]
    {
        assert!(story.contains(line), "{line}:\n{story}");
    }
    story.lines().collect()
}

fn the_demo_is_told_in_a_screenful() {
    let home = tempfile::tempdir().unwrap();
    let told = output_of(&provider(home.path(), &["demo"]).envs(OF_OTHERS).output().unwrap());
    assert!(story(&told)[0].starts_with("A web shop on Stripe, by Terraform 1."), "{told}");
    assert!(!told.contains('\u{1b}'), "no colour in a file");
    assert!(told.contains("  terraform-provider-stripe install\n"), "{told}");
    let of_cargo = provider(home.path(), &["demo"]).env("CARGO_MANIFEST_DIR", ".").output().unwrap();
    assert!(
        output_of(&of_cargo).contains("  cargo run -- install\n"),
        "and says the same to who has a clone"
    );
}

fn without_terraform_a_part_of_the_program_stands_in_for_it() {
    let home = tempfile::tempdir().unwrap();
    let mut demo = provider(home.path(), &["demo"]);
    let told = output_of(&demo.envs(OF_OTHERS).env("PATH", home.path()).output().unwrap());
    assert!(story(&told)[0].ends_with("a part of this program that stands in for Terraform"), "{told}");
    assert_eq!(home.path().read_dir().unwrap().count(), 0, "nothing is downloaded unasked");
}

/// The host of the releases, behind a proxy that leads to a stand-in for it.
async fn a_download_that_is_not_the_release_is_told_and_not_kept() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let roots = home.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).unwrap();
    let acceptor = authority.acceptor(&["github.com"]);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, mut head) = (listener.accept().await.unwrap().0, [0; 4096]);
        let _ = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let length = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlogin").await.unwrap();
        stream.shutdown().await.unwrap();
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    let mut demo = provider(home.path(), &["demo", "--download"]);
    demo.env("PATH", "/nowhere").env("HTTPS_PROXY", proxy).env("SSL_CERT_FILE", roots);
    let told = output_of(&tokio::process::Command::from(demo).output().await.unwrap());
    let (failure, told) = told.split_once("\n\n").unwrap();
    assert!(squeezed(failure).contains("was not downloaded") && failure.contains("15b7bed764"), "{failure}");
    assert!(failure.lines().all(|line| line.chars().count() <= 80), "{failure}");
    assert!(story(told)[0].ends_with("stands in for Terraform"), "{told}");
    assert!(served.await.unwrap().contains("/v1.10.6/tofu_1.10.6_linux_amd64.zip"));
    assert!(!home.path().join(".cache").exists());
}

fn the_tofu_of_an_earlier_demo_is_used() {
    let home = tempfile::tempdir().unwrap();
    let cache = home.path().join(".cache/terraform-provider-stripe");
    std::fs::create_dir_all(&cache).unwrap();
    std::os::unix::fs::symlink(Tool::Terraform.path(), cache.join("tofu-1.10.6")).unwrap();
    let told = output_of(&provider(home.path(), &["demo"]).env("PATH", "/nowhere").output().unwrap());
    assert!(story(&told)[0].starts_with("A web shop on Stripe, by OpenTofu 1."), "{told}");
}

fn a_terminal_of_80_columns_shows_colour_unless_it_is_not_wanted() {
    let home = tempfile::tempdir().unwrap();
    let on_terminal = |no_colour: Option<&str>, answer: &str| {
        let mut script = Command::new(Tool::Script.path());
        let line = format!("stty cols 80; PATH=/nowhere exec {PROVIDER} demo");
        script.args(["-qec", &line, "/dev/null"]).env("HOME", home.path()).env("TERM", "xterm");
        script.env_remove("CARGO_MANIFEST_DIR").env_remove("XDG_CACHE_HOME").env_remove("NO_COLOR");
        script.envs(no_colour.map(|value| ("NO_COLOR", value)));
        script.env("HTTPS_PROXY", format!("http://127.0.0.1:{}", free_port()));
        let mut child =
            script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The answer to the question whether to download.
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), answer.as_bytes()).unwrap();
        output_of(&child.wait_with_output().unwrap()).replace('\r', "")
    };
    let coloured = on_terminal(None, "n\n");
    assert!(coloured.contains("\u{1b}[1mOutputs:\u{1b}[0m"), "{coloured}");
    let plain = on_terminal(Some("1"), "n\n");
    assert!(plain.contains("Outputs:") && !plain.contains('\u{1b}'), "{plain}");
    if cfg!(target_os = "linux") {
        assert!(plain.contains("Download OpenTofu 1.10.6 (26 MB) for the demo?"), "{plain}");
    }
    assert!(!plain.contains("was not downloaded"), "who does not agree, meets no download: {plain}");
    let agreed = on_terminal(Some("1"), "y\n");
    assert!(squeezed(&agreed).contains("was not downloaded from https://github.com/"), "{agreed}");
    for told in [plain, agreed] {
        let (_, told) = told.split_once("A web shop").unwrap();
        story(told);
    }
}

/// install → init → apply; then a rebuilt program of the same version, and the one command that mends the lock.
fn a_first_configuration_is_pasted_and_applied() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let install = || output_of(&provider(home.path(), &["install"]).output().unwrap());
    let told = install();
    let installed = told.lines().filter_map(|line| line.strip_prefix("  /"));
    let installed: Vec<_> = installed.map(|path| Path::new("/").join(path)).collect();
    assert_eq!(installed.len(), 2, "one for terraform and one for tofu:\n{told}");
    assert!(told.contains(FIRST.trim()) && told.contains("terraform init && terraform apply"), "{told}");
    assert!(!install().contains("replaces"), "the same program again replaces nothing");

    // An earlier build: what stands behind the end of a program does not matter to it.
    for file in &installed {
        let mut bytes = std::fs::read(file).unwrap();
        bytes.push(0);
        std::fs::write(file, bytes).unwrap();
    }
    std::fs::write(folder.path().join("main.tf"), FIRST).unwrap();
    std::fs::write(folder.path().join("cli.tfrc"), "").unwrap();
    let in_folder = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder.path()).env("HOME", home.path());
        command.env("TF_CLI_CONFIG_FILE", folder.path().join("cli.tfrc")).env("CHECKPOINT_DISABLE", "1");
        command.env_remove("STRIPE_API_KEY").env_remove("STRIPE_API_BASE").output().unwrap()
    };
    let terraform = Tool::Terraform.path();
    output_of(&in_folder(&terraform, &["init", "-no-color"]));
    let applied = output_of(&in_folder(&terraform, &["apply", "-no-color", "-auto-approve"]));
    assert!(applied.contains("2 added, 0 changed, 0 destroyed"), "{applied}");

    let replaced = install();
    let mend = "rm .terraform.lock.hcl && terraform init";
    assert!(replaced.contains("It replaces another build") && replaced.contains(mend), "{replaced}");
    let refused = in_folder(&terraform, &["plan", "-no-color"]);
    assert!(squeezed(&everything(&refused)).contains("checksum"), "{}", everything(&refused));
    output_of(&in_folder(Path::new("/bin/sh"), &["-c", mend]));
    let planned = output_of(&in_folder(&terraform, &["plan", "-no-color"]));
    assert!(planned.contains("No changes."), "{planned}");
}

fn an_address_where_nobody_answers_is_told_with_the_way_to_do_without() {
    let product = "resource \"stripe_product\" \"gold\" {\n  name = \"Gold\"\n}\n";
    let port = free_port();
    for (address, why) in [
        (format!("127.0.0.1:{port}"), "Connection refused"),
        (format!("stripe.invalid:{port}"), "failed to lookup"),
    ] {
        let provider = format!("provider \"stripe\" {{\n  api_base = \"http://{address}\"\n}}\n");
        let told =
            Workdir::new(&format!("{provider}{product}")).fails(&["apply", "-no-color", "-auto-approve"]);
        assert!(told.contains(&format!("{address}, without a proxy: {why}")), "{told}");
        assert!(told.contains("set `sandbox = \"shop.db\"` in the provider block"), "{told}");
    }
}
