//! Many runs on one machine, one account: together they stay below Stripe's limit.

use std::process::{Child, Stdio};
use std::time::Instant;

use stripe_provider::sandbox::Sandbox;

use crate::support::harness::{Case, case, note};
use crate::support::ports::wait_until;
use crate::support::redis::Redis;
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(eight_runs_of_one_machine_share_one_limit, Terraform),
        case!(eight_runs_share_one_limit_through_a_redis, Terraform, Redis),
        case!(a_run_that_is_killed_holds_nothing_back, Terraform),
        case!(a_run_that_is_killed_holds_nothing_back_in_a_redis, Terraform, Redis),
    ]
}

/// Stripe's limit for a test key, in requests a second.
const LIMIT: usize = 25;
const RUNS: usize = 8;
const EACH: usize = 25;

/// Eight working directories on one sandbox that enforces the limit.
fn workdirs(provider: &str) -> Vec<Workdir> {
    let config = format!(
        r#"
{provider}
resource "stripe_entity" "price" {{
  count  = {EACH}
  entity = "Price"
  input_payload = jsonencode({{ Currency = "usd", UnitAmount = 100 + count.index, ProductData = {{ name = "P" }} }})
}}
"#
    );
    let first = Workdir::new(&config);
    let mut all: Vec<Workdir> = (1..RUNS).map(|_| first.beside(&config)).collect();
    all.push(first);
    all
}

fn through(redis: &Redis) -> String {
    format!("provider \"stripe\" {{\n  throttle_scope = {:?}\n}}", redis.address)
}

fn start(workdir: &Workdir) -> Child {
    let mut command = workdir.command(&["apply", "-auto-approve", "-no-color", "-refresh=false"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn finish(children: Vec<Child>) {
    for mut child in children {
        assert!(child.wait().unwrap().success(), "a run failed");
    }
}

/// How many prices each run has made: what its journal has an id for, and at its end its state.
fn made(all: &[Workdir]) -> Vec<usize> {
    let of_run = |workdir: &Workdir| {
        let files = std::fs::read_dir(workdir.path(".terraform/stripe-creates/default"));
        let paths = files.into_iter().flatten().flatten().map(|file| file.path());
        let texts =
            paths.chain([workdir.path("terraform.tfstate")]).filter_map(|path| std::fs::read(path).ok());
        let counts = texts.map(|text| {
            let text = String::from_utf8_lossy(&text);
            let in_journal = text.lines().filter(|line| line.starts_with("{\"answered\"")).count();
            in_journal + text.matches("\"entity_id\": \"price_").count()
        });
        counts.max().unwrap_or_default()
    };
    all.iter().map(of_run).collect()
}

fn eight_runs_of_one_machine_share_one_limit() {
    assert_share("host", &workdirs(""));
}

fn eight_runs_share_one_limit_through_a_redis() {
    let redis = Redis::start();
    assert_share("redis", &workdirs(&through(&redis)));
}

#[track_caller]
fn assert_share(scope: &str, all: &[Workdir]) {
    let sandbox = all[0].sandbox.clone();
    sandbox.limit_to(Some(LIMIT));
    let children = all.iter().map(start).collect();
    wait_until("every run has begun", || made(all).iter().all(|made| *made > 0));
    let (began, before, at_first) = (Instant::now(), sandbox.traffic().0, made(all));
    let mut at_last = at_first.clone();
    wait_until("one run has ended", || {
        // A run that ends has closed its journal before its state is there: what was seen stays.
        at_last.iter_mut().zip(made(all)).for_each(|(most, now)| *most = now.max(*most));
        at_last.contains(&EACH)
    });
    let (took, sent) = (began.elapsed(), sandbox.traffic().0 - before);
    finish(children);
    let (requests, refused) = sandbox.traffic();
    let rate = f64::from(u32::try_from(sent).unwrap()) / took.as_secs_f64();
    let shares: Vec<usize> = at_last.iter().zip(&at_first).map(|(last, first)| last - first).collect();
    note(format_args!(
        "{scope}: {requests} requests, {refused} refused; while all ran {sent} at {rate:.1} a second ({:.0} % of the limit), by run {shares:?}",
        rate * 100.0 / f64::from(u32::try_from(LIMIT).unwrap())
    ));
    hardly_any_refused(&sandbox);
    assert_eq!(all[0].count("price"), RUNS * EACH);
    // A fair share of what went through is an eighth; a starved run gets none.
    let share = shares.iter().sum::<usize>() / RUNS;
    assert!(shares.iter().all(|own| *own * 8 >= share), "a run was starved: {shares:?}");
}

/// A machine with more to do than processors may hold a request back for longer than any slack, and the run waits
/// such a refusal out. Of runs that did not share, seven requests in eight would be refused: one in eight tells the two
/// apart on any machine. How few it is on a quiet one is a figure of the benchmarks.
#[track_caller]
fn hardly_any_refused(sandbox: &Sandbox) {
    let (requests, refused) = sandbox.traffic();
    assert!(refused * RUNS <= requests, "{refused} of {requests} requests were refused");
}

fn a_run_that_is_killed_holds_nothing_back() {
    assert_killed("host", &workdirs(""));
}

fn a_run_that_is_killed_holds_nothing_back_in_a_redis() {
    let redis = Redis::start();
    assert_killed("redis", &workdirs(&through(&redis)));
}

#[track_caller]
fn assert_killed(scope: &str, all: &[Workdir]) {
    let sandbox = all[0].sandbox.clone();
    sandbox.limit_to(Some(LIMIT));
    let mut children: Vec<Child> = all.iter().map(start).collect();
    wait_until("a part is made", || all[0].count("price") >= 60);
    let mut killed = children.remove(0);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let (began, before) = (Instant::now(), sandbox.traffic().0);
    wait_until("the others go on", || sandbox.traffic().0 - before >= 75);
    let rate = 75.0 / began.elapsed().as_secs_f64();
    finish(children);
    let (requests, refused) = sandbox.traffic();
    note(format_args!(
        "{scope}: after a run was killed the others went on at {rate:.1} a second; {refused} of {requests} requests refused"
    ));
    hardly_any_refused(&sandbox);
    // A killed terraform leaves its lock behind; its user removes it, and so does this test.
    let _ = std::fs::remove_file(all[0].path(".terraform.tfstate.lock.info"));
    all[0].apply();
    assert_eq!(all[0].count("price"), RUNS * EACH);
}
