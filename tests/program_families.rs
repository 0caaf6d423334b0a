//! Scripts as people write them, family by family: leaks, and honest ones beside them. Unlike `data/cases`, these were not executed:
//! their programs need a network or are not packaged; the verdicts follow from the executed cases of the same rows.

use dockerfile_dsl_analysis::{Channel, Severity, check::check_file, dockerfile};

/// The worst channel of the findings for a script that has the secret at `/run/secrets/tok`; `clean` without any.
#[track_caller]
fn check(script: &str, expected: &str) {
    let is_bash = ["[[", "pipefail", "<("]
        .iter()
        .any(|mark| script.contains(mark));
    let shell = if is_bash {
        "SHELL [\"/bin/bash\", \"-c\"]\n"
    } else {
        ""
    };
    let text = format!(
        "FROM x\n{shell}RUN --mount=type=secret,id=tok,required=true <<'END'\n{script}\nEND\n"
    );
    let file = dockerfile::read(&text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    let findings = check_file(&file);
    let has = |channel: Channel| {
        findings.iter().any(|finding| {
            let counts = finding.severity == Severity::Error || channel == Channel::Opaque;
            finding.channel == channel && counts
        })
    };
    let worst = [Channel::Layer, Channel::Log, Channel::Opaque]
        .into_iter()
        .find(|channel| has(*channel));
    assert_eq!(
        worst.map_or("clean", Channel::name),
        expected,
        "{script}\n{findings:#?}"
    );
}

#[test]
fn files() {
    check("install -Dm600 <(cat /run/secrets/tok) /etc/key", "layer");
    check(
        "cat /run/secrets/tok | install /dev/stdin /etc/key",
        "layer",
    );
    check(
        "cp --no-dereference --reflink=auto /run/secrets/tok /etc/k",
        "layer",
    );
    check(
        r#"cd /run/secrets; for f in *; do cp "$f" "/etc/$f"; done"#,
        "layer",
    );
    check(
        "ls /run/secrets | xargs -I% cp /run/secrets/% /etc/",
        "layer",
    );
    check("cat /run/secrets/* > /etc/all", "layer");
    check("rsync -a /run/secrets/ /etc/s/", "layer");
    check("dd if=/run/secrets/tok | dd of=/etc/k", "layer");
    check("sort /run/secrets/tok -o /etc/k", "layer");
    check("split -l 1 /run/secrets/tok /etc/k.", "layer");
    check("tee < /run/secrets/tok /etc/k > /dev/null", "layer");
    check(
        "ln -f /run/secrets/tok /etc/k || cp /run/secrets/tok /etc/k",
        "layer",
    );
    check(
        "mv /etc/a /etc/b; cat /run/secrets/tok > /etc/a; mv /etc/a /etc/c; rm -f /etc/a",
        "layer",
    );
    check(
        "exec 5>/etc/k; cat /run/secrets/tok >&5; exec 5>&-",
        "layer",
    );
    check("install -b -m 600 /run/secrets/tok /etc/k", "layer");
    check("sort -u -o /etc/k < /run/secrets/tok", "layer");
    check(
        "truncate -s 10 /etc/k; cat /run/secrets/tok > /etc/k; truncate -s -1 /etc/k",
        "layer",
    );
    check(
        "rsync --remove-source-files -a /run/secrets/tok /etc/k || true",
        "layer",
    );
}

#[test]
fn text() {
    check("awk 1 /run/secrets/tok > /etc/key", "layer");
    check(
        r#"awk '{ cmd="cat >/etc/k"; print | cmd }' /run/secrets/tok"#,
        "log",
    );
    check("sed '' /run/secrets/tok > /etc/key", "layer");
    check(
        "sed -ne p -e 'w /etc/key' < /run/secrets/tok >/dev/null",
        "layer",
    );
    check("grep -h '' /run/secrets/tok > /etc/key", "layer");
    check("paste -s /run/secrets/tok > /etc/k", "layer");
    check(
        "export T=$(cat /run/secrets/tok); envsubst < /etc/tpl > /etc/conf",
        "layer",
    );
    check(
        "export T=$(cat /run/secrets/tok); envsubst '$A $T' < /etc/tpl > /etc/conf",
        "layer",
    );
    check(
        r#"jq --arg k "$(cat /run/secrets/tok)" '.k = $k' /etc/a.json > /etc/b.json"#,
        "layer",
    );
    check(
        r#"yq -i ".token = \"$(cat /run/secrets/tok)\"" /etc/a.yml"#,
        "layer",
    );
    check(
        "T=$(cat /run/secrets/tok) yq -i '.token = strenv(T)' /etc/a.yml",
        "layer",
    );
    check("comm -23 /run/secrets/tok /dev/null", "log");
    check("diff <(cat /run/secrets/tok) /dev/null", "log");
    check("column -s= -t /run/secrets/tok", "log");
    check("strings /run/secrets/tok", "log");
    check(
        r#"K=$(cat /run/secrets/tok); sed -i "/^KEY=/c\\KEY=$K" /etc/env"#,
        "layer",
    );
    check(
        r#"K=$(cat /run/secrets/tok); sed -i -e "\$aKEY=$K" /etc/env"#,
        "layer",
    );
    check(
        r#"awk -v k="$(cat /run/secrets/tok)" '{ sub("@@", k); print > FILENAME }' /etc/conf"#,
        "layer",
    );
    check(
        r#"awk 'NR==FNR{k=$0; next} {gsub("@@",k); print}' /run/secrets/tok /etc/tpl > /etc/conf"#,
        "layer",
    );
    check("uniq - /etc/k < /run/secrets/tok", "layer");
    check(
        "csplit -f /etc/p /run/secrets/tok '/x/' '{*}' || true",
        "layer",
    );
    check("jq -r '.a' /run/secrets/tok | tee /etc/a", "layer");
    check(
        "jq --slurpfile s /run/secrets/tok '. + {s:$s}' /etc/a.json > /etc/b.json",
        "layer",
    );
    check("yq e '.a' /run/secrets/tok > /etc/a", "layer");
    check(
        "printenv | grep -i tok; export T=$(cat /run/secrets/tok); printenv | sort",
        "log",
    );
}

#[test]
fn git() {
    check(
        r#"git config --global --add url."https://u:$(cat /run/secrets/tok)@h/".insteadOf ssh://git@h/"#,
        "layer",
    );
    check(
        r#"git -c user.email=a@b -c user.name=n commit --allow-empty -m "deploy $(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        r#"git clone https://h/o/r --config "http.extraheader=Authorization: $(cat /run/secrets/tok)" /src"#,
        "layer",
    );
    check(r#"git clone "$(cat /run/secrets/tok)" /src"#, "layer");
    check(
        "git clone https://u:$(cat /run/secrets/tok)@h/o/r.git; cd r; git checkout v1; rm -rf .github",
        "layer",
    );
    check(
        "git remote add origin https://$(cat /run/secrets/tok)@h/r; git fetch origin",
        "layer",
    );
    check(
        r#"git init /src; cd /src; git remote add o "https://u:$(cat /run/secrets/tok)@h/r.git" && git fetch --depth 1 o && git checkout FETCH_HEAD"#,
        "layer",
    );
    check(
        r#"printf 'https://u:%s@github.com\n' "$(cat /run/secrets/tok)" | git credential-store store"#,
        "layer",
    );
    check(
        r#"git config --global credential.helper "store --file=/root/creds"; printf 'protocol=https\nhost=h\nusername=u\npassword=%s\n' "$(cat /run/secrets/tok)" | git credential approve"#,
        "layer",
    );
    check(
        r#"npm install "git+https://u:$(cat /run/secrets/tok)@h/r.git""#,
        "layer",
    );
    check(
        r#"pip install -e "git+https://u:$(cat /run/secrets/tok)@h/r.git#egg=r""#,
        "layer",
    );
    check(
        "cargo install --git https://u:$(cat /run/secrets/tok)@h/r",
        "layer",
    );
    check(
        "composer config --global --auth github-oauth.github.com $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        r#"echo "$(cat /run/secrets/tok)" | gh auth login --with-token --hostname github.com"#,
        "layer",
    );
    check(
        r#"git config user.email "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        r#"git -C /src config remote.origin.url "https://$(cat /run/secrets/tok)@h/r""#,
        "layer",
    );
    check(
        "git config --global credential.helper store && git clone https://u:$(cat /run/secrets/tok)@h/r /r && rm -rf /r",
        "layer",
    );
    check(
        "git clone https://u:$(cat /run/secrets/tok)@h/r /r && cd /r && git submodule update --init --recursive",
        "layer",
    );
    check(
        "git clone --recurse-submodules --depth 1 https://u:$(cat /run/secrets/tok)@h/r /r && rm -rf /r/.github",
        "layer",
    );
    check(
        r#"GIT_TRACE=/var/log/git.log git -c http.extraHeader="A: $(cat /run/secrets/tok)" ls-remote https://h/r"#,
        "layer",
    );
    check(
        "GITHUB_TOKEN=$(cat /run/secrets/tok) && git clone --depth 1 --branch v1.2 https://x-access-token:${GITHUB_TOKEN}@github.com/o/r.git /tmp/r && cd /tmp/r && make install && cd / && rm -rf /tmp/r",
        "clean",
    );
    check(
        r#"set -eu; export GOPRIVATE=github.com/org; git config --global url."https://oauth2:$(cat /run/secrets/tok)@github.com/".insteadOf "https://github.com/"; go mod download; rm -f /root/.gitconfig"#,
        "clean",
    );
    check(
        r#"npm config set @org:registry https://npm.pkg.github.com && NODE_AUTH_TOKEN="$(cat /run/secrets/tok)" npm ci"#,
        "clean",
    );
    check(
        "PIP_INDEX_URL=https://__token__:$(cat /run/secrets/tok)@gitlab.example.com/api/v4/projects/1/packages/pypi/simple pip install --no-cache-dir -r requirements.txt",
        "clean",
    );
    check(
        r#"export CARGO_NET_GIT_FETCH_WITH_CLI=true; git config --global credential.helper '!f() { echo username=x; echo "password=$(cat /run/secrets/tok)"; }; f'; cargo build --release"#,
        "clean",
    );
    check(
        r#"curl -fsSL -H "Authorization: token $(cat /run/secrets/tok)" -H 'Accept: application/vnd.github.v3.raw' https://api.github.com/repos/o/r/tarball/main | tar xz --strip-components=1 -C /opt/app"#,
        "clean",
    );
    check(
        r#"TOKEN=$(cat /run/secrets/tok); ASSET=$(curl -sH "Authorization: Bearer $TOKEN" https://api.github.com/repos/o/r/releases/latest | jq -r '.assets[] | select(.name=="x") | .id'); curl -fL -H "Authorization: Bearer $TOKEN" -H 'Accept: application/octet-stream' -o /usr/local/bin/x https://api.github.com/repos/o/r/releases/assets/$ASSET && chmod +x /usr/local/bin/x"#,
        "clean",
    );
    check(
        "apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/* && test -s /run/secrets/tok",
        "clean",
    );
    check(
        r#"mkdir -p -m 0700 ~/.ssh && ssh-keyscan github.com >> ~/.ssh/known_hosts && GIT_SSH_COMMAND="ssh -i /run/secrets/tok" git clone git@github.com:o/r.git /app"#,
        "clean",
    );
    check(
        r#"eval "$(ssh-agent -s)" && ssh-add /run/secrets/tok && git clone git@github.com:o/r.git /app && ssh-agent -k"#,
        "clean",
    );
    check(
        r#"if [ -f /run/secrets/tok ]; then export TOKEN=$(cat /run/secrets/tok); else echo "no token" >&2; exit 1; fi; GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.https://github.com/.extraheader GIT_CONFIG_VALUE_0="Authorization: Bearer $TOKEN" git clone https://github.com/o/r /src"#,
        "clean",
    );
    check(
        r#"echo "//npm.pkg.github.com/:_authToken=$(cat /run/secrets/tok)" > .npmrc && pnpm install --frozen-lockfile --prod && rm -f .npmrc"#,
        "clean",
    );
    check(
        r#"printf '[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic %s\n' "$(printf 'x:%s' "$(cat /run/secrets/tok)" | base64 -w0)" > /dev/shm/gc && GIT_CONFIG_GLOBAL=/dev/shm/gc git clone https://github.com/o/r /src"#,
        "clean",
    );
    check(
        r#"apk add --no-cache --virtual .build git openssh-client && git -c http.extraHeader="PRIVATE-TOKEN: $(cat /run/secrets/tok)" clone https://gitlab/x /src && rm -rf /src/.git && apk del .build"#,
        "clean",
    );
    check(
        r#"export GITHUB_PAT="$(cat /run/secrets/tok)"; Rscript -e 'remotes::install_github("org/pkg")'"#,
        "clean",
    );
    check(
        r#"set -o pipefail && wget -qO- --header "PRIVATE-TOKEN: $(cat /run/secrets/tok)" "https://gitlab.com/api/v4/projects/1/repository/archive.tar.gz?sha=main" | tar -xz --strip-components 1"#,
        "clean",
    );
}

#[test]
fn node() {
    check(
        r#"node -e "console.log(process.argv[1])" "$(cat /run/secrets/tok)""#,
        "opaque",
    );
    check(
        r#"npm set "//r/:_authToken=$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        r#"npm install --registry="https://u:$(cat /run/secrets/tok)@r/""#,
        "layer",
    );
    check(
        r#"NPM_CONFIG_LOGLEVEL=silly npm ci "--//r/:_authToken=$(cat /run/secrets/tok)" --logs-dir=/dev/shm"#,
        "log",
    );
    check(
        r#"yarn config set npmAuthToken "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        "pnpm config set //r/:_authToken=$(cat /run/secrets/tok)",
        "layer",
    );
    check("node --env-file=/run/secrets/tok build.js", "opaque");
    check("npx dotenv -e /run/secrets/tok -- npm run build", "opaque");
    check(
        r#"npm config set _authToken "$(cat /run/secrets/tok)" --location=project"#,
        "layer",
    );
    check(
        "npm config set //r/:_authToken=$(cat /run/secrets/tok) && npm ci && npm config delete //r/:_authToken",
        "layer",
    );
    check(
        r#"echo "//r/:_authToken=$(cat /run/secrets/tok)" >> ~/.npmrc; npm ci; npm logout"#,
        "layer",
    );
    check(
        r#"printf '//r/:_authToken=%s' "$(cat /run/secrets/tok)" > .npmrc && npm ci && rm -f ~/.npmrc"#,
        "layer",
    );
    check(
        "cp /run/secrets/tok .env && npm run build && rm .env.local",
        "layer",
    );
    check(
        "export NPM_TOKEN=$(cat /run/secrets/tok) && npm ci --omit=dev --ignore-scripts --no-audit --prefer-offline && npm cache clean --force",
        "clean",
    );
    check(
        "NODE_AUTH_TOKEN=$(cat /run/secrets/tok) yarn install --frozen-lockfile --production --network-timeout 100000",
        "clean",
    );
    check(
        "export SENTRY_AUTH_TOKEN=$(cat /run/secrets/tok); npx sentry-cli releases new 1.0 && npx sentry-cli releases files 1.0 upload-sourcemaps dist",
        "clean",
    );
    check(
        "export $(cat /run/secrets/tok | xargs) && npm run build",
        "clean",
    );
}

#[test]
fn python() {
    check(
        r#"export T=$(cat /run/secrets/tok); python3 -c "import app; app.main()""#,
        "opaque",
    );
    check(
        r#"python3 -c "import shutil; shutil.copy('/run/secrets/tok', '/etc/k')""#,
        "opaque",
    );
    check(
        r#"python3 - "$(cat /run/secrets/tok)" <<'PY'
import sys
print(sys.argv[1], file=open('/etc/k','w'))
PY"#,
        "opaque",
    );
    check(
        r#"pip install "https://$(cat /run/secrets/tok):x@h/p.whl""#,
        "log",
    );
    check(
        "pip config set --site global.index-url https://u:$(cat /run/secrets/tok)@h/simple",
        "layer",
    );
    check(
        "poetry config http-basic.a u $(cat /run/secrets/tok) && poetry install && rm -rf ~/.cache/pypoetry",
        "layer",
    );
    check(
        "conda config --add channels https://h/t/$(cat /run/secrets/tok)/main",
        "layer",
    );
    check(
        "huggingface-cli login --token $(cat /run/secrets/tok) && huggingface-cli download x",
        "layer",
    );
    check("wandb login --relogin $(cat /run/secrets/tok)", "layer");
    check(
        "uv add --index https://u:$(cat /run/secrets/tok)@h/simple x",
        "layer",
    );
    check(
        "uv pip compile req.in --index-url https://u:$(cat /run/secrets/tok)@h/simple --emit-index-url -o req.txt",
        "layer",
    );
    check(
        "pipenv install --index https://u:$(cat /run/secrets/tok)@h/simple x",
        "layer",
    );
    check("python3 /run/secrets/tok", "opaque");
    check(
        r#"pip install --extra-index-url "https://$(cat /run/secrets/tok):@h/simple" x"#,
        "log",
    );
    check(
        "pip install --log /var/log/pip.log --index-url https://$(cat /run/secrets/tok):x@h/simple x -q",
        "layer",
    );
    check(
        "python3 -m pip config set global.extra-index-url https://u:$(cat /run/secrets/tok)@h/",
        "layer",
    );
    check(
        r#"python -c "import os; open('/etc/k','w').write(open('/run/secrets/tok').read())""#,
        "opaque",
    );
    check(
        r#"TOK=$(cat /run/secrets/tok) python3 -c "import os; print(os.environ['TOK'])""#,
        "opaque",
    );
    check(
        r#"uv auth login h --token "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        "uv tool install --index https://u:$(cat /run/secrets/tok)@h/ x",
        "layer",
    );
    check(
        "poetry source add p https://u:$(cat /run/secrets/tok)@h/simple",
        "layer",
    );
    check(
        "HUGGING_FACE_HUB_TOKEN=$(cat /run/secrets/tok) python download_model.py",
        "opaque",
    );
    check(
        r#"export PIP_EXTRA_INDEX_URL="https://user:$(cat /run/secrets/tok)@pypi.example.com/simple" && pip install --no-cache-dir -r requirements.txt"#,
        "clean",
    );
    check(
        "poetry config virtualenvs.create false && POETRY_HTTP_BASIC_PRIVATE_USERNAME=u POETRY_HTTP_BASIC_PRIVATE_PASSWORD=$(cat /run/secrets/tok) poetry install --no-interaction --no-ansi --only main",
        "clean",
    );
    check(
        r#"export UV_INDEX_PRIVATE_USERNAME=u UV_INDEX_PRIVATE_PASSWORD="$(cat /run/secrets/tok)"; uv sync --frozen --no-dev --no-install-project"#,
        "clean",
    );
    check(
        "HF_TOKEN=$(cat /run/secrets/tok) huggingface-cli download meta-llama/x --local-dir /models/x",
        "clean",
    );
    check(
        r#"HF_TOKEN="$(cat /run/secrets/tok)" python -c "from huggingface_hub import snapshot_download; snapshot_download('org/model', local_dir='/models')""#,
        "clean",
    );
    check(
        "cp /run/secrets/tok ~/.netrc && chmod 600 ~/.netrc && pip install -r requirements.txt && rm -f ~/.netrc",
        "clean",
    );
    check(
        r#"set -euo pipefail; TOKEN="$(tr -d '[:space:]' < /run/secrets/tok)"; if [[ -z "$TOKEN" ]]; then echo "empty token"; exit 1; fi; curl --fail --silent --show-error --location --oauth2-bearer "$TOKEN" --output /tmp/a.zip https://h/a.zip; unzip -q /tmp/a.zip -d /opt; rm /tmp/a.zip"#,
        "clean",
    );
    check(
        "gcloud --version; GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/tok python -m pip install --index-url https://europe-python.pkg.dev/p/simple keyrings.google-artifactregistry-auth",
        "clean",
    );
}

#[test]
fn languages() {
    check("cargo login --registry r $(cat /run/secrets/tok)", "layer");
    check(
        "go env -w GONOSUMDB=h GOPROXY=https://u:$(cat /run/secrets/tok)@p",
        "layer",
    );
    check(
        "dotnet nuget add source --username u --password $(cat /run/secrets/tok) --store-password-in-clear-text --name g https://h/index.json",
        "layer",
    );
    check(
        "composer config http-basic.h u $(cat /run/secrets/tok) && composer install",
        "layer",
    );
    check("bundle config h u:$(cat /run/secrets/tok)", "layer");
    check("mvn -X -Dtoken=$(cat /run/secrets/tok) package", "log");
    check(
        "mix hex.organization auth acme --key $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "gem sources --add https://u:$(cat /run/secrets/tok)@h/",
        "layer",
    );
    check(
        "dotnet nuget update source g --password $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "nuget sources add -Name g -Source https://h -UserName u -Password $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "mvn -s settings.xml -Dtoken=$(cat /run/secrets/tok) help:effective-pom",
        "log",
    );
    check(
        r#"CARGO_REGISTRIES_ORG_TOKEN="Bearer $(cat /run/secrets/tok)" cargo build --release --locked"#,
        "clean",
    );
    check(
        r#"BUNDLE_GITHUB__COM="x-access-token:$(cat /run/secrets/tok)" bundle install --jobs 4 --retry 3 && rm -rf ~/.bundle/cache"#,
        "clean",
    );
    check(
        r#"COMPOSER_AUTH="$(cat /run/secrets/tok)" composer install --no-dev --no-scripts --prefer-dist --optimize-autoloader --no-interaction"#,
        "clean",
    );
    check(
        "mvn -B -ntp -s /run/secrets/tok -DskipTests package",
        "clean",
    );
    check(
        "GITHUB_ACTOR=u GITHUB_TOKEN=$(cat /run/secrets/tok) ./gradlew --no-daemon -x test bootJar",
        "clean",
    );
    check(
        "dotnet restore --configfile /run/secrets/tok && dotnet publish -c Release -o /app --no-restore",
        "clean",
    );
    check(
        r#"NUGET_AUTH_TOKEN=$(cat /run/secrets/tok) dotnet restore "App/App.csproj""#,
        "clean",
    );
    check(
        "trap 'shred -u ~/.netrc 2>/dev/null || rm -f ~/.netrc' EXIT; cat /run/secrets/tok > ~/.netrc; go mod download",
        "clean",
    );
    check(
        "gem install bundler && bundle config set --local without 'development test' && BUNDLE_RUBYGEMS__PKG__GITHUB__COM=$(cat /run/secrets/tok) bundle install",
        "clean",
    );
    check(
        r#"php -d memory_limit=-1 /usr/bin/composer install --no-dev
test -s /run/secrets/tok"#,
        "clean",
    );
}

#[test]
fn network() {
    check(
        "curl -sS --trace-ascii /dev/stdout -u u:$(cat /run/secrets/tok) https://h/ -o /dev/null",
        "log",
    );
    check(
        r#"curl --verbose -sS -H "A: $(cat /run/secrets/tok)" https://h/ -o /dev/null"#,
        "log",
    );
    check(
        r#"curl -sSL "https://h/a?token=$(cat /run/secrets/tok)" -OJ"#,
        "layer",
    );
    check(
        r#"curl -w '%{url}\n' -so /dev/null "https://h/?t=$(cat /run/secrets/tok)""#,
        "log",
    );
    check(r#"wget "https://u:p@h/$(cat /run/secrets/tok)/f""#, "layer");
    check(
        r#"wget -nv --header "A: $(cat /run/secrets/tok)" -O /x "https://h/f?k=$(cat /run/secrets/tok)""#,
        "log",
    );
    check(
        "ssh-keygen -y -f /run/secrets/tok > /dev/null; cp /run/secrets/tok /root/.ssh/id",
        "layer",
    );
    check(
        r#"curl -sS https://h/x -H "A: $(cat /run/secrets/tok)" --trace-time --trace /t -o /dev/null"#,
        "layer",
    );
    check("curl -sS -K /run/secrets/tok -v https://h/", "log");
    check(
        r#"curl -sSo "/opt/$(cat /run/secrets/tok).jar" https://h/x"#,
        "layer",
    );
    check(
        r#"wget --debug --header="A: $(cat /run/secrets/tok)" https://h/x -O /x"#,
        "log",
    );
    check(
        "ssh-keygen -p -N '' -f /run/secrets/tok; cat /run/secrets/tok >> ~/.ssh/id_rsa",
        "layer",
    );
    check(
        r#"wget --header="Authorization: Bearer $(cat /run/secrets/tok)" -qO- https://h/x.tar.gz | tar -xzC /opt"#,
        "clean",
    );
    check(
        r#"for i in 1 2 3; do curl -fsS -u "user:$(cat /run/secrets/tok)" -o /opt/x.jar https://nexus/x.jar && break || sleep 5; done"#,
        "clean",
    );
    check(
        r#"while ! curl -sf -H "Authorization: Bearer $(cat /run/secrets/tok)" https://h/health; do sleep 1; done; echo up"#,
        "clean",
    );
}

#[test]
fn crypto() {
    check(
        "openssl rsa -in /run/secrets/tok -out /etc/key.pem",
        "layer",
    );
    check(
        "openssl enc -base64 -in /run/secrets/tok -out /etc/k",
        "layer",
    );
    check("gpg --batch --yes --import < /run/secrets/tok", "layer");
    check("cat /run/secrets/tok | gpg --import -", "layer");
    check(
        r#"usermod --password "$(cat /run/secrets/tok)" root"#,
        "layer",
    );
    check(
        "cp /run/secrets/tok /tmp/k; openssl rsa -in /tmp/k -pubout -out /etc/pub.pem",
        "layer",
    );
    check(
        r#"printf '%s' "$(cat /run/secrets/tok)" | openssl dgst -sha256 -hmac k -out /etc/x; cat /run/secrets/tok | base64 | tee /etc/b"#,
        "layer",
    );
    check(
        "openssl pkcs8 -topk8 -nocrypt -in /run/secrets/tok -out /etc/k8",
        "layer",
    );
    check(
        "openssl x509 -in /run/secrets/tok -out /etc/cert.pem",
        "layer",
    );
    check(
        "gpg --batch --passphrase x -c --output /etc/k.gpg /run/secrets/tok",
        "layer",
    );
    check(
        "gpg --batch --import /run/secrets/tok && rm -f /run/secrets/tok || true",
        "layer",
    );
    check(r#"useradd -m -p "$(cat /run/secrets/tok)" u"#, "layer");
    check(
        r#"echo "u:$(cat /run/secrets/tok)" | chpasswd --encrypted"#,
        "layer",
    );
    check(r#"useradd "$(cat /run/secrets/tok)""#, "layer");
    check(
        "openssl aes-256-cbc -d -pbkdf2 -pass file:/run/secrets/tok -in secrets.enc -out /dev/shm/x && test -s /dev/shm/x",
        "clean",
    );
    check(
        r#"useradd -m app && echo "app:$(cat /run/secrets/tok)" | chpasswd"#,
        "clean",
    );
}

#[test]
fn cloud() {
    check(
        r#"echo "$(cat /run/secrets/tok)" | docker login ghcr.io -u u --password-stdin"#,
        "layer",
    );
    check(
        r#"aws configure set default.aws_secret_access_key "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check("gcloud auth login --cred-file=/run/secrets/tok", "layer");
    check(
        r#"mkdir -p /root/.docker; jq -n --arg a "$(printf 'u:%s' "$(cat /run/secrets/tok)" | base64)" '{auths:{h:{auth:$a}}}' > /root/.docker/config.json"#,
        "layer",
    );
    check(
        "kubectl config set-credentials u --token=$(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "helm registry login -u u -p $(cat /run/secrets/tok) r",
        "layer",
    );
    check(
        "docker build --build-arg T=$(cat /run/secrets/tok) .",
        "opaque",
    );
    check(
        "terraform apply -var token=$(cat /run/secrets/tok)",
        "opaque",
    );
    check(
        "ansible-vault decrypt --vault-password-file /run/secrets/tok x.yml",
        "opaque",
    );
    check(
        r#"docker login -u u --password "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        "gh auth login --with-token < /run/secrets/tok && gh repo clone o/r",
        "layer",
    );
    check(
        "export AWS_SECRET_ACCESS_KEY=$(cat /run/secrets/tok); aws configure export-credentials",
        "log",
    );
    check(
        r#"aws configure set profile.x.aws_secret_access_key "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        "aws configure set region eu-west-1 && AWS_SHARED_CREDENTIALS_FILE=/run/secrets/tok aws s3 cp s3://b/model.bin /models/model.bin --no-progress",
        "clean",
    );
    check(
        "export AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=$(cat /run/secrets/tok) && aws s3 sync s3://b/models /models --only-show-errors && aws codeartifact get-authorization-token --domain d --query authorizationToken --output text > /dev/null",
        "clean",
    );
    check(
        "docker --version; crane --version; DOCKER_CONFIG=/run/secrets crane export reg/x:1 - | tar x -C /opt",
        "clean",
    );
    check(
        "TF_TOKEN_app_terraform_io=$(cat /run/secrets/tok) terraform init -backend=false",
        "clean",
    );
    check(
        "VAULT_TOKEN=$(cat /run/secrets/tok) vault kv get -field=cert secret/x > /etc/ssl/cert.pem",
        "clean",
    );
}

#[test]
fn archives() {
    check(
        "(cd /run/secrets && tar c tok) | (cd /etc && tar x)",
        "layer",
    );
    check("zip -r /a.zip /run/secrets", "layer");
    check("tar -czf /a.tgz /run/secrets /etc/hostname", "layer");
    check("gzip -9 < /run/secrets/tok | base64 > /etc/k", "layer");
    check("tar -C /run -cf - secrets | gzip > /a.tgz", "layer");
    check(
        "tar --create --file=/a.tar --directory=/run/secrets tok",
        "layer",
    );
    check("tar cfz /a.tgz /run/secrets", "layer");
    check("find /run/secrets -type f | xargs tar cf /a.tar", "layer");
    check("zip -e -P x /a.zip /run/secrets/tok", "layer");
    check("7z a -px /a.7z /run/secrets/tok", "layer");
    check("xz -k -c /run/secrets/tok > /etc/k.xz", "layer");
    check("busybox tar cf /a.tar /run/secrets", "layer");
}

#[test]
fn others() {
    check(
        r#"find /run/secrets -maxdepth 1 -mindepth 1 | while read -r f; do cat "$f" >> /etc/all; done"#,
        "layer",
    );
    check(
        r#"sudo sh -c "echo $(cat /run/secrets/tok) > /etc/k""#,
        "layer",
    );
    check("xargs -a /run/secrets/tok -n1 echo", "log");
    check(
        "timeout 10 sh -c 'cat /run/secrets/tok | tee /etc/k'",
        "layer",
    );
    check("perl -ne 'print' /run/secrets/tok > /etc/k", "layer");
    check(
        r#"ruby -e 'puts ENV["T"]'; T=$(cat /run/secrets/tok) ruby -e 'puts ENV["T"]'"#,
        "opaque",
    );
    check(r#"date -d "$(cat /run/secrets/tok)" || true"#, "log");
    check(
        r#"numfmt --to=iec "$(cat /run/secrets/tok)" || true"#,
        "log",
    );
    check(
        "mysql_config_editor set --password $(cat /run/secrets/tok)",
        "opaque",
    );
    check(
        r#"echo "machine h login u password $(cat /run/secrets/tok)" | tee ~/.netrc"#,
        "layer",
    );
    check(r#"bash -c "$(cat /run/secrets/tok)""#, "opaque");
    check("sh /run/secrets/tok", "opaque");
    check("make TOKEN=$(cat /run/secrets/tok)", "opaque");
    check("script -c 'cat /run/secrets/tok' /etc/log", "layer");
    check("cat /run/secrets/tok > /proc/self/cwd/x", "layer");
    check(
        "cd /srv && cat /run/secrets/tok | tee -a log | wc -c",
        "layer",
    );
    check(
        "find / -name tok -path '*secrets*' -exec cp {} /etc/ ';'",
        "layer",
    );
    check(
        r#"find /run/secrets -type f -exec sh -c 'for f; do cat "$f"; done' sh {} +"#,
        "log",
    );
    check(r#"xargs -I X printf '%s\n' X < /run/secrets/tok"#, "log");
    check("cat /run/secrets/tok | xargs echo token:", "log");
    check(
        "mkdir -p ~/.kube && base64 -d /run/secrets/tok > ~/.kube/config",
        "layer",
    );
    check(
        "sudo -E env > /etc/e; export T=$(cat /run/secrets/tok); sudo -E env > /etc/e",
        "layer",
    );
    check(
        "export T=$(cat /run/secrets/tok); su -p -c 'env' root > /etc/e",
        "layer",
    );
    check(
        "export T=$(cat /run/secrets/tok); env -u HOME printenv > /etc/e",
        "layer",
    );
    check("T=$(cat /run/secrets/tok) nohup env > /etc/e", "layer");
    check(r#"T=$(cat /run/secrets/tok); mkdir -p "/opt/$T""#, "layer");
    check(r#"logger -s "tok $(cat /run/secrets/tok)""#, "log");
    check(
        r#"perl -e 'open F,"/run/secrets/tok"; print <F>'"#,
        "opaque",
    );
    check(
        "ps auxe; export T=$(cat /run/secrets/tok); ps auxe",
        "opaque",
    );
    check("strace -f cat /run/secrets/tok", "opaque");
    check(
        r#"php -r 'echo file_get_contents("/run/secrets/tok");'"#,
        "opaque",
    );
}
