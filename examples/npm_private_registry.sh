docker build --secret id=npmrc,src="$HOME"/.npmrc --tag app .
