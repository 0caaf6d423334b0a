docker build --secret id=APK_PASSWORD,env=APK_PASSWORD --tag apk .
