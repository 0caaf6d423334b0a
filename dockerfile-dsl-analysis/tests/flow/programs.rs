//! Programs that receive a secret, in realistic scripts.

use super::*;

#[test]
fn programs() {
    check(r#"TOKEN=$(cat /run/secrets/tok) npm ci"#, Nothing);
    check(
        r#"TOKEN=$(cat /run/secrets/tok) frobnicate"#,
        In(Channel::Opaque),
    );
    check(
        r#"curl -fsSL -H "Authorization: token $(cat /run/secrets/tok)" https://x/y -o /srv/y"#,
        Nothing,
    );
    check(
        r#"curl -v -H "Authorization: token $(cat /run/secrets/tok)" https://x/y -o /srv/y"#,
        In(Channel::Log),
    );
    check(
        r#"wget --header="Authorization: token $(cat /run/secrets/tok)" -qO /srv/y https://x"#,
        Nothing,
    );
    check(
        r#"git clone https://x:$(cat /run/secrets/tok)@github.com/a/b /srv/b"#,
        In(Channel::Layer),
    );
    check(
        r#"git clone https://x:$(cat /run/secrets/tok)@github.com/a/b /srv/b && rm -rf /srv/b/.git"#,
        Nothing,
    );
    check(
        r#"echo "machine x password $(cat /run/secrets/tok)" > ~/.netrc && go mod download && rm ~/.netrc"#,
        Nothing,
    );
    check(
        r#"echo "machine x password $(cat /run/secrets/tok)" > "$HOME/.netrc" && go mod download && rm /root/.netrc"#,
        Nothing,
    );
    check(
        r#"echo "machine x password $(cat /run/secrets/tok)" > ~/.netrc && rm '~/.netrc'"#,
        In(Channel::Layer),
    );
    check(
        r#"eval $(ssh-agent -s); ssh-add /run/secrets/tok; git clone git@github.com:a/b /srv/b"#,
        Nothing,
    );
    check(
        r#"gpg --batch --import /run/secrets/tok"#,
        In(Channel::Layer),
    );
    check(
        r#"export GNUPGHOME=/scratch/g; mkdir -p /scratch/g; gpg --batch --import /run/secrets/tok"#,
        Nothing,
    );
    check(
        r#"sed "s/@T@/$(cat /run/secrets/tok)/" /srv/t > /srv/o"#,
        In(Channel::Layer),
    );
    check(
        r#"sed -i "s/@T@/$(cat /run/secrets/tok)/" /srv/t"#,
        In(Channel::Layer),
    );
    check(
        r#"export T=$(cat /run/secrets/tok); envsubst < /srv/t > /srv/o"#,
        In(Channel::Layer),
    );
    check(
        r#"jq -r .key /run/secrets/tok > /srv/k"#,
        In(Channel::Layer),
    );
}

#[test]
fn as_people_write_it() {
    bash(
        r#"echo "$(</run/secrets/tok)" > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"read -r T < /run/secrets/tok && echo "$T" >> /srv/x"#,
        In(Channel::Layer),
    );
    bash(
        r#"IFS= read -rd '' T < /run/secrets/tok || true; echo "$T" > /srv/x"#,
        In(Channel::Layer),
    );
    bash(r#"source <(cat /run/secrets/tok)"#, In(Channel::Opaque));
    check(
        r#"cat /run/secrets/tok | sudo tee /etc/x > /dev/null"#,
        In(Channel::Layer),
    );
    check(
        r#"cat /run/secrets/tok | docker login -u x --password-stdin ghcr.io"#,
        In(Channel::Layer),
    );
    check(
        r#"gh auth login --with-token < /run/secrets/tok"#,
        In(Channel::Layer),
    );
    check(
        r#"pip config set global.index-url https://u:$(cat /run/secrets/tok)@h/s"#,
        In(Channel::Layer),
    );
    check(
        r#"yarn config set npmAuthToken $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(r#"cargo login < /run/secrets/tok"#, In(Channel::Layer));
    check(
        r#"sh -ec 'cp /run/secrets/tok /srv/x; git version; rm /srv/x'"#,
        Nothing,
    );
    check(r#"f() { cat /run/secrets/tok; } > /dev/null; f"#, Nothing);
    check(r#"exec 2>/dev/null; cat /run/secrets/tok >&2"#, Nothing);
    check(r#"F=/srv/x; cp /run/secrets/tok "$F"; rm -f "$F""#, Nothing);
    check(
        r#"cp /run/secrets/tok "$CONF_DIR/x"; npm ci; rm -f "$CONF_DIR/x""#,
        Nothing,
    );
    check(
        r#"cp /run/secrets/tok "$CONF_DIR/x"; rm -f "$CONF_DIR/y""#,
        In(Channel::Layer),
    );
    check(
        r#"mkdir -p /srv/d; cp /run/secrets/tok /srv/d/k; rm -rf /srv"#,
        Nothing,
    );
    check(
        r#"cp /run/secrets/tok /srv/k; truncate -s 0 /srv/k"#,
        Nothing,
    );
    check(r#"cp /run/secrets/tok /srv/k; shred -u /srv/k"#, Nothing);
    check(r#"cp /run/secrets/tok /srv/k; unlink /srv/k"#, Nothing);
    check(
        r#"mkdir /srv/w; (cd /srv/w && cp /run/secrets/tok k); rm /srv/w/k"#,
        Nothing,
    );
    bash(
        r#"mkdir /srv/w; pushd /srv/w; cp /run/secrets/tok k; popd; rm /srv/w/k"#,
        Nothing,
    );
    check(
        r#"cd /srv; cp /run/secrets/tok k; cd -; rm /srv/k"#,
        Nothing,
    );
    check(r#"nohup cat /run/secrets/tok > /srv/o"#, In(Channel::Layer));
    check(
        r#"env -i T=$(cat /run/secrets/tok) sh -c 'echo $T > /srv/x'"#,
        In(Channel::Layer),
    );
    check(
        r#"openssl base64 -in /run/secrets/tok -out /srv/x"#,
        In(Channel::Layer),
    );
    check(r#"xxd -p /run/secrets/tok > /srv/x"#, In(Channel::Layer));
    check(r#"zip /srv/a.zip /run/secrets/tok"#, In(Channel::Layer));
    check(r#"diff /run/secrets/tok /srv/x || true"#, In(Channel::Log));
    check(r#"sort -u /run/secrets/tok -o /srv/x"#, In(Channel::Layer));
    check(r#"paste -sd, /run/secrets/tok"#, In(Channel::Log));
    check(
        r#"cut -d= -f2 /run/secrets/tok | tr -d '\n' > /srv/v"#,
        In(Channel::Layer),
    );
    check(
        r#"git config --file /srv/c http.extraHeader "A: $(cat /run/secrets/tok)""#,
        In(Channel::Layer),
    );
    check(
        r#"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0="A: $(cat /run/secrets/tok)" git clone https://h/r /srv/r"#,
        Nothing,
    );
    check(
        r#"mkdir -p ~/.config && echo token=$(cat /run/secrets/tok) > ~/.config/x && npm ci && rm -rf ~/.config"#,
        Nothing,
    );
    check(
        r#"while read -r c; do case $c in a*) echo A;; b*) echo B;; esac; done < /run/secrets/tok > /srv/x"#,
        In(Channel::Layer),
    );
    check(
        r#"if grep -q ghp_ /run/secrets/tok; then echo gh > /srv/kind; fi"#,
        Nothing,
    );
    bash(
        r#"T=$(cat /run/secrets/tok); i=0; while [ $i -lt ${#T} ]; do printf %s "${T:$i:1}" >> /srv/x; i=$((i+1)); done"#,
        In(Channel::Layer),
    );
    check(
        r#"composer config http-basic.h u $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(
        r#"COMPOSER_AUTH="{\"x\":\"$(cat /run/secrets/tok)\"}" composer install"#,
        Nothing,
    );
    check(
        r#"bundle config set --global gems.x.com u:$(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(r#"mvn -s /run/secrets/tok -B package"#, Nothing);
    check(
        r#"printf 'machine h login u password %s' "$(cat /run/secrets/tok)" > /etc/apt/auth.conf.d/x.conf && apt-get update && rm /etc/apt/auth.conf.d/x.conf"#,
        Nothing,
    );
    check(
        r#"GIT_SSH_COMMAND='ssh -i /run/secrets/tok' git clone git@h:r /srv/r"#,
        Nothing,
    );
    check(
        r#"install -m600 /run/secrets/tok ~/.ssh/id_rsa && git clone git@h:r /srv/r && rm ~/.ssh/id_rsa"#,
        Nothing,
    );
    check(
        r#"aws configure set aws_secret_access_key $(cat /run/secrets/tok)"#,
        In(Channel::Layer),
    );
    check(
        r#"AWS_SECRET_ACCESS_KEY=$(cat /run/secrets/tok) aws s3 cp s3://b/k /srv/k"#,
        Nothing,
    );
    check(r#"echo root:$(cat /run/secrets/tok) | chpasswd"#, Nothing);
    check(
        r#"exec 5>>/srv/log; echo "t=$(cat /run/secrets/tok)" >&5"#,
        In(Channel::Layer),
    );
    check(
        r#"f() { printf '%s\n' "$@" >> /srv/x; }; f a "$(cat /run/secrets/tok)""#,
        In(Channel::Layer),
    );
}
