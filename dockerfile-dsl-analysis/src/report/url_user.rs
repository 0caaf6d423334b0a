//! Fix for a git URL with a user that a package manager would write to files of the project.
//!
//! In: the text of a simple command. Out: the command without the user, after variables with which git adds it again.

use super::command_words::words;

/// Returns the command with the user of a git URL in a variable instead: package managers write the URL to files of the project. cargo
/// reads the variable only if it runs git.
pub(super) fn git_url(command: &str) -> Option<String> {
    if command.contains(['\n', '`', '\\']) {
        return None;
    }
    let (words, _) = words(command)?;
    let is_cargo = match (*words.first()?, *words.get(1)?) {
        ("cargo", "add") => words.contains(&"--git"),
        ("npm" | "pnpm" | "yarn", "install" | "i" | "add") => false,
        _ => return None,
    };
    let is_url =
        |word: &&&str| word.contains("git+https://") || is_cargo && word.contains("https://");
    let mut urls = words.iter().filter(is_url);
    let (url, None) = (urls.next()?, urls.next()) else {
        return None;
    };
    let (_, rest) = url.split_once("https://")?;
    let (user, path) = rest
        .rsplit_once('@')
        .filter(|(_, path)| path.contains('/'))?;
    let host = path.split('/').next()?;
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    if user.contains('"') || host.is_empty() || !host.chars().all(is_host) {
        return None;
    }
    let fetches = if is_cargo {
        " CARGO_NET_GIT_FETCH_WITH_CLI=true"
    } else {
        ""
    };
    let plain = command.replacen(&format!("{user}@"), "", 1);
    Some(format!(
        "export{fetches} GIT_CONFIG_COUNT=1 \
         GIT_CONFIG_KEY_0=\"url.https://{user}@{host}/.insteadOf\" \
         GIT_CONFIG_VALUE_0=\"https://{host}/\" && {plain}"
    ))
}

#[cfg(test)]
mod tests {
    use super::git_url;

    #[test]
    fn user_of_a_git_url_moves_to_a_variable() {
        let fixed = |command: &str| git_url(command).unwrap_or_default();
        assert_eq!(
            fixed("npm install git+https://u:$T@h.test/a/b.git"),
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=\"url.https://u:$T@h.test/.insteadOf\" \
             GIT_CONFIG_VALUE_0=\"https://h.test/\" && npm install git+https://h.test/a/b.git"
        );
        assert_eq!(
            fixed("cargo add --git \"https://$(cat /t)@h.test/a.git\" a"),
            "export CARGO_NET_GIT_FETCH_WITH_CLI=true GIT_CONFIG_COUNT=1 \
             GIT_CONFIG_KEY_0=\"url.https://$(cat /t)@h.test/.insteadOf\" \
             GIT_CONFIG_VALUE_0=\"https://h.test/\" && cargo add --git \"https://h.test/a.git\" a"
        );
        for command in [
            "npm install https://u:$T@h.test/a.tgz",
            "npm install git+https://h.test/a.git",
            "npm install git+https://u:$T@$HOST/a.git",
            "npm publish git+https://u:$T@h.test/a.git",
        ] {
            assert_eq!(fixed(command), "", "{command}");
        }
    }
}
