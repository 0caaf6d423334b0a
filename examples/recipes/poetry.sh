docker build --secret id=PYPI_PASSWORD,env=PYPI_PASSWORD --tag poetry .
