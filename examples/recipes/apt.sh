docker build --secret id=apt-auth,src="$HOME"/.config/acme/apt-auth.conf --tag apt .
