#!/bin/bash -x
T=$(cat "$TOKEN")
echo "$T" > /srv/first
echo "$T"
frobnicate "$TOKEN"
