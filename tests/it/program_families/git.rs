//! git, with its configuration and its helpers.

use super::*;

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
        "git clone https://u:$(cat /run/secrets/tok)@h/o/r.git; cd r; git checkout v1; rm -rf \
         .github",
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
        "git config --global credential.helper store && git clone https://u:$(cat \
         /run/secrets/tok)@h/r /r && rm -rf /r",
        "layer",
    );
    check(
        "git clone https://u:$(cat /run/secrets/tok)@h/r /r && cd /r && git submodule update \
         --init --recursive",
        "layer",
    );
    check(
        "git clone --recurse-submodules --depth 1 https://u:$(cat /run/secrets/tok)@h/r /r && rm \
         -rf /r/.github",
        "layer",
    );
    check(
        r#"GIT_TRACE=/var/log/git.log git -c http.extraHeader="A: $(cat /run/secrets/tok)" ls-remote https://h/r"#,
        "layer",
    );
    check(
        "GITHUB_TOKEN=$(cat /run/secrets/tok) && git clone --depth 1 --branch v1.2 \
         https://x-access-token:${GITHUB_TOKEN}@github.com/o/r.git /tmp/r && cd /tmp/r && make \
         install && cd / && rm -rf /tmp/r",
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
        "PIP_INDEX_URL=https://__token__:$(cat \
         /run/secrets/tok)@gitlab.example.com/api/v4/projects/1/packages/pypi/simple pip install \
         --no-cache-dir -r requirements.txt",
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
        "apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm \
         -rf /var/lib/apt/lists/* && test -s /run/secrets/tok",
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
