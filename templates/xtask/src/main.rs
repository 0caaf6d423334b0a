//! The program that is in the image.

fn main() {
    println!("hello from {{project-name}}");
}
