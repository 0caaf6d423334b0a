use dockerfile_dsl::sh_file;

pub fn example() {
    let _ = sh_file!("scripts/hello.sh");
}
