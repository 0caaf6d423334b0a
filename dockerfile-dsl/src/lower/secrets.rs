//! Secrets of a file, and the names and paths that would leak one.

use super::names::place;
use crate::SecretSource;
use crate::instruction::Instruction;
use crate::problem::Problems;
use crate::secret::SecretsById;
use crate::settings::Settings;
use crate::stage::Stage;

/// Returns the secrets by their id on the command line.
pub(super) fn of_file(
    stages: &[(Stage, Option<String>)],
    settings: &Settings,
    problems: &mut Problems,
) -> SecretsById {
    let mut secrets = SecretsById::new();
    for (index, (stage, name)) in stages.iter().enumerate() {
        for step in &stage.content().steps {
            let mut used = Vec::new();
            match &step.instruction {
                Instruction::Run(run) => {
                    for mount in run.secrets() {
                        used.push((mount.secret.id().to_owned(), mount.secret));
                    }
                }
                Instruction::Add(add) => used = add.implicit_secrets(),
                _ => {}
            }
            for (id, secret) in used {
                let known = *secrets.entry(id.clone()).or_insert(secret);
                if !known.is_same_value(&secret) {
                    problems.place = place(index, name.as_deref());
                    problems.wrong(format!(
                        "secret id `{id}` has two sources in this file, and the command line can \
                         use only one: declare it once"
                    ));
                }
                if known.hosts() != secret.hosts() {
                    problems.place = place(index, name.as_deref());
                    problems.wrong(format!(
                        "secret `{id}` is declared with two lists of hosts (`only_to`): declare it \
                         once"
                    ));
                }
            }
        }
    }
    for secret in &settings.secrets {
        secrets.entry(secret.id().to_owned()).or_insert(*secret);
    }
    secrets
}

/// Refuses a build argument or ENV with the name of a secret's variable: the command line or a template could set it to the
/// value.
pub(crate) fn check_fed(name: &str, secrets: &SecretsById, problems: &mut Problems) {
    for secret in secrets.values() {
        if matches!(secret.source(), SecretSource::Env(variable) if variable == name) {
            problems.wrong(format!(
                "`{name}` is the variable that holds secret `{}`: as a build argument or \
                 environment variable its value stays in the image; use the secret in `sh!`, or \
                 write `.decide(danger::allow_name(\"{name}\", \"reason\"))`",
                secret.id()
            ));
            return;
        }
    }
}

/// Refuses to copy a secret's own file into a layer. The build context is not known yet: a path relative to the current directory
/// is assumed to be inside it.
pub(super) fn check_secret_file(path: &str, secrets: &SecretsById, problems: &mut Problems) {
    for secret in secrets.values() {
        let SecretSource::File(file) = secret.source() else {
            continue;
        };
        if !file.starts_with(['/', '~']) && plain(file) == plain(path) {
            problems.wrong(format!(
                "`{}` is the file of secret `{}`: copying it keeps its value in a layer; use \
                 the secret in `sh!`, where it is mounted",
                path.escape_debug(),
                secret.id()
            ));
            return;
        }
    }
}

/// Normalises the path: removes empty components, `.`, and `..` with the component before.
fn plain(path: &str) -> String {
    let mut plain = String::new();
    for name in path.split('/') {
        if !matches!(name, "" | ".") {
            plain.push_str(name);
            plain.push('/');
        }
    }
    plain
}
