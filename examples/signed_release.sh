docker build --secret id=signing-key,src="$HOME"/.config/acme/signing-key.gpg --tag release .
