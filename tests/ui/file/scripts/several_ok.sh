#!/bin/bash -e
T=$(cat "$TOKEN")
echo "$T" | sha256sum > /srv/first
test -n "$T"
