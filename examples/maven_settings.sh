docker build --secret id=maven-settings,src="$HOME"/.m2/settings.xml --tag app .
