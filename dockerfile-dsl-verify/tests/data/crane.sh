#!/bin/sh
cd 'FOLDER' || exit 9
echo "$*" >>calls
key() { case $1 in *@sha256:*) echo "${1##*@sha256:}";; *) echo top;; esac; }
KEY=$(key "$2")
if [ -e "fail/$KEY" ]; then
    left=$(head -n1 "fail/$KEY"); message=$(tail -n1 "fail/$KEY")
    if [ "$left" -gt 0 ]; then
        printf '%s\n%s\n' $((left - 1)) "$message" >"fail/$KEY"
        echo "Error: $message" >&2
        exit 1
    fi
fi
file=blobs/sha256/$KEY
case $1 in
manifest) [ "$KEY" != top ] || file=index.json ;;
delete) echo "$2" >>deleted; exit ;;
esac
[ -e "$file" ] || { echo "Error: GET https://reg.example/v2/app/blobs/x: BLOB_UNKNOWN: blob unknown" >&2; exit 1; }
size=$(($(wc -c <"$file") / 2))
if [ -e "cut/$KEY" ]; then head -c "$size" "$file"; echo 'Error: unexpected EOF' >&2; exit 1; fi
if [ -e "short/$KEY" ]; then rm "short/$KEY"; head -c "$size" "$file"; exit 0; fi
cat "$file"
