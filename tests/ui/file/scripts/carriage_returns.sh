echo hello > /srv/x
