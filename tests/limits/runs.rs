//! Many runs on one machine, one account: together they stay below Stripe's limit.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::alone;
use crate::redis::Redis;
use crate::workdir::{Workdir, terraform};

/// Stripe's limit for a test key, in requests a second.
const LIMIT: usize = 25;
const RUNS: usize = 8;
const EACH: usize = 25;

/// Eight working directories on one sandbox that enforces the limit.
fn workdirs(terraform: &Path, provider: &str) -> Vec<Workdir> {
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
    let first = Workdir::new(terraform, &config);
    let mut all: Vec<Workdir> = (1..RUNS).map(|_| first.beside(&config)).collect();
    all.push(first);
    all
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

#[test]
fn eight_runs_of_one_machine_share_one_limit_and_none_is_refused() {
    let _alone = alone();
    let Some(terraform) = terraform() else { return };
    assert_share(&workdirs(&terraform, ""));
}

#[test]
fn eight_runs_share_one_limit_through_a_redis() {
    let _alone = alone();
    let (Some(terraform), Some(redis)) = (terraform(), Redis::start()) else { return };
    let provider = format!("provider \"stripe\" {{\n  throttle_scope = {:?}\n}}", redis.address);
    assert_share(&workdirs(&terraform, &provider));
}

#[track_caller]
fn assert_share(all: &[Workdir]) {
    let sandbox = all[0].sandbox.clone();
    sandbox.limit_to(Some(LIMIT));
    let children = all.iter().map(start).collect();
    wait_for(&all[0], 10);
    let (began, before) = (Instant::now(), sandbox.traffic().0);
    wait_for(&all[0], RUNS * EACH - 10);
    let (took, sent) = (began.elapsed(), sandbox.traffic().0 - before);
    finish(children);
    let (requests, refused) = sandbox.traffic();
    let rate = f64::from(u32::try_from(sent).unwrap()) / took.as_secs_f64();
    println!("{requests} requests, {refused} refused, {rate:.1} a second while all ran");
    assert_eq!(refused, 0, "of {requests} requests");
    assert_eq!(all[0].count("price"), RUNS * EACH);
}

#[test]
fn a_run_that_is_killed_holds_nothing_back() {
    let _alone = alone();
    let Some(terraform) = terraform() else { return };
    let all = workdirs(&terraform, "");
    let sandbox = all[0].sandbox.clone();
    sandbox.limit_to(Some(LIMIT));
    let mut children: Vec<Child> = all.iter().map(start).collect();
    wait_for(&all[0], 40);
    let mut killed = children.remove(0);
    killed.kill().unwrap();
    killed.wait().unwrap();
    finish(children);
    assert_eq!(sandbox.traffic().1, 0, "refused requests");
    // A killed terraform leaves its lock behind; its user removes it, and so does this test.
    let _ = std::fs::remove_file(all[0].path(".terraform.tfstate.lock.info"));
    all[0].apply();
    assert_eq!(all[0].count("price"), RUNS * EACH);
}

fn wait_for(workdir: &Workdir, prices: usize) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while workdir.count("price") < prices {
        assert!(Instant::now() < deadline, "never {prices} prices");
        std::thread::sleep(Duration::from_millis(20));
    }
}
