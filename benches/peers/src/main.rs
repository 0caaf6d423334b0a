//! One file of 12 stages, made from the same data by three libraries: `../peers.py` runs this and prints the ratios.
//!
//! ```text
//! dockerfile-dsl-peers LIBRARY SECRETS ITERATIONS    # SECRETS: the number of services that download with a secret, 0 to 10
//! dockerfile-dsl-peers LIBRARY SECRETS print         # the text
//! ```
//!
//! An iteration is all that a program does with the library: model, check if there is one, text. `command` and `render` are not
//! peers but parts of ours, from a file that is already checked: the command line, and the text.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the text is the product")]

mod by_dockerfile_builder;
mod by_dockerfile_dsl;
mod by_dofigen;

use std::hint::black_box;

/// What each library gets.
struct Service {
    name: String,
    port: u16,
    /// Whether it downloads a file with the secret.
    downloads: bool,
}

fn services(secrets: usize) -> Vec<Service> {
    let service = |index: usize| Service {
        name: format!("service-{index}"),
        port: 8000 + u16::try_from(index).expect("there are ten"),
        downloads: index < secrets,
    };
    (0..10).map(service).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, secrets, iterations] = arguments.as_slice() else {
        panic!("LIBRARY SECRETS ITERATIONS");
    };
    let services = services(secrets.parse().expect("a number of secrets"));
    let checked = by_dockerfile_dsl::file(&services);
    let text = || match library.as_str() {
        "dockerfile-dsl" => by_dockerfile_dsl::file(black_box(&services)).render(),
        "dofigen" => by_dofigen::text(black_box(&services)),
        "dockerfile_builder" => by_dockerfile_builder::text(black_box(&services)),
        "render" => black_box(&checked).render(),
        "command" => by_dockerfile_dsl::command(black_box(&checked)),
        _ => panic!("no such library: {library}"),
    };
    if iterations == "print" {
        return print!("{}", text());
    }
    for _ in 0..iterations.parse().expect("a number of iterations") {
        black_box(text());
    }
}
