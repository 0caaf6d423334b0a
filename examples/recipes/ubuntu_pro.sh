docker build --secret id=pro-attach-config,src=pro-attach-config.yaml --tag ubuntu_pro .
