use super::*;
use crate::catalog::{Member, catalog, find};
use crate::sandbox::form;

fn known(name: &str) -> &'static [Member] {
    let Some((key, kind)) = name.rsplit_once('.') else { return &catalog().action(name).unwrap().1.params };
    let operations = &catalog().by_key(key).unwrap().operations;
    &operations.iter().find(|operation| format!("{:?}", operation.kind) == kind).unwrap().params
}

#[test]
fn what_a_param_is_called_today_is_a_param_and_what_it_was_called_is_none() {
    assert!(!TABLE.is_empty());
    for (name, all) in &*TABLE {
        for earlier in all {
            let first = |path: &str| find(known(name), path.split('.').next().unwrap()).is_some();
            assert!(earlier.new.iter().all(|new| first(new)), "{name} {earlier:?}");
            // An undocumented param that is still accepted is known, but only in part.
            let is_gone = earlier.old.contains('.') || !first(&earlier.old);
            assert_ne!(is_gone, earlier.still, "{name} {earlier:?}");
        }
    }
}

#[test]
fn params_get_the_names_of_today() {
    let renamed = |name: &str, form: &str| {
        let mut given = form::decode(form).unwrap();
        TABLE[name].iter().for_each(|earlier| earlier.apply(&mut given));
        format!("{given:?}")
    };
    let written = |form: &str| format!("{:?}", form::decode(form).unwrap());
    let code = renamed("promotion_code.Create", "coupon=a");
    assert_eq!(code, written("promotion[coupon]=a&promotion[type]=coupon"));
    let phases = "phases[0][iterations]=1&phases[0][items][0][price]=p&phases[1][iterations]=2";
    let left = "phases[0][items][0][price]=p&phases[1][iterations]=2";
    assert_eq!(renamed("subscription_schedule.Create", phases), written(left));
}
