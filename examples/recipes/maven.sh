docker build --secret id=settings,src="$HOME"/.m2/settings.xml --tag maven .
