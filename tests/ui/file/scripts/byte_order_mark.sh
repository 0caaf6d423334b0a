echo hello > /srv/x
