//! The value of `--secret`, `secrets:` and the like: comma-separated fields, quoted as CSV.
//!
//! In: one record. Out: its fields, or nothing if it is not one.

/// Returns the id in `id=x,src=y`; `None` without one.
pub(super) fn id(record: &str) -> Option<String> {
    let fields = fields(record)?;
    let id = fields.iter().find_map(|field| {
        let (key, value) = field.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("id")
            .then(|| value.to_owned())
    });
    id.filter(|id| !id.is_empty())
}

/// Splits a record of CSV.
pub(super) fn fields(record: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut is_quoted = false;
    let mut characters = record.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if is_quoted || field.is_empty() => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(std::mem::take(&mut field)),
            character => field.push(character),
        }
    }
    fields.push(field);
    (!is_quoted).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found() {
        assert_eq!(id("id=a,src=b").as_deref(), Some("a"));
        assert_eq!(id("type=env,id=a,env=B").as_deref(), Some("a"));
        assert_eq!(id("id=q,\"src=a,id=b\"").as_deref(), Some("q"));
        assert_eq!(id("ID=a").as_deref(), Some("a"));
        assert_eq!(id("src=a"), None);
        assert_eq!(id("id="), None);
        assert_eq!(id("id=a,\"src=b"), None);
    }
}
