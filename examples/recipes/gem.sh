docker build --secret id=gemrc,src="$HOME"/.config/acme/gemrc --tag gem .
