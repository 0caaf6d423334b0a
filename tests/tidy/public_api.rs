//! The public interface of the library: few names at its root, and no type of another crate that is not listed.
//!
//! In: the sources. What a signature names is looked up among the imports of its file, so a type of another crate that comes by another
//! way is not seen; this crate has no such path, as everything is imported by name.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{
    Attribute, ImplItemFn, Item, ItemFn, ItemImpl, ItemMod, ItemUse, TraitItemFn, UseTree,
    Visibility,
};

use super::{files, none, read};

/// The names at the root, without modules and macros. More than these do not fit on one screen of the documentation.
const MOST_NAMES: usize = 36;

/// Crates whose types could get into a signature.
const OTHERS: [&str; 8] = [
    "dockerfile_dsl_analysis",
    "dockerfile_dsl_verify",
    "rustix",
    "schemars",
    "serde",
    "serde_json",
    "similar",
    "zeroize",
];

#[test]
fn the_root_has_few_names() {
    let file = syn::parse_file(&read("dockerfile-dsl/src/lib.rs")).expect("it compiles");
    let mut names = Vec::new();
    for item in &file.items {
        if let Item::Use(used) = item
            && matches!(used.vis, Visibility::Public(_))
        {
            leaves(&used.tree, &mut Vec::new(), &mut |_, name| names.push(name));
        }
    }
    assert!(names.len() <= MOST_NAMES, "{}: {names:?}", names.len());
    assert!(names.len() > 20, "the names are not found: {names:?}");
}

#[test]
fn types_of_other_crates_are_listed() {
    let manifest = read("dockerfile-dsl/Cargo.toml");
    let list = manifest
        .split_once("allowed_external_types = [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map_or("", |(list, _)| list);
    let allowed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let mut found = BTreeSet::new();
    for path in files(".rs") {
        let is_library = path.starts_with("dockerfile-dsl/src/");
        if is_library && !path.ends_with("/tests.rs") {
            found.extend(external_types(&read(&path), &path));
        }
    }
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let unlisted = found
        .difference(&allowed)
        .map(|name| format!("{name} is not listed"));
    let stale = allowed
        .difference(&found)
        .map(|name| format!("{name} is in no signature"));
    none(unlisted.chain(stale).collect());
}

#[test]
fn a_type_of_another_crate_is_seen() {
    let text = "use serde::de::{Error as DeError, Visitor};\nuse zeroize::Zeroizing;\n\
                pub fn a(_: Zeroizing<u8>) -> DeError { b() }\nfn b(_: Visitor) {}\n\
                pub(crate) fn c(_: Visitor) {}\npub use schemars::Schema;\n";
    assert_eq!(
        external_types(text, "x.rs"),
        BTreeSet::from([
            "schemars::Schema".to_owned(),
            "serde::Error".to_owned(),
            "zeroize::Zeroizing".to_owned(),
        ])
    );
}

/// The types of other crates in what a file makes public, each as `crate::Name`.
fn external_types(text: &str, path: &str) -> BTreeSet<String> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut imports = Imports::default();
    imports.visit_file(&file);
    let mut signatures = Signatures {
        imported: &imports.names,
        found: imports.exported,
    };
    signatures.visit_file(&file);
    signatures.found
}

/// What a file imports from other crates: the name in the file, and `crate::Name`.
#[derive(Default)]
struct Imports {
    names: BTreeMap<String, String>,
    exported: BTreeSet<String>,
}

impl<'a> Visit<'a> for Imports {
    fn visit_item_use(&mut self, used: &'a ItemUse) {
        let is_public = matches!(used.vis, Visibility::Public(_));
        leaves(&used.tree, &mut Vec::new(), &mut |path, name| {
            let (Some(first), Some(last)) = (path.first(), path.last()) else {
                return;
            };
            if OTHERS.contains(&first.as_str()) {
                let full = format!("{first}::{last}");
                if is_public {
                    self.exported.insert(full.clone());
                }
                self.names.insert(name, full);
            }
        });
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        // For the expansion of macros, which is no interface.
        if module.ident != "__private" && module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}

/// Calls back with the path and the name of each import.
fn leaves(tree: &UseTree, path: &mut Vec<String>, leaf: &mut impl FnMut(&[String], String)) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            leaves(&part.tree, path, leaf);
            path.pop();
        }
        UseTree::Name(name) => {
            path.push(name.ident.to_string());
            leaf(path, name.ident.to_string());
            path.pop();
        }
        UseTree::Rename(rename) => {
            path.push(rename.ident.to_string());
            leaf(path, rename.rename.to_string());
            path.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                leaves(tree, path, leaf);
            }
        }
        UseTree::Glob(_) => {}
    }
}

/// The imported names in public signatures.
struct Signatures<'a> {
    imported: &'a BTreeMap<String, String>,
    found: BTreeSet<String>,
}

impl Signatures<'_> {
    fn signature(&mut self, signature: &syn::Signature) {
        let mut names = Names(Vec::new());
        names.visit_signature(signature);
        let imported = names.0.iter().filter_map(|name| self.imported.get(name));
        self.found.extend(imported.cloned());
    }
}

impl<'a> Visit<'a> for Signatures<'_> {
    fn visit_item_fn(&mut self, function: &'a ItemFn) {
        if matches!(function.vis, Visibility::Public(_)) {
            self.signature(&function.sig);
        }
    }

    fn visit_item_impl(&mut self, block: &'a ItemImpl) {
        if block.trait_.is_none() {
            visit::visit_item_impl(self, block);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'a ImplItemFn) {
        if matches!(function.vis, Visibility::Public(_)) && !is_hidden(&function.attrs) {
            self.signature(&function.sig);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'a TraitItemFn) {
        if !is_hidden(&function.attrs) {
            self.signature(&function.sig);
        }
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        if module.ident != "__private" && module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}

/// `#[doc(hidden)]`
fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        list.is_ok_and(|list| list.path.is_ident("doc") && list.tokens.to_string() == "hidden")
    })
}

/// The last name of every path.
struct Names(Vec<String>);

impl<'a> Visit<'a> for Names {
    fn visit_path(&mut self, path: &'a syn::Path) {
        self.0
            .extend(path.segments.last().map(|last| last.ident.to_string()));
        visit::visit_path(self, path);
    }
}
