docker build --secret id=aws,src="$HOME"/.aws/credentials --tag s3 .
