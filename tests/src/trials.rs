//! Tests with requirements outside the repository: builders, or third-party text. In: the requirement, or the reason why it is
//! missing. Out: trials for libtest-mimic. A trial with a missing requirement is *ignored with the reason*, so that the closing
//! line counts it; if `CI=true` is set it fails. A machine without the third-party text sets
//! `DOCKERFILE_DSL_WITHOUT=third-party-text`, and those trials do not fail.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

pub use libtest_mimic::Trial;
use libtest_mimic::{Arguments, Completion, Failed, run};

/// What trials need, or why it is missing.
pub type Needed<T> = Arc<Result<T, Missing>>;

/// Why something is missing.
#[derive(Debug, Clone)]
pub struct Missing {
    reason: String,
    /// Whether a machine may do without it, even where `CI=true` is set.
    is_accepted: bool,
}

impl Missing {
    /// Something that a machine may do without, even where `CI=true` is set.
    #[must_use]
    pub fn accepted(reason: &str) -> Self {
        Self {
            is_accepted: true,
            ..Self::from(reason)
        }
    }
}

impl From<&str> for Missing {
    fn from(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            is_accepted: false,
        }
    }
}

/// A trial per function, named `module::function`: `trials!([a, b])` of functions without arguments,
/// `trials!(needed, [a, b])` of functions that take a reference to what [`Needed`] holds.
#[macro_export]
macro_rules! trials {
    ([$($test:ident),+ $(,)?]) => {
        vec![$(
            $crate::trials::trial(
                $crate::name!($test),
                &::std::sync::Arc::new(Ok(())),
                |&()| $test(),
            )
        ),+]
    };
    ($needed:expr, [$($test:ident),+ $(,)?]) => {
        vec![$( $crate::trials::trial($crate::name!($test), $needed, $test) ),+]
    };
}

/// `module::function`, without the name of the test binary.
#[macro_export]
macro_rules! name {
    ($test:ident) => {
        concat!(module_path!(), "::", stringify!($test))
            .split_once("::")
            .expect("a module is in a crate")
            .1
    };
}

/// A trial that is ignored, or fails where `CI=true` is set, if what it needs is missing.
pub fn trial<T: Send + Sync + 'static>(
    name: &str,
    needed: &Needed<T>,
    test: impl FnOnce(&T) + Send + 'static,
) -> Trial {
    let needed = Arc::clone(needed);
    Trial::ignorable_test(name, move || outcome(&needed, is_ci(), test))
}

fn outcome<T>(
    needed: &Result<T, Missing>,
    is_ci: bool,
    test: impl FnOnce(&T),
) -> Result<Completion, Failed> {
    match needed {
        Ok(needed) => {
            test(needed);
            Ok(Completion::Completed)
        }
        Err(missing) if is_ci && !missing.is_accepted => Err((&missing.reason).into()),
        Err(missing) => Ok(Completion::ignored_with(&missing.reason)),
    }
}

/// Runs the trials as `cargo test` runs tests, with the same arguments.
#[must_use]
pub fn main(trials: Vec<Trial>) -> ExitCode {
    run(&Arguments::from_args(), trials).exit_code()
}

/// A file or folder of the third-party text outside the repository.
#[derive(Debug, Clone)]
pub struct ThirdParty(PathBuf);

impl ThirdParty {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// A file or folder of the third-party text, relative to all of it.
#[must_use]
pub fn third_party(name: &str) -> Needed<ThirdParty> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let path = path.join(name);
    Arc::new(if path.exists() {
        Ok(ThirdParty(path))
    } else {
        Err(Missing {
            reason: "needs third-party text: shared/corpus beside the repository".to_owned(),
            is_accepted: env::var_os("DOCKERFILE_DSL_WITHOUT")
                .is_some_and(|without| without == "third-party-text"),
        })
    })
}

/// Two needs in one.
#[must_use]
pub fn both<A: Clone, B: Clone>(first: &Needed<A>, second: &Needed<B>) -> Needed<(A, B)> {
    Arc::new(match (&**first, &**second) {
        (Ok(first), Ok(second)) => Ok((first.clone(), second.clone())),
        (Err(missing), _) | (_, Err(missing)) => Err(missing.clone()),
    })
}

/// Whether a missing need is a failure.
fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|ci| ci == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_need_is_ignored_and_fails_in_ci() {
        let missing: Result<(), Missing> = Err("it is missing".into());
        let run = |needed: &Result<(), Missing>, is_ci| outcome(needed, is_ci, |&()| ());
        let Ok(Completion::Ignored { reason }) = run(&missing, false) else {
            panic!("it is not ignored");
        };
        assert_eq!(reason.as_deref(), Some("it is missing"));
        let Err(failed) = run(&missing, true) else {
            panic!("it does not fail in CI");
        };
        assert_eq!(failed.message(), Some("it is missing"));
        let accepted = Err(Missing {
            is_accepted: true,
            ..Missing::from("it cannot be here")
        });
        assert!(matches!(
            run(&accepted, true),
            Ok(Completion::Ignored { .. })
        ));
        for is_ci in [false, true] {
            assert!(matches!(run(&Ok(()), is_ci), Ok(Completion::Completed)));
        }
    }

    fn a_trial() {}

    #[test]
    fn a_trial_has_the_name_of_its_function() {
        assert_eq!(trials!([a_trial])[0].name(), "trials::tests::a_trial");
    }
}
