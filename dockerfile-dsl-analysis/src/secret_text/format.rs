//! Formats of a secret's text, which decide what parts of it are secret by themselves.

/// Format of a secret's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One value: only the whole value and long fragments count.
    Opaque,
    /// JSON: service accounts, `docker/config.json`.
    Json,
    /// Lines `key: value`: kubeconfig and other YAML.
    Yaml,
    /// Lines `key = value`: npmrc, pip.conf, dotenv, properties.
    Ini,
    /// XML: Maven's settings.xml, NuGet.Config.
    Xml,
    /// `machine HOST login NAME password VALUE`: netrc, apt's auth.conf.
    Netrc,
    /// `-----BEGIN ...-----`: private keys of all kinds, PGP included.
    Pem,
}

impl Format {
    /// Returns the format of a file by its well-known name; `None` if the content decides.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        Some(match (name.as_str(), extension) {
            (".netrc" | "netrc" | "_netrc" | "auth.conf", _) => Self::Netrc,
            (".npmrc" | "npmrc" | ".yarnrc" | "pip.conf" | "pip.ini" | ".pypirc", _) => Self::Ini,
            (_, "env" | "properties" | "ini" | "toml") => Self::Ini,
            (_, "json") => Self::Json,
            (_, "yaml" | "yml") => Self::Yaml,
            (_, "xml") => Self::Xml,
            (_, "pem" | "key" | "asc") => Self::Pem,
            _ if name.starts_with(".env") => Self::Ini,
            _ => return None,
        })
    }
}
