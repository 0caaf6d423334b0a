//! curl, wget, ssh, openssl, gpg, and the tools of clouds.

use super::*;

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
        r#"curl -sSL "https://h/a-$(cat /run/secrets/tok)" -OJ"#,
        "layer",
    );
    // The query is no part of the name.
    check(
        r#"curl -sSL "https://h/a?token=$(cat /run/secrets/tok)" -OJ"#,
        "clean",
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
        "openssl aes-256-cbc -d -pbkdf2 -pass file:/run/secrets/tok -in secrets.enc -out \
         /dev/shm/x && test -s /dev/shm/x",
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
        "layer",
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
        "aws configure set region eu-west-1 && AWS_SHARED_CREDENTIALS_FILE=/run/secrets/tok aws s3 \
         cp s3://b/model.bin /models/model.bin --no-progress",
        "clean",
    );
    check(
        "export AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=$(cat /run/secrets/tok) && aws s3 \
         sync s3://b/models /models --only-show-errors && aws codeartifact get-authorization-token \
         --domain d --query authorizationToken --output text > /dev/null",
        "clean",
    );
    check(
        "docker --version; crane --version; DOCKER_CONFIG=/run/secrets crane export reg/x:1 - | \
         tar x -C /opt",
        "clean",
    );
    check(
        "TF_TOKEN_app_terraform_io=$(cat /run/secrets/tok) terraform init -backend=false",
        "clean",
    );
    let vault = "VAULT_TOKEN=$(cat /run/secrets/tok) vault kv get -field=cert secret/x";
    check(&format!("{vault} > /etc/ssl/cert.pem"), "layer");
    check(&format!("{vault} > /dev/shm/cert.pem"), "clean");
}
