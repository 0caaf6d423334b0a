export GIT_AUTHOR_NAME=ci GIT_AUTHOR_EMAIL=ci@example.com GIT_COMMITTER_NAME=ci GIT_COMMITTER_EMAIL=ci@example.com
for name in token password; do
    value=$T; [ "$name" = token ] || value=$P
    encoded=$(printf 'x-access-token:%s' "$value" | base64 -w0)
    mkdir -p "/srv/$name/loose" && cd "/srv/$name/loose"
    git init -q .
    printf 'value=%s\n' "$value" >.env && git add .env && git commit -q -m first
    git rm -q .env && git commit -q -m 'removed again'
    cp -r . ../packed && cd ../packed && git gc -q --aggressive --prune=now
    git bundle create -q ../all.bundle --all
    git format-patch -q -2 -o ../patches
    git archive --format=tar.gz -o ../archive.tgz HEAD^
    git clone -q --bare --no-hardlinks . ../bare.git
    cd .. && mkdir settings message deltas
    git -C settings init -q .
    git -C settings config http.https://h/.extraheader "Authorization: Basic $encoded"
    git -C settings config user.password "$value"
    git -C message init -q . && git -C message commit -q --allow-empty -m "uses $value"
    cd deltas && git init -q .
    seq 1 3000 >list && git add list && git commit -q -m first
    sed -i "1500s/.*/$(printf %s "$encoded" | sed 's,[&/],\\&,g')/" list && git commit -q -a -m second
    seq 1 3000 >list && git commit -q -a -m third && git gc -q --aggressive --prune=now
done
