docker build --secret id=RPM_PASSWORD,env=RPM_PASSWORD --tag dnf .
