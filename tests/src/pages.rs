//! The pages of the recipes: what they say is rendered, and the three ways that leak.

use std::path::{Path, PathBuf};

/// The names of the modules that have a page, in order.
///
/// # Panics
///
/// Panics if it finds none.
#[must_use]
pub fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the recipes have a folder");
    let paths = files.flatten().map(|file| file.path());
    let pages = paths.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut names: Vec<String> = pages
        .filter_map(|page| Some(page.file_stem()?.to_str()?.to_owned()))
        .collect();
    assert!(!names.is_empty(), "no recipe has a page");
    names.sort_unstable();
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dockerfile-dsl/src/recipes")
}

/// The page of a recipe.
#[derive(Debug)]
pub struct Page {
    /// The Dockerfile that the recipe renders.
    pub rendered: String,
    /// The Dockerfiles that leak, each with the sentence above it.
    pub leaks: Vec<(String, String)>,
}

impl Page {
    /// Reads the page of a recipe, by the name of its module.
    ///
    /// # Panics
    ///
    /// Panics if the page has not the form of the others.
    #[must_use]
    pub fn of(recipe: &str) -> Self {
        let path = folder().join(format!("{recipe}.md"));
        let text = std::fs::read_to_string(&path).expect("each recipe has a page");
        let (honest, leaking) = text
            .split_once("\n# Three ways that leak\n")
            .expect("each page has three ways that leak");
        let [(_, rendered)] = &blocks(honest)[..] else {
            panic!("{recipe}: one Dockerfile is rendered")
        };
        let leaks = blocks(leaking);
        assert_eq!(leaks.len(), 3, "{recipe}: three ways that leak");
        Self {
            rendered: rendered.clone(),
            leaks,
        }
    }
}

/// Returns the Dockerfiles of a text, each with the paragraph above it.
fn blocks(text: &str) -> Vec<(String, String)> {
    const START: &str = "```dockerfile\n";
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(START) {
        let (block, others) = after.split_once("```").expect("a block has an end");
        let paragraph = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
        blocks.push((paragraph.trim().replace('\n', " "), block.to_owned()));
        rest = others;
    }
    blocks
}
