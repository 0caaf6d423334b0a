//! Interned strings that live as long as the process.
//!
//! In: a text that is known at run time. Out: the same text with lifetime `'static`, so that its holder is `Copy`.

use std::sync::{Mutex, PoisonError};

/// Interns a text. `Secret` is `Copy`, so that `{TOKEN}` in a loop needs no clone; a program has few secrets, and each text is
/// kept once.
pub(crate) fn keep(text: &str) -> &'static str {
    static KEPT: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    // A panic in another thread cannot leave the list in an invalid state: an entry is either present or absent.
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.binary_search(&text) {
        Ok(at) => kept[at],
        Err(at) => {
            let text: &'static str = Box::leak(text.into());
            kept.insert(at, text);
            text
        }
    }
}

/// Interns the arguments of a command.
pub(crate) fn keep_list(list: &[&str]) -> &'static [&'static str] {
    static KEPT: Mutex<Vec<&'static [&'static str]>> = Mutex::new(Vec::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.binary_search(&list) {
        Ok(at) => kept[at],
        Err(at) => {
            let list: Vec<&'static str> = list.iter().map(|text| keep(text)).collect();
            let list: &'static [&'static str] = Box::leak(list.into());
            kept.insert(at, list);
            list
        }
    }
}
