//! The pages of the recipes: what they say is rendered, and the three ways that leak, each with its case of the corpus.

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
    /// The Rust code that describes the image.
    pub example: String,
    /// The Dockerfile that it renders.
    pub rendered: String,
    /// The three ways that leak.
    pub leaks: Vec<Mistake>,
}

/// A way that leaks.
#[derive(Debug)]
pub struct Mistake {
    /// The paragraph above the Dockerfile, up to the case.
    pub sentence: String,
    /// The case of the corpus that shows the same leak: its name in `data/cases/*.cases` or `data/general.cases`, or that of a
    /// file of `data/wholefile` without `.Dockerfile`.
    pub case: String,
    /// The Dockerfile that leaks.
    pub dockerfile: String,
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
        let leaks: Vec<Mistake> = blocks(leaking)
            .into_iter()
            .map(|(paragraph, dockerfile)| Mistake::of(recipe, &paragraph, dockerfile))
            .collect();
        assert_eq!(leaks.len(), 3, "{recipe}: three ways that leak");
        let example = honest
            .split_once("```\n")
            .and_then(|(_, rest)| rest.split_once("```"));
        Self {
            example: example
                .expect("each page begins with its example")
                .0
                .to_owned(),
            rendered: rendered.clone(),
            leaks,
        }
    }
}

impl Mistake {
    /// Reads the paragraph above a Dockerfile, which ends with its case.
    fn of(recipe: &str, paragraph: &str, dockerfile: String) -> Self {
        let (sentence, case) = paragraph
            .trim_end_matches([':', '.'])
            .strip_suffix("`)")
            .and_then(|text| text.rsplit_once(" (case `"))
            .unwrap_or_else(|| panic!("{recipe}: end with (case `NAME`): {paragraph}"));
        Self {
            sentence: sentence.to_owned(),
            case: case.to_owned(),
            dockerfile,
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
