//! pip, poetry, uv, conda.

use super::*;

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
        "poetry config http-basic.a u $(cat /run/secrets/tok) && poetry install && rm -rf \
         ~/.cache/pypoetry",
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
        "uv pip compile req.in --index-url https://u:$(cat /run/secrets/tok)@h/simple \
         --emit-index-url -o req.txt",
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
        "pip install --log /var/log/pip.log --index-url https://$(cat /run/secrets/tok):x@h/simple \
         x -q",
        "layer",
    );
    check(
        "python3 -m pip config set global.extra-index-url https://u:$(cat /run/secrets/tok)@h/",
        "layer",
    );
    check(
        r#"python -c "import os; open('/etc/k','w').write(open('/run/secrets/tok').read())""#,
        "layer",
    );
    check(
        r#"TOK=$(cat /run/secrets/tok) python3 -c "import os; print(os.environ['TOK'])""#,
        "log",
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
        "poetry config virtualenvs.create false && POETRY_HTTP_BASIC_PRIVATE_USERNAME=u \
         POETRY_HTTP_BASIC_PRIVATE_PASSWORD=$(cat /run/secrets/tok) poetry install \
         --no-interaction --no-ansi --only main",
        "clean",
    );
    check(
        r#"export UV_INDEX_PRIVATE_USERNAME=u UV_INDEX_PRIVATE_PASSWORD="$(cat /run/secrets/tok)"; uv sync --frozen --no-dev --no-install-project"#,
        "clean",
    );
    check(
        "HF_TOKEN=$(cat /run/secrets/tok) huggingface-cli download meta-llama/x --local-dir \
         /models/x",
        "clean",
    );
    check(
        r#"HF_TOKEN="$(cat /run/secrets/tok)" python -c "from huggingface_hub import snapshot_download; snapshot_download('org/model', local_dir='/models')""#,
        "clean",
    );
    check(
        "cp /run/secrets/tok ~/.netrc && chmod 600 ~/.netrc && pip install -r requirements.txt && \
         rm -f ~/.netrc",
        "clean",
    );
    check(
        r#"set -euo pipefail; TOKEN="$(tr -d '[:space:]' < /run/secrets/tok)"; if [[ -z "$TOKEN" ]]; then echo "empty token"; exit 1; fi; curl --fail --silent --show-error --location --oauth2-bearer "$TOKEN" --output /tmp/a.zip https://h/a.zip; unzip -q /tmp/a.zip -d /opt; rm /tmp/a.zip"#,
        "clean",
    );
    check(
        "gcloud --version; GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/tok python -m pip install \
         --index-url https://europe-python.pkg.dev/p/simple keyrings.google-artifactregistry-auth",
        "clean",
    );
}
