//! The clause `sends` of a row: to which hosts a program sends what it is given.

/// Where a program sends what it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sends {
    /// Whether it sends nothing.
    pub(crate) nothing: bool,
    /// Whether operands that are URLs name the host.
    pub(crate) operands: bool,
    /// Whether an operand without a scheme names a host, too.
    pub(crate) bare: bool,
    /// Whether it reads every variable of the environment that its configuration names.
    pub(crate) environment: bool,
    /// Options (`--registry`) and variables (`$PIP_INDEX_URL`) that name the host.
    pub(crate) named: Vec<String>,
    /// The files of its credentials, besides those of `credentials`.
    pub(crate) files: Vec<String>,
    /// The hosts of a call that names none.
    pub(crate) hosts: Vec<String>,
}

impl Sends {
    /// The words of the clause with their meanings, for the page.
    pub(crate) const WORDS: &[(&str, &str)] = &[
        ("nothing", "It sends nothing."),
        (
            "operands",
            "To the hosts of the operands that are URLs, or `user@host:path`.",
        ),
        (
            "hosts",
            "The same; an operand without a scheme begins with a host, too (`curl example.com/x`).",
        ),
        (
            "environment",
            "Besides the arguments it sends any exported variable that its configuration names.",
        ),
        (
            "--OPTION, $VARIABLE",
            "To the host of the URLs in this option or variable.",
        ),
        (
            "~/PATH, ./PATH",
            "A file with credentials, which it sends. Its text may name other hosts.",
        ),
        ("HOST", "To this host if the call names none."),
    ];

    /// Parses the words of the clause.
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let mut sends = Self::default();
        for word in words {
            match *word {
                "nothing" => sends.nothing = true,
                "operands" => sends.operands = true,
                "hosts" => (sends.operands, sends.bare) = (true, true),
                "environment" => sends.environment = true,
                word if word.starts_with(['-', '$']) => sends.named.push(word.to_owned()),
                word if word.starts_with(['~', '.', '/']) => {
                    let file = word.strip_prefix("./").unwrap_or(word);
                    sends.files.push(file.to_owned());
                }
                word if is_host(word) => sends.hosts.push(word.to_ascii_lowercase()),
                word => {
                    let valid: Vec<&str> = Self::WORDS.iter().map(|(word, _)| *word).collect();
                    return Err(format!(
                        "unknown word `{word}` after `sends` (valid: {})",
                        valid.join(", ")
                    ));
                }
            }
        }
        if words.is_empty() || sends.nothing && words.len() > 1 {
            return Err("`sends` takes `nothing`, or where the hosts are named".to_owned());
        }
        Ok(sends)
    }
}

/// Whether a word is the name of a host: letters, digits, `-` and at least one dot.
pub(crate) fn is_host(word: &str) -> bool {
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        !label.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    word.contains('.') && word.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_their_errors() {
        let sends = Sends::parse(&[
            "--registry",
            "$npm_config_registry",
            "./.npmrc",
            "a.example",
        ]);
        let sends = sends.unwrap();
        assert_eq!(sends.named, ["--registry", "$npm_config_registry"]);
        assert_eq!(
            (sends.files, sends.hosts),
            (vec![".npmrc".to_owned()], vec!["a.example".to_owned()])
        );
        for wrong in [&[][..], &["nothing", "hosts"], &["operand"], &["a..b"]] {
            assert!(Sends::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
