//! Commands of Laravel that write the values of `.env` into a file of PHP.

use crate::domain::{Argument, Cause};
use crate::interpreter::Call;
use crate::programs::common::{made, path};

/// `php artisan config:cache`: Laravel writes the settings of `.env` into a file of PHP.
pub(super) fn caches_settings(
    call: &mut Call<'_, '_>,
    file: Option<&Argument>,
    arguments: &[Argument],
) {
    let is_artisan = |file: &Argument| {
        let text = file.text();
        text.is_some_and(|text| text == "artisan" || text.ends_with("/artisan"))
    };
    let caches =
        |word: &Argument| matches!(word.text().as_deref(), Some("config:cache" | "optimize"));
    if file.is_some_and(is_artisan) && arguments.iter().any(caches) {
        let settings = call.peek(&path(call, ".env")).taint();
        if settings.is_some() {
            let cached = made(call, &settings);
            let file = path(call, "bootstrap/cache/config.php");
            call.append(&file, &cached, &Cause::Compiled("php".into()));
        }
    }
}
