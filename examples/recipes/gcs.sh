docker build --secret id=gcs-key,src="$HOME"/.config/acme/reader.json --tag gcs .
