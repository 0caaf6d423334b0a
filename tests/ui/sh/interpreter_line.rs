//! RUN starts the shell itself.

use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("#!/bin/sh\necho hello > /srv/x");
}
