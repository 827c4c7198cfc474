use super::*;

#[test]
fn what_is_repeated_has_the_same_time_and_chance() {
    let run = |seed| {
        let mut given = Repeatable::new(7, seed);
        let first = given.during(|| (now(), bytes("a")));
        let others = given.during(|| (bytes("b"), bytes("a")));
        (first, others)
    };
    let ((time, first), (_, second)) = run(1);
    assert_eq!((run(1), time), (((7, first), run(1).1), 7));
    assert_ne!(first, second);
    assert_ne!(run(2).0.1, first);
    assert!(now() > 1_700_000_000);
}
