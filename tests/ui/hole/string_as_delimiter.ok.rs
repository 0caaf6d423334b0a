use dockerfile_dsl::sh;

pub fn example() {
    let end = String::from("EOF");
    let _ = sh!("cat <<EOF > /app/x\n{end}\nEOF\n");
}
