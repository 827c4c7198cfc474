//! The params of a list that select its entities.

use crate::catalog::{Member, Operation, OperationKind};

/// The params of a list that select entities; the others control the page, or what is shown of the entities.
/// A search selects only by its query.
pub fn selectors(list: &Operation) -> impl Iterator<Item = &Member> {
    const OTHERS: [&str; 6] = ["ending_before", "expand", "include", "limit", "page", "starting_after"];
    let searches = list.kind == OperationKind::Search;
    list.params.iter().filter(move |param| !searches && !OTHERS.contains(&param.name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::selectors;
    use crate::catalog::{OperationKind, catalog};

    #[test]
    fn no_argument_of_a_list_is_about_the_page_or_what_it_shows() {
        let entities = catalog().entities().filter_map(|name| catalog().entity(name));
        for entity in entities {
            let calls = [OperationKind::List, OperationKind::Search].map(|kind| entity.operation(kind));
            for param in calls.into_iter().flatten().flat_map(selectors) {
                let of_page =
                    ["limit", "page", "query", "starting_after", "ending_before", "include", "expand"];
                assert!(!of_page.contains(&param.name.as_str()), "{}: {}", entity.name, param.name);
            }
        }
    }
}
