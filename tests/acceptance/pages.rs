//! Every example of README, `docs/` and `examples/` is applied, as it stands on its page but for what
//! [`replaced`] names: hosts and keys of the reader's, and ids of what no configuration makes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use stripe_provider::catalog::{Entity, OperationKind, parents};
use stripe_provider::provider::StripeProvider;

use crate::calls::Stripe;
use crate::params::Setups;
use crate::support::authority::{Authority, LOCAL};
use crate::support::harness::{Case, case, note};
use crate::support::redis::Redis;
use crate::support::squid::{PASSWORD, Squid};
use crate::support::workdir::{Workdir, everything};

pub fn cases() -> Vec<Case> {
    vec![
        case!(every_page_declares_what_its_example_names),
        case!(every_example_of_the_registry_is_applied, Terraform),
        case!(every_example_of_the_guides_is_applied, Terraform, Redis, Squid),
        case!(an_account_is_imported_as_the_guide_says, Terraform),
        case!(the_module_of_the_testing_guide_passes_its_tests, Terraform),
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the pages of the registry stand.
const REGISTRY: [&str; 3] = ["docs/resources", "docs/data-sources", "docs/ephemeral-resources"];

/// The Markdown files below a folder, with their text.
fn pages(folder: &str) -> Vec<(PathBuf, String)> {
    let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ext| ext == "md"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    pages.sort();
    pages
}

/// The configurations on a page: its fences together, where none declares what another one did.
fn configurations(page: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut declared: Vec<String> = Vec::new();
    for fence in fences(page) {
        let heads = heads(&fence);
        if let Some(last) = all.last_mut().filter(|_| heads.iter().all(|head| !declared.contains(head))) {
            last.push_str(&fence);
        } else {
            declared.clear();
            all.push(fence);
        }
        declared.extend(heads);
    }
    all
}

/// The Terraform code on a page. What is indented in a list is moved to the left.
fn fences(page: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), None);
    for line in page.lines() {
        match (&mut open, line.trim_start()) {
            (None, "```terraform") => open = Some((line.len() - "```terraform".len(), String::new())),
            (Some((_, text)), "```") => {
                found.push(std::mem::take(text));
                open = None;
            }
            (Some((indent, text)), _) => {
                text.push_str(line.get(*indent..).unwrap_or_default());
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    found
}

/// The heads of the blocks of a configuration: `resource "stripe_price" "example" {`.
fn heads(config: &str) -> Vec<String> {
    let head = |line: &&str| line.contains('{') && !line.starts_with([' ', '#', '}']);
    config.lines().filter(head).map(|line| line[..=line.find('{').unwrap()].to_owned()).collect()
}

/// The blocks of configurations, each once.
fn merged(configs: &[String]) -> String {
    let mut blocks: BTreeMap<String, String> = BTreeMap::new();
    for config in configs {
        let (mut head, mut block) = (String::new(), String::new());
        for line in config.lines() {
            if head.is_empty() {
                head = heads(line).pop().unwrap_or_default();
            }
            block.push_str(line);
            block.push('\n');
            if line == "}" || !head.is_empty() && block.trim_end().ends_with("{}") && !line.starts_with(' ') {
                blocks.insert(std::mem::take(&mut head), std::mem::take(&mut block));
            }
        }
    }
    blocks.into_values().collect()
}

/// What a page must declare of what it names: `stripe_price.example`, `var.name`.
fn undeclared(config: &str) -> Vec<String> {
    let heads = heads(config).join("\n");
    let code = config.lines().filter(|line| !line.trim_start().starts_with('#'));
    let words = code.collect::<Vec<_>>().join("\n");
    let words = words.split(|letter: char| !letter.is_ascii_alphanumeric() && !"_.".contains(letter));
    let named = words.filter_map(|word| {
        let steps: Vec<&str> = word.split('.').collect();
        let head = match steps.as_slice() {
            [kind @ ("action" | "data" | "ephemeral"), ty, name, ..] => format!("{kind} \"{ty}\" \"{name}\""),
            ["var", name, ..] => format!("variable \"{name}\""),
            [ty, name, ..] if ty.starts_with("stripe_") && !name.is_empty() => {
                format!("resource \"{ty}\" \"{name}\"")
            }
            _ => return None,
        };
        (!heads.contains(&head)).then_some(head)
    });
    named.collect()
}

fn every_page_declares_what_its_example_names() {
    let mut wrong = Vec::new();
    let mut count = 0;
    // Terraform before 1.14 reads no action, so their examples are applied by nobody.
    let others = ["", "docs", "docs/guides", "docs/actions"].map(pages);
    for (path, text) in others.into_iter().chain(REGISTRY.map(pages)).flatten() {
        for config in configurations(&text) {
            wrong.extend(undeclared(&config).into_iter().map(|it| format!("{}: {it}", path.display())));
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "declare these on their pages:\n{}", wrong.join("\n"));
    assert!(count > 360, "{count} configurations");
    note(format!("{count} configurations stand by themselves"));
}

/// Data sources of what Stripe makes by itself or for others (mandates, reviews, money that arrives):
/// nothing in the sandbox does, so there is no id to read. Their examples are validated.
const NOT_MADE: &[&str] = &[
    "stripe_billing_credit_balance_transaction",
    "stripe_customer_cash_balance_transaction",
    "stripe_customer_payment_method",
    "stripe_entitlements_active_entitlement",
    "stripe_fee_refund",
    "stripe_financial_connections_account",
    "stripe_financial_connections_account_owners",
    "stripe_financial_connections_transaction",
    "stripe_financial_connections_transactions",
    "stripe_identity_verification_report",
    "stripe_invoice_rendering_template",
    "stripe_issuing_token",
    "stripe_mandate",
    "stripe_payment_attempt_record",
    "stripe_radar_early_fraud_warning",
    "stripe_review",
    "stripe_scheduled_query_run",
    "stripe_transfer_reversal",
    "stripe_treasury_transaction",
    "stripe_treasury_transaction_entry",
    "stripe_v2_core_event",
    "stripe_v2_money_management_adjustment",
    "stripe_v2_money_management_financial_account",
    "stripe_v2_money_management_payout_method",
    "stripe_v2_money_management_received_credit",
    "stripe_v2_money_management_transaction",
    "stripe_v2_money_management_transaction_entry",
];

/// A configuration with ids of what the sandbox holds in the place of `…_123`; none where there is
/// nothing of that type.
fn with_ids(config: &str, entity: &'static Entity, stripe: &Stripe, setups: &Setups) -> Option<String> {
    let mut told = String::new();
    for line in config.lines() {
        let Some((name, value)) = line.split_once('=').filter(|(_, value)| value.ends_with("123\"")) else {
            told.push_str(line);
            told.push('\n');
            continue;
        };
        let id = match name.trim() {
            "id" => id_of(entity, stripe, setups)?,
            place => parent(entity, place, stripe, setups)?,
        };
        told += &line.replace(value, &format!(" \"{id}\""));
        told.push('\n');
    }
    Some(told)
}

/// The id of an object of a type: of one that is made for that, else of the first that there is.
fn id_of(entity: &'static Entity, stripe: &Stripe, setups: &Setups) -> Option<String> {
    let list = entity.operation(OperationKind::List);
    let placed = list.is_some_and(|list| parents(&list.path).next().is_some());
    let made = (!placed && setups.makes(&entity.key)).then(|| setups.reference(stripe, &entity.key));
    // What several steps make may be named by one of them: the list has its own id.
    let is_named = made.is_some() && setups.table["recipes"].get(&entity.key).is_none();
    let Some(list) = list.filter(|_| !placed || setups.table["places"].get(&entity.key).is_some()) else {
        return made;
    };
    if is_named {
        return made;
    }
    let more = json!(setups.more(stripe, entity));
    let (_, listed) = stripe.call("GET", &setups.path(stripe, entity, &list.path, ""), &more);
    listed["data"][0]["id"].as_str().map(str::to_owned).or(made)
}

/// The id of what an object belongs to, by the name of the argument: `quote`, `invoice`.
fn parent(entity: &Entity, name: &str, stripe: &Stripe, setups: &Setups) -> Option<String> {
    let path = &entity.operations.iter().find(|it| it.kind != OperationKind::Search)?.path;
    let at = parents(path).position(|place| place == name);
    let place = at.and_then(|at| setups.table["places"][&entity.key][at].as_str());
    let place = place.or_else(|| setups.table["params"][&entity.key][name].as_str());
    let named = entity.operations.iter().find_map(|it| it.param(name)?.objects().first().cloned());
    let object = place.and_then(|it| it.strip_prefix('@')).map(str::to_owned).or(named)?;
    setups.makes(&object).then(|| setups.reference(stripe, &object))
}

/// Every example of a resource or data source in one configuration: they refer to each other.
fn every_example_of_the_registry_is_applied() {
    let workdir = Workdir::new("");
    let (stripe, setups) = (Stripe::over(workdir.sandbox.clone()), Setups::read());
    setups.before(&stripe);
    let (mut configs, mut left_out, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in REGISTRY.map(pages).concat() {
        let name = format!("stripe_{}", path.file_stem().unwrap().to_str().unwrap());
        for config in configurations(&text) {
            all.push(config.clone());
            let told = match StripeProvider::entity_of(&name) {
                Some(entity) => with_ids(&config, entity, &stripe, &setups),
                None => Some(config),
            };
            match told {
                Some(config) => configs.push(config),
                None => left_out.push(name.clone()),
            }
        }
    }
    note(format!("{} examples of the registry applied, {} left out", configs.len(), left_out.len()));
    assert_eq!(left_out, NOT_MADE, "what is left out is listed");
    let invoice = setups.reference(&stripe, "invoice.open");
    let transaction = setups.reference(&stripe, "issuing.transaction");
    let values = format!("finalized_invoice = \"{invoice}\"\nissuing_transaction = \"{transaction}\"\n");
    fs::write(workdir.path("terraform.tfvars"), values).unwrap();
    workdir.write(&merged(&all));
    workdir.ok(&["validate"]);
    workdir.write(&merged(&configs));
    let apply = ["apply", "-auto-approve", "-no-color"].as_slice();
    let (plan, destroy) =
        (["plan", "-no-color", "-detailed-exitcode"], ["destroy", "-auto-approve", "-no-color"]);
    // Lists of all there is show in the second apply what the first one made beside.
    for arguments in [apply, apply, &plan, &destroy] {
        let output = workdir.command(arguments).env("SHOP_STRIPE_KEY", "sk_test_shop").output().unwrap();
        assert!(output.status.success(), "{}", everything(&output));
    }
}

/// Hosts and keys of the reader's, with what stands for them here.
fn replaced(config: &str, base: &str, redis: &Redis, squid: &Squid) -> String {
    let table = [
        ("http://127.0.0.1:12111", base.to_owned()),
        ("rediss://:${var.redis_password}@redis.corp.example:6380/0", redis.address.clone()),
        ("proxy.corp.example", "127.0.0.1".to_owned()),
        ("3128", squid.closed.to_string()),
        (
            "api_key_secret_version = \"projects/my-project/secrets/stripe/versions/latest\"",
            "api_key_env = \"STRIPE_API_KEY\"".to_owned(),
        ),
    ];
    table.into_iter().fold(config.to_owned(), |text, (theirs, ours)| text.replace(theirs, &ours))
}

fn every_example_of_the_guides_is_applied() {
    let authority = Authority::new();
    let squid = Squid::start(&authority.certificate(LOCAL));
    let redis = Redis::start();
    let mut count = 0;
    for (path, text) in ["", "docs", "docs/guides"].map(pages).concat() {
        for config in configurations(&text) {
            let workdir = Workdir::new("");
            workdir.write(&replaced(&config, workdir.base(), &redis, &squid));
            fs::write(workdir.path("corp-root.pem"), authority.pem()).unwrap();
            for arguments in
                [&["apply", "-auto-approve", "-no-color"][..], &["plan", "-no-color", "-detailed-exitcode"]]
            {
                let mut command = workdir.command(arguments);
                command.env("PROXY_PASSWORD", PASSWORD);
                for variable in ["redis_password", "token", "wifi_password"] {
                    command.env(format!("TF_VAR_{variable}"), "long enough");
                }
                let output = command.output().unwrap();
                assert!(output.status.success(), "{}\n{}", path.display(), everything(&output));
            }
            count += 1;
        }
    }
    note(format!("{count} configurations of README and guides applied"));
    assert!(count > 12, "{count}");
}

fn an_account_is_imported_as_the_guide_says() {
    let made = "resource \"stripe_product\" \"p\" {\n  name = \"Gold\"\n}\nresource \"stripe_price\" \"p\" {\n  product = stripe_product.p.id\n  currency = \"usd\"\n  unit_amount = 5\n}\nresource \"stripe_coupon\" \"c\" {\n  percent_off = 5\n  duration = \"once\"\n}\n";
    let owner = Workdir::new(made);
    owner.apply();
    let guide = fs::read_to_string(root().join("docs/guides/import.md")).unwrap();
    let workdir = owner.beside(&configurations(&guide).pop().unwrap());
    workdir.apply();
    fs::write(workdir.path("imports.tf"), workdir.ok(&["output", "-raw", "imports"])).unwrap();
    let planned = workdir.ok(&["plan", "-no-color", "-generate-config-out=generated.tf"]);
    assert!(planned.contains("3 to import, 0 to add, 0 to change, 0 to destroy"), "{planned}");
    workdir.apply();
    workdir.assert_plan_is_empty();
}

fn the_module_of_the_testing_guide_passes_its_tests() {
    let workdir = Workdir::new("");
    let example = root().join("examples/testing");
    let guide = fs::read_to_string(root().join("docs/guides/testing.md")).unwrap();
    let [module, test] =
        ["main.tf", "tests/plan.tftest.hcl"].map(|it| fs::read_to_string(example.join(it)).unwrap());
    assert!(module.contains(&fences(&guide)[0]) && guide.contains(&test), "guide and example are the same");
    let asserted = test.split("assert {").skip(1).filter_map(|it| it.split('}').next());
    assert!(!asserted.collect::<String>().contains("run."), "in OpenTofu an assertion sees no other run");
    workdir.write(&module);
    fs::create_dir(workdir.path("tests")).unwrap();
    fs::write(workdir.path("tests/plan.tftest.hcl"), test).unwrap();
    workdir.ok(&["init"]);
    let tested = workdir.ok(&["test", "-no-color"]);
    assert!(tested.contains("3 passed, 0 failed"), "{tested}");
}
