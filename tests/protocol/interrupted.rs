//! What a run that died has made, and who may take it: not the state that has an equal id elsewhere, and every key of
//! its account.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::shop::{Shop, entity, made, ok, warnings};
use crate::support::terraform::{Object, Terraform};

const RESUMED: &str = "Interrupted Create Resumed";

/// Leaves what this process has written down as that of a run that died, once this many creates are answered there.
fn killed(shop: &Shop, answered: usize) {
    killed_with(shop, answered, |_| true);
}

/// The same, with these lines alone.
fn killed_with(shop: &Shop, answered: usize, is_kept: impl Fn(&Json) -> bool) {
    let folder = shop.folder.path().join("data/stripe-creates/default");
    let till = Instant::now() + Duration::from_secs(10);
    let found = loop {
        let found = journals(&folder);
        let all = || found.iter().flat_map(|(_, lines)| lines);
        if all().filter(|line| line.get("answered").is_some()).count() >= answered {
            break found;
        }
        assert!(Instant::now() < till, "{found:?}");
        std::thread::sleep(Duration::from_millis(5));
    };
    for (path, lines) in found {
        let lines = lines.into_iter().filter(|line| is_kept(line)).map(|mut line| {
            if let Some(writer) = line.get_mut("writer") {
                writer["run"] = json!("4000000-long ago");
            }
            format!("{line}\n")
        });
        std::fs::write(path.with_extension("dead.journal"), lines.collect::<String>()).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}

/// The journals of a folder with their lines.
fn journals(folder: &PathBuf) -> Vec<(PathBuf, Vec<Json>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let journals = files.filter(|path| path.extension().is_some_and(|it| it == "journal"));
    let lines = |text: &str| text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    journals
        .map(|path| (path.clone(), lines(&String::from_utf8_lossy(&std::fs::read(path).unwrap()))))
        .collect()
}

async fn create(run: &mut Terraform, name: &str, payload: &Json) -> Object {
    made(run, "stripe_entity", &entity(name, payload)).await
}

/// Whether what was made last is what a run that died had made.
fn is_resumed(run: &mut Terraform) -> bool {
    warnings(run).iter().any(|(_, text)| text.starts_with(RESUMED))
}

fn coupon() -> Json {
    json!({"id": "gold", "percent_off": 10, "duration": "once"})
}

#[tokio::test]
async fn an_object_of_another_type_with_the_same_id_ends_no_create() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let product = create(&mut first, "Product", &json!({"id": "gold", "name": "Gold"})).await;
    create(&mut first, "Coupon", &coupon()).await;
    killed(&shop, 2);
    let mut second = shop.run("sk_test_shop_1").await;
    ok(second.refresh("stripe_entity", &product).await);
    create(&mut second, "Coupon", &coupon()).await;
    assert!(is_resumed(&mut second));
    assert_eq!(shop.count("coupon"), 1);
}

#[tokio::test]
async fn an_object_of_another_account_with_the_same_id_ends_no_create() {
    let shop = Shop::open().await;
    let mut other = shop.run("sk_test_another_1").await;
    create(&mut other, "Coupon", &coupon()).await;
    killed(&shop, 1);
    let mut ours = shop.run("sk_test_shop_1").await;
    let coupon_of_ours = create(&mut ours, "Coupon", &coupon()).await;
    let mut ours = shop.run("sk_test_shop_1").await;
    ok(ours.refresh("stripe_entity", &coupon_of_ours).await);
    let mut other = shop.run("sk_test_another_1").await;
    create(&mut other, "Coupon", &coupon()).await;
    assert!(is_resumed(&mut other));
}

#[tokio::test]
async fn an_object_whose_id_was_chosen_ends_its_own_create() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let made = create(&mut first, "Coupon", &coupon()).await;
    killed(&shop, 1);
    let mut second = shop.run("sk_test_shop_1").await;
    ok(second.refresh("stripe_entity", &made).await);
    let mut third = shop.run("sk_test_shop_1").await;
    let plan = ok(third.plan("stripe_entity", &Object::default(), &entity("Coupon", &coupon())).await);
    assert!(
        third.apply("stripe_entity", &plan).await.is_err(),
        "the id is taken, and nothing is left to resume"
    );
}

#[tokio::test]
async fn a_key_that_was_rotated_is_recognised_though_most_objects_belong_to_others() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let customer = create(&mut first, "Customer", &json!({"name": "Ada"})).await;
    let customer = customer.state.get("id").as_str().unwrap().to_owned();
    let tax_id = |number: usize| json!({"customer": customer, "type": "eu_vat", "value": format!("DE12345678{number}")});
    for number in 0..3 {
        create(&mut first, "CustomerTaxId", &tax_id(number)).await;
    }
    create(&mut first, "Product", &json!({"name": "Silver"})).await;
    killed_with(&shop, 5, |line| line["begun"]["what"] != "Customer");
    let mut second = shop.run("sk_test_shop_2").await;
    create(&mut second, "CustomerTaxId", &tax_id(1)).await;
    assert!(is_resumed(&mut second));
}
