use super::*;

#[test]
fn every_moment_is_of_an_object_and_an_event_that_there_are() {
    assert!(!TABLE.moments.is_empty());
    for moment in &TABLE.moments {
        let entity = catalog().by_key(&moment.of).unwrap();
        assert!(moment.member.starts_with('_') || entity.field_at(&moment.member).is_some(), "{moment:?}");
        assert!(known().contains(&moment.event), "{moment:?}");
    }
    for EventPrefix { of, has, .. } in &TABLE.prefixes {
        let entity = catalog().by_key(of).unwrap();
        assert!(has.as_ref().is_none_or(|member| entity.field(member).is_some()), "{of} {has:?}");
    }
    for (of, names) in &TABLE.unsaid {
        let entity = catalog().by_key(of).unwrap();
        assert!(names.iter().all(|name| entity.field(name).is_some()), "{of} {names:?}");
    }
    assert!(TABLE.not_of_new.iter().all(|kind| known().contains(kind)));
}
