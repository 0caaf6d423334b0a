//! A program that knows the Dockerfile that it is shipped in.

fn main() {
    print!("{}", include_str!(concat!(env!("OUT_DIR"), "/Dockerfile")));
}
