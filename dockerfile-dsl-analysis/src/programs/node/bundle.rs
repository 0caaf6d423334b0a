//! Content of packages and sites: variables by their names, and files in the project directory.

use super::configured;
use crate::domain::Argument;
use crate::domain::{Cause, Doubt, Step};
use crate::domain::{Component, FilePlace, Node, SymbolicPath, Taint, Value};
use crate::interpreter::Call;
use crate::programs::common::{at, inside, made, path, some_file};

/// Packs all files of the directory, and stores a copy if the manager has a cache; `.npmrc`, `.git` and installed packages are never
/// included.
pub(super) fn pack(call: &mut Call<'_, '_>, keeps_copy: bool) {
    let folder = path(call, ".");
    let assumed = call.state.process.cwd_is_assumed;
    let mut taint = Taint::NONE;
    for place in call.paths(&folder) {
        let key = call.state.files.follow(&place.key);
        for (file, entry) in call.state.files.beneath(&key) {
            let beneath = file.strip_prefix(&key).unwrap_or_default();
            let left_out = (beneath.iter().filter_map(Component::as_known))
                .any(|part| matches!(part, ".npmrc" | ".git" | "node_modules"));
            let mounted = assumed && call.state.files.place(file) == FilePlace::Secret;
            if let (false, false, Node::File(number)) = (left_out, mounted, &entry.node) {
                let content = call.state.files.content(*number);
                taint = taint.join(&content.map_or(Taint::NONE, Value::taint));
            }
        }
    }
    if taint.is_some() && !call.has("--dry-run") {
        let packed = made(call, &taint.step(call.span, Step::Packed));
        // NAME-VERSION.tgz
        let package = call.fresh_part().concat(&Value::known(".tgz"));
        let package = Argument::new(Value::known("./").concat(&package), call.span);
        call.append(&package, &packed, &Cause::Package);
        if keeps_copy {
            let cache = configured(call, "--cache").unwrap_or_else(|| {
                Argument::new(call.home().concat(&Value::known("/.npm")), call.span)
            });
            let copy = some_file(call, &inside(&cache, "_cacache/content-v2"));
            call.append(&copy, &packed, &Cause::PackageCache);
        }
    }
    let name = call.fresh();
    call.print(&name);
}

/// Prefixes of variables that bundlers write into the browser's code, and the directory of that code.
const PUBLIC_VARIABLES: &[(&str, &str)] = &[
    ("VITE_", "dist"),
    ("NEXT_PUBLIC_", ".next"),
    ("REACT_APP_", "build"),
    ("NUXT_PUBLIC_", ".output"),
    ("VUE_APP_", "dist"),
    ("GATSBY_", "public"),
    ("EXPO_PUBLIC_", "dist"),
    ("NX_PUBLIC_", "dist"),
    ("STORYBOOK_", "storybook-static"),
    ("PUBLIC_", "dist"),
];

/// Whether the words name a production build: `run build:prod`, `next build`, `expo export`.
fn builds(call: &Call<'_, '_>) -> bool {
    let makes = ["build", "generate", "export", "bundle", "compile"];
    call.arguments
        .iter()
        .filter_map(Argument::text)
        .any(|word| !word.starts_with('-') && makes.iter().any(|verb| word.contains(verb)))
}

/// Returns the taint that a build writes into the bundle because of variable names.
fn bundle(call: &mut Call<'_, '_>) -> Taint {
    let variables: Vec<(&str, Taint)> = call
        .state
        .process
        .variables
        .iter()
        .filter(|(_, variable)| variable.exported)
        .filter_map(|(name, variable)| {
            let public = PUBLIC_VARIABLES.iter();
            let (prefix, folder) = public
                .clone()
                .find(|(prefix, _)| name.starts_with(prefix))?;
            let taint = variable.taint().step(call.span, Step::Public { prefix });
            Some((*folder, taint))
        })
        .filter(|(_, taint)| taint.told().is_some())
        .collect();
    for (folder, taint) in &variables {
        let bundled = made(call, taint);
        let file = path(call, format!("{folder}/bundle.js"));
        call.append(&file, &bundled, &Cause::Bundled);
    }
    variables.into_iter().map(|(_, taint)| taint).collect()
}

/// Runs a script of package.json, which is unknown, or a bundler. Bundlers (Vite, Next.js, Create React App, ..) read the `.env` files of
/// the directory, and write some of their variables into the bundle.
pub(in crate::programs) fn script(call: &mut Call<'_, '_>) {
    let builds = builds(call);
    run_script(call, builds);
}

/// A bundler that builds with any arguments.
pub(in crate::programs) fn bundler(call: &mut Call<'_, '_>) {
    run_script(call, true);
}

fn run_script(call: &mut Call<'_, '_>, builds: bool) {
    let mut dotenv = Taint::NONE;
    for folder in call.paths(&path(call, ".")) {
        let names: Vec<SymbolicPath> = call
            .state
            .files
            .beneath(&folder.key)
            .map(|(path, _)| path)
            .filter(|path| {
                matches!(path.strip_prefix(&folder.key), Some([name]) if name.begins_with(".env"))
            })
            .cloned()
            .collect();
        for name in names {
            let file = at(call, &name);
            dotenv = dotenv.join(&call.peek(&file).taint());
        }
    }
    let why = Doubt::PackageScriptWithDotenv;
    call.opaque_for(&dotenv, why);
    let bundled = if builds { bundle(call) } else { Taint::NONE };
    let received = call.received_besides_credentials().without(&bundled);
    call.opaque_for(&received, Doubt::PackageScript);
}
