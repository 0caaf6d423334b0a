//! How programs spell a password with punctuation: each spelling of each value must be found.
//! One file, because the table of programs is most of it.
//!
//! The programs of this machine write them; what is not installed here is said, and fails with `CI=true` where CI installs it.

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use dockerfile_dsl_verify::{Match, Verdict};
use support::{Fixture, Layer, base64, gzip, scan, secret};

/// No three letters or digits stand together in the first; the others are what people choose.
const VALUES: &[&str] = &[
    "p4$$w'rd\"x\\y&z",
    "it's \"50%\" <\\o/> $5",
    "tr0ub4dor&3'x",
    "P\u{e4}$$w\u{f6}rd'\u{20ac}\"12",
    "a''b\"\"c$$d\\\\e&&f%%g",
];

/// Program, arguments, and the text that it reads. The value is the variable `V`.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("bash", &["-c", "printf %q \"$V\""]),
    ("bash", &["-c", "declare -p V"]),
    ("bash", &["-c", "export -p"]),
    ("bash", &["-c", "set"]),
    ("bash", &["-c", "echo \"${V@Q}\" ; echo \"${V@A}\""]),
    ("bash", &["-c", "alias a=\"$V\"; alias"]),
    (
        "bash",
        &["-c", "echo \"RUN [\\\"${V//\\\"/\\\\\\\"}\\\"]\""],
    ),
    ("dash", &["-c", "export -p"]),
    ("dash", &["-c", "set"]),
    ("dash", &["-c", "alias a=\"$V\"; alias"]),
    ("printf", &["%q", "$V"]),
    (
        "python3",
        &["-c", "import os; print(repr(os.environ['V']))"],
    ),
    (
        "python3",
        &["-c", "import os; print(ascii(os.environ['V']))"],
    ),
    (
        "python3",
        &["-c", "import os; print(repr(os.environ['V'].encode()))"],
    ),
    (
        "python3",
        &["-c", "import os; print(repr(repr(os.environ['V'])))"],
    ),
    (
        "python3",
        &["-c", "import os,json; print(json.dumps(os.environ['V']))"],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json; print(json.dumps(json.dumps(os.environ['V'])))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json; print(json.dumps(json.dumps(json.dumps(os.environ['V'],ensure_ascii=False),ensure_ascii=False),ensure_ascii=False))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json; print(json.dumps(repr(os.environ['V']),ensure_ascii=False))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json; print(''.join('\\\\u%04X' % ord(c) for c in os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json; print(''.join('\\\\u%04x' % ord(c) for c in os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json,shlex; print(shlex.quote(os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,json,shlex; print(json.dumps('sh -c '+shlex.quote(os.environ['V']),ensure_ascii=False))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,shlex; print(shlex.quote('a '+shlex.quote(os.environ['V'])))",
        ],
    ),
    (
        "python3",
        &["-c", "import os,html; print(html.escape(os.environ['V']))"],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,html; print(html.escape(html.escape(os.environ['V'])))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,html,json; print(json.dumps(html.escape(os.environ['V']),ensure_ascii=False))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,html,json; print(html.escape(json.dumps(os.environ['V'],ensure_ascii=False)))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; from xml.sax.saxutils import escape; print(escape(os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; from xml.sax.saxutils import quoteattr; print(quoteattr(os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; from xml.etree import ElementTree as E; e=E.Element('a',b=os.environ['V']); e.text='x'; print(E.tostring(e))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; from xml.etree import ElementTree as E; e=E.Element('a'); e.text=os.environ['V']; print(E.tostring(e,encoding='unicode'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,plistlib; print(plistlib.dumps({'a':os.environ['V']}).decode())",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(''.join('&#%d;' % ord(c) for c in os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(''.join('&#x%X;' % ord(c) for c in os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(''.join('\\\\x%02x' % b for b in os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(''.join('\\\\x%02X' % b for b in os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(''.join('\\\\%03o' % b for b in os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,csv,sys; csv.writer(sys.stdout,quoting=csv.QUOTE_ALL).writerow(['a',os.environ['V'],'b'])",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,sqlite3; print(sqlite3.connect(':memory:').execute('select quote(?)',[os.environ['V']]).fetchone()[0])",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,configparser,sys; c=configparser.ConfigParser(); c['a']={'p':os.environ['V'].replace('%','%%')}; c.write(sys.stdout)",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print('image: x\\nenvironment:\\n  A: '+os.environ['V'].replace('$','$$'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(\"  A: '\"+os.environ['V'].replace('$','$$').replace(\"'\",\"''\")+\"'\")",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; v=os.environ['V']; print('Environment=\"A='+v.replace('\\\\','\\\\\\\\').replace('\"','\\\\\"').replace('%','%%').replace('$','$$')+'\"')",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,urllib.parse as u; print(u.quote(os.environ['V']))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,urllib.parse as u; print(u.quote(os.environ['V'],safe='').lower() if False else u.quote(os.environ['V'],safe=''))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,urllib.parse as u; print(u.quote(u.quote(os.environ['V'],safe=''),safe=''))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,urllib.parse as u; print(u.urlencode({'p':os.environ['V']}))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,re,urllib.parse as u; n=iter(range(99)); print(re.sub('%..',lambda m: m[0].lower() if next(n)%2 else m[0],u.quote(os.environ['V'],safe='')))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,urllib.parse as u; print(''.join(('%%%02x' % b if i%4==3 else u.quote(bytes([b]),safe='')) for i,b in enumerate(os.environ['V'].encode())))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64; print(base64.b64encode(os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64; b=base64.b64encode; print(b(b(b'user:'+os.environ['V'].encode())))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64; b=base64.b64encode; print(b(b(b(b'{\"'+os.environ['V'].encode()))))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64,json; print(base64.b64encode(json.dumps({'p':os.environ['V']},ensure_ascii=False).encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64,shlex; print(base64.b64encode(('A='+shlex.quote(os.environ['V'])).encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64,urllib.parse as u; print(u.quote(base64.b64encode(b'x'+os.environ['V'].encode()).decode(),safe=''))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64; print(base64.b32encode(os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,base64; print(base64.b32encode(b'abc'+os.environ['V'].encode()).lower())",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,binascii,sys; sys.stdout.buffer.write(b'begin 644 x\\n'+binascii.b2a_uu(b'abcd'+os.environ['V'].encode())+b' \\nend\\n')",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,binascii,sys; d=b'.'*38+os.environ['V'].encode(); sys.stdout.buffer.write(binascii.b2a_uu(d[:45])+binascii.b2a_uu(d[45:]))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,binascii; print(os.environ['V'].encode().hex(':'),os.environ['V'].encode().hex())",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(os.environ['V'].encode().hex(' ').upper())",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(', '.join('0x%02x' % b for b in os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &["-c", "import os; print(list(os.environ['V'].encode()))"],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,sys; sys.stdout.buffer.write(os.environ['V'].encode('utf-16-le'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,sys; sys.stdout.buffer.write(os.environ['V'].encode('utf-16-be'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,sys; sys.stdout.buffer.write(os.environ['V'].encode('utf-32-le'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,sys; sys.stdout.buffer.write(os.environ['V'].encode('utf-32-be'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,sys,json; sys.stdout.buffer.write(json.dumps(os.environ['V'],ensure_ascii=False).encode('utf-16-le'))",
        ],
    ),
    (
        "python3",
        &[
            "-c",
            "import os,quopri,sys; sys.stdout.buffer.write(quopri.encodestring(os.environ['V'].encode()))",
        ],
    ),
    (
        "python3",
        &["-c", "import os,re; print(re.escape(os.environ['V']))"],
    ),
    (
        "python3",
        &[
            "-c",
            "import os; print(''.join('^'+c if c in '&|<>^()%!\"' else c for c in os.environ['V']))",
        ],
    ),
    // Two writers in turn who each know only a part: an anchor and the check around it.
    (
        "python3",
        &[
            "-c",
            "import os; print(os.environ['V'].replace('&','\\\\u0026').replace('\"','&#34;').replace(\"'\",'%27'))",
        ],
    ),
    (
        "node",
        &["-e", "console.log(JSON.stringify(process.env.V))"],
    ),
    (
        "node",
        &[
            "-e",
            "console.log(JSON.stringify(JSON.stringify({a:process.env.V})))",
        ],
    ),
    (
        "node",
        &["-e", "console.log(require('util').inspect(process.env.V))"],
    ),
    ("node", &["-e", "console.log({password:process.env.V})"]),
    (
        "node",
        &["-e", "console.log(encodeURIComponent(process.env.V))"],
    ),
    ("node", &["-e", "console.log(encodeURI(process.env.V))"]),
    ("node", &["-e", "console.log(escape(process.env.V))"]),
    (
        "node",
        &[
            "-e",
            "console.log(new URLSearchParams({p:process.env.V}).toString())",
        ],
    ),
    (
        "node",
        &[
            "-e",
            "const u=new URL('https://h/'); u.username='u'; u.password=process.env.V; console.log(u.href)",
        ],
    ),
    (
        "node",
        &[
            "-e",
            "console.log(require('querystring').escape(process.env.V))",
        ],
    ),
    (
        "node",
        &[
            "-e",
            "console.log(JSON.stringify(Buffer.from(process.env.V)))",
        ],
    ),
    ("node", &["-e", "console.log(Buffer.from(process.env.V))"]),
    (
        "node",
        &[
            "-e",
            "console.log(Buffer.from('a:'+process.env.V).toString('base64url'))",
        ],
    ),
    ("jq", &["-n", "env.V"]),
    ("jq", &["-n", "-a", "env.V"]),
    ("jq", &["-n", "env.V|tojson|tojson"]),
    ("jq", &["-n", "-r", "[env.V]|@sh"]),
    ("jq", &["-n", "[env.V]|@sh"]),
    ("jq", &["-n", "-r", "env.V|@html"]),
    ("jq", &["-n", "-r", "env.V|@uri"]),
    ("jq", &["-n", "-r", "[env.V]|@csv"]),
    ("jq", &["-n", "[env.V]|@csv"]),
    ("jq", &["-n", "-r", "env.V|@base64"]),
    ("jq", &["-n", "-r", "env.V|@base32"]),
    ("perl", &["-e", "print quotemeta $ENV{V}"]),
    ("perl", &["-MData::Dumper", "-e", "print Dumper $ENV{V}"]),
    (
        "perl",
        &[
            "-MData::Dumper",
            "-e",
            "$Data::Dumper::Useqq=1; print Dumper $ENV{V}",
        ],
    ),
    ("perl", &["-e", "print pack 'u', $ENV{V}"]),
    (
        "perl",
        &["-MMIME::QuotedPrint", "-e", "print encode_qp $ENV{V}"],
    ),
    (
        "perl",
        &[
            "-e",
            "($x=$ENV{V}) =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge; print $x",
        ],
    ),
    (
        "perl",
        &[
            "-e",
            "($x=$ENV{V}) =~ s/([^A-Za-z0-9_])/sprintf '\\\\%03o', ord $1/ge; print $x",
        ],
    ),
    ("sqlite3", &[":memory:", ".mode insert", "select $V"]),
    ("sqlite3", &[":memory:", ".mode quote", "select $V"]),
    ("sqlite3", &[":memory:", ".mode csv", "select $V"]),
    ("sqlite3", &[":memory:", ".mode json", "select $V"]),
    ("sqlite3", &[":memory:", ".mode tcl", "select $V"]),
    ("sqlite3", &[":memory:", ".mode html", "select $V"]),
    ("sh", &["-c", "printf %s \"$V\" | base32"]),
    ("sh", &["-c", "printf %s \"$V\" | base64 -w 11"]),
    ("sh", &["-c", "printf %s \"$V\" | od -An -v -w64 -tx1"]),
    ("sh", &["-c", "printf %s \"$V\" | od -An -v -w64 -tu1"]),
    ("xxd", &["-c", "64"]),
    ("xxd", &["-p", "-c", "64"]),
    ("xxd", &["-i"]),
];

/// What no program here writes: Go, Java, PHP, .NET, browsers, systemd. Established by their sources.
const WRITTEN: &[&str] = &[
    "p4$$w&#39;rd&#34;x\\y&amp;z",
    "p4$$w&#039;rd&#034;x\\y&amp;z",
    "p4$$w&#039;rd&quot;x\\y&amp;z",
    "p4$$w&apos;rd&quot;x\\y&amp;z",
    "p4$$w&#x27;rd&quot;x\\y&amp;z",
    "p4$$w'rd&quot;x\\y&amp;z",
    "p4$$w'rd\"x\\y&amp;z",
    "p4$$w'rd\\\"x\\\\y\\u0026z",
    "p4$$w\\u0027rd\\\"x\\\\y\\u0026z",
    "p4$$w\\u0027rd\\u0022x\\\\y\\u0026z",
    "p4$$$$w'rd\"x\\y&z",
    "p4$$$$w'rd\\\"x\\\\y&z",
    "p4\\x24\\x24w\\x27rd\\x22x\\x5cy\\x26z",
    "p4\\044\\044w\\047rd\\042x\\134y\\046z",
    "\\u0070\\u0034\\u0024\\u0024\\u0077\\u0027\\u0072\\u0064\\u0022\\u0078\\u005C\\u0079\\u0026\\u007A",
    "\\\"p4\\\\$\\\\$w'rd\\\\\\\"x\\\\\\\\y&z\\\"",
    "p4%24%24w%27rd%22x%5Cy%26z",
    "p4$$w%27rd%22x%5cy%26z",
    "p4$$w''rd\"x\\y&z",
    "p4$$w''rd\\\"x\\\\y&z",
    "p4$$w'rd\"\"x\\y&z",
    "p4\\$\\$w\\'rd\\\"x\\\\y\\&z",
    "p4\\$\\$w'rd\\\"x\\\\y&z",
    "p4$$w'\\''rd\"x\\y&z",
    "p4$$w'\"'\"'rd\"x\\y&z",
    "p4$$w'rd^\"x\\y^&z",
];

fn run(program: &str, arguments: &[&str], value: &str) -> Option<Vec<u8>> {
    let quoted = format!("'{}'", value.replace('\'', "''"));
    let arguments = arguments.iter().map(|argument| match program {
        "sqlite3" => argument.replace("$V", &quoted),
        "printf" => argument.replace("$V", value),
        _ => (*argument).to_owned(),
    });
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH")?)
        .env("HOME", std::env::var_os("HOME").unwrap_or_default())
        .env("LC_ALL", "C.UTF-8")
        .env("V", value)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    if program == "xxd" {
        input.write_all(value.as_bytes()).ok()?;
    }
    drop(input);
    let output = child.wait_with_output().ok()?;
    (output.status.success() && !output.stdout.is_empty()).then_some(output.stdout)
}

/// Which of the files hold the value, as the scan says.
fn found(value: &str, files: &[(String, Vec<u8>)]) -> Vec<(String, &'static str)> {
    let mut layer = Layer::new();
    for (index, (_, content)) in files.iter().enumerate() {
        layer.add(&format!("file{index}"), content);
    }
    let report = scan(
        &Fixture::new([layer.build()]).oci_archive(),
        &[secret(value)],
    );
    assert!(report.incomplete.is_empty(), "{}", report.human());
    let whole = report
        .findings
        .iter()
        .filter(|one| one.matched == Match::Whole);
    whole
        .map(|one| (one.path.clone(), *one.encodings.last().unwrap()))
        .collect()
}

#[track_caller]
fn check(value: &str, files: &[(String, Vec<u8>)]) {
    let found = found(value, files);
    let mut missed = Vec::new();
    for (index, (name, content)) in files.iter().enumerate() {
        let path = format!("file{index}");
        match found.iter().find(|(found, _)| *found == path) {
            Some((_, encoding)) => eprintln!("{encoding:22} {name}"),
            None => missed.push(format!("{name}\n    {}", String::from_utf8_lossy(content))),
        }
    }
    assert!(missed.is_empty(), "{value}: {}", missed.join("\n"));
}

#[test]
fn what_programs_write_is_found() {
    for value in VALUES {
        let mut files = Vec::new();
        for (program, arguments) in PROGRAMS {
            let name = format!("{program} {}", arguments.join(" "));
            match run(program, arguments, value) {
                Some(output) => files.push((name, output)),
                None => {
                    eprintln!("not run here: {name}");
                    let is_in_ci = ["bash", "dash", "sh", "python3", "perl"].contains(program);
                    let must = std::env::var_os("CI").is_some_and(|ci| ci == "true");
                    assert!(!(is_in_ci && must), "{name}");
                }
            }
        }
        assert!(files.len() > 40, "{}", files.len());
        check(value, &files);
    }
}

#[test]
fn what_other_programs_write_is_found() {
    let value = VALUES[0];
    let mut files: Vec<(String, Vec<u8>)> = WRITTEN
        .iter()
        .map(|text| ((*text).to_owned(), format!("x={text};").into_bytes()))
        .collect();
    // Of Rust itself.
    files.push(("Debug".to_owned(), format!("{value:?}").into_bytes()));
    files.push((
        "Debug of Debug".to_owned(),
        format!("{:?}", format!("{value:?}")).into_bytes(),
    ));
    files.push((
        "escape_default".to_owned(),
        value.escape_default().to_string().into_bytes(),
    ));
    files.push((
        "escape_unicode".to_owned(),
        value.escape_unicode().to_string().into_bytes(),
    ));
    files.push((
        "base64 of JSON".to_owned(),
        base64(format!("{{\"a\":{value:?}}}").as_bytes()).into_bytes(),
    ));
    check(value, &files);
}

#[test]
fn what_only_looks_like_a_spelling_is_not_found() {
    // Twins: one character differs.
    let value = VALUES[0];
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for text in WRITTEN {
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'w' || byte == b'y' {
                let mut twin = text.as_bytes().to_vec();
                twin[at] = b'q';
                files.push((String::from_utf8_lossy(&twin).into_owned(), twin));
            }
        }
    }
    assert!(files.len() > 40);
    assert_eq!(found(value, &files), []);
}

#[test]
fn every_mixture_with_an_anchor_is_found() {
    // Each punctuation character in one of its forms, by turns; the run of letters is the anchor.
    let value = "ab$c'd\"xyz\\e&f%g";
    let forms: &[&[&str]] = &[
        &["$", "\\$", "$$", "%24", "\\x24", "&#36;"],
        &["'", "'\\''", "''", "\\'", "&#39;", "%27", "\\u0027"],
        &["\"", "\\\"", "\"\"", "&quot;", "&#x22;", "%22"],
        &["\\", "\\\\", "%5c", "%5C", "\\u005C"],
        &["&", "&amp;", "\\u0026", "%26", "\\&"],
        &["%", "%%", "%25", "=25"],
    ];
    let mut files = Vec::new();
    for turn in 0..400_usize {
        let mut rest = turn.wrapping_mul(0x9e37_79b1) >> 3;
        let mut text = String::from(">>");
        for character in value.chars() {
            let known = forms.iter().find(|forms| forms[0] == character.to_string());
            match known {
                Some(forms) => {
                    text += forms[rest % forms.len()];
                    rest /= forms.len();
                }
                None => text.push(character),
            }
        }
        text += "<<";
        files.push((text.clone(), text.into_bytes()));
    }
    check(value, &files);
    let other = found("ab$c'd\"xyz\\e&f%h", &files);
    assert_eq!(other, []);
}

#[test]
fn a_value_of_unusual_bytes_or_size() {
    let check = |value: &[u8], content: &[u8], verdict: Verdict| {
        let layer = Layer::new().file("file", content).build();
        let secret = dockerfile_dsl_verify::Secret::new("s", value).unwrap();
        let report = scan(&Fixture::new([layer]).oci_archive(), &[secret]);
        assert_eq!(report.verdict(), verdict, "{}", report.human());
    };
    check(b"", b"x", Verdict::Incomplete);
    check(b"a'b", b"a'b", Verdict::Incomplete);
    // Latin-1, which is no UTF-8.
    let latin = b"p\xe4ssw\xf6rd'x\"1";
    check(latin, b"p\\xe4ssw\\xf6rd'x\\\"1", Verdict::Leaked);
    check(latin, b"p\\344ssw\\366rd\\'x\"1", Verdict::Leaked);
    check(latin, b"p%E4ssw%F6rd%27x%221", Verdict::Leaked);
    check(latin, base64(latin).as_bytes(), Verdict::Leaked);
    check(latin, b"passw0rd", Verdict::Clean);
    // As large as BuildKit takes them.
    let large: Vec<u8> = (0..125_000_u32)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    assert_eq!(large.len(), 500_000);
    check(&large, &gzip(&large), Verdict::Leaked);
    check(&large, b"nothing", Verdict::Clean);
}
