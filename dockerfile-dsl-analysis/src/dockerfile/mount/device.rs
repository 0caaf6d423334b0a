//! The value of `RUN --device=`: `[name=]vendor.com/class=device[,required]`.

use super::options::{boolean, record};
use crate::dockerfile::{SourceText, expand::ExpandError};

/// Rejects what BuildKit does.
pub(in crate::dockerfile) fn check_device(value: &SourceText) -> Result<(), ExpandError> {
    if value.is_empty() {
        return Err(ExpandError::new("it has no name"));
    }
    let mut has_name = false;
    for field in record(value)? {
        let (key, option) = match field.split_once('=') {
            Some((key, option)) => (key, Some(option)),
            None => (field.as_str(), None),
        };
        match (key.to_lowercase().as_str(), option) {
            ("required", None) => {}
            ("required", Some(option)) if boolean(option).is_some() => {}
            ("required", Some(_)) => {
                return Err(ExpandError::new("`required` is `true` or `false`"));
            }
            ("name", Some(name)) if !has_name => has_name = !name.is_empty(),
            _ if !has_name => has_name = !field.is_empty(),
            _ => {
                return Err(ExpandError::new(format!(
                    "`{field}` after its name: only `required` may be there"
                )));
            }
        }
    }
    Ok(())
}
