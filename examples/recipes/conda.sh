docker build --secret id=netrc,src="$HOME"/.netrc --tag conda .
