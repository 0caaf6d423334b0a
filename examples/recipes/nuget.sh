docker build --secret id=NUGET_PASSWORD,env=NUGET_PASSWORD --tag nuget .
