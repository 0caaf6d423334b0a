docker build --secret id=KEYSTORE_PASSWORD,env=KEYSTORE_PASSWORD --secret id=keystore,src=release.p12 --tag jarsigner .
