//! Collects the examples of a page and the blocks that they refer to, so that what a reader pastes is
//! complete.
//!
//! Examples refer to each other (`product = stripe_product.example.id`). A page shows its own example first,
//! followed by the blocks of other examples that it needs, so that together they are a configuration.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Every block of every example, keyed by the address with which others refer to it.
#[derive(Debug, Default)]
pub(super) struct Examples {
    blocks: BTreeMap<String, String>,
}

/// One example, as it appears on its page.
#[derive(Debug, Default)]
pub(super) struct Example {
    /// The blocks of the page's own type.
    pub(super) own: String,
    /// The blocks that they refer to; empty if they are complete by themselves.
    pub(super) refers_to: String,
}

impl Examples {
    /// Reads the examples below a project's folder.
    pub(super) fn read(root: &Path) -> io::Result<Self> {
        let mut all = Self::default();
        let families = [
            ("data-sources", "data-source.tf"),
            ("ephemeral-resources", "ephemeral-resource.tf"),
            ("resources", "resource.tf"),
        ];
        for (folder, file) in families {
            for entry in fs::read_dir(root.join("examples").join(folder))? {
                let text = fs::read_to_string(entry?.path().join(file))?;
                all.blocks.extend(blocks(&text).into_iter().filter_map(|it| Some((address(&it)?, it))));
            }
        }
        Ok(all)
    }

    /// Returns an example with the blocks that it needs from others, sorted by address.
    pub(super) fn with_references(&self, own: String) -> Example {
        let declared: Vec<String> = blocks(&own).iter().filter_map(|block| address(block)).collect();
        let mut needed: BTreeMap<String, &String> = BTreeMap::new();
        let mut open = references(&own);
        while let Some(name) = open.pop() {
            let known = self.blocks.get(&name).filter(|_| !declared.contains(&name));
            if let Some(block) = known.filter(|_| !needed.contains_key(&name)) {
                open.extend(references(block));
                needed.insert(name, block);
            }
        }
        let blocks: Vec<&str> = needed.into_values().map(String::as_str).collect();
        Example { own, refers_to: blocks.join("\n\n") }
    }
}

/// Splits a configuration into blocks, each with the comment above it.
fn blocks(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        open.push(line);
        let ends = line == "}" || line.ends_with('}') && !line.starts_with([' ', '#']);
        if ends {
            all.push(open.join("\n"));
            open.clear();
        }
    }
    all
}

/// Returns the address with which others refer to a block: `stripe_price.example`,
/// `data.stripe_price.example`, `var.name`. Returns `None` for blocks that nothing can refer to.
fn address(block: &str) -> Option<String> {
    let head = block.lines().find(|line| !line.starts_with('#'))?;
    let mut words = head.split_whitespace();
    let (kind, mut labels) =
        (words.next()?, words.map_while(|word| word.strip_prefix('"')?.strip_suffix('"')));
    Some(match kind {
        "resource" => format!("{}.{}", labels.next()?, labels.next()?),
        "action" | "data" | "ephemeral" => format!("{kind}.{}.{}", labels.next()?, labels.next()?),
        "variable" => format!("var.{}", labels.next()?),
        _ => return None,
    })
}

/// Returns the addresses to which a text may refer.
fn references(text: &str) -> Vec<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
    let words = text.split(|letter: char| !is_part(letter));
    let named = words.filter_map(|word| {
        let mut steps = word.split('.');
        let first = steps.next()?;
        Some(match first {
            "action" | "data" | "ephemeral" => format!("{first}.{}.{}", steps.next()?, steps.next()?),
            _ => format!("{first}.{}", steps.next()?),
        })
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_declares_what_its_example_names_and_nothing_twice() {
        let product = "resource \"stripe_product\" \"example\" {\n  name = var.name\n}";
        let price = "# Twelve a month.\nresource \"stripe_price\" \"example\" {\n  product = stripe_product.example.id\n}";
        let found = "data \"stripe_price\" \"found\" {\n  id = stripe_price.example.id\n}";
        let variable = "variable \"name\" {}";
        let all = [product, price, found, variable].join("\n\n");
        let known = blocks(&all).into_iter().filter_map(|it| Some((address(&it)?, it))).collect();
        let examples = Examples { blocks: known };
        assert_eq!(examples.with_references(price.to_owned()).refers_to, [product, variable].join("\n\n"));
        let output = "output \"it\" {\n  value = data.stripe_price.found.id\n}";
        let shown = examples.with_references(format!("{product}\n\n{output}")).refers_to;
        assert_eq!(shown, [found, price, variable].join("\n\n"));
    }
}
