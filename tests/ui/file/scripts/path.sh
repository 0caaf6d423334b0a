PATH="$PATH:/opt/bin${EXTRA:+:$EXTRA}"
ls
