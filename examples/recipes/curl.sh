docker build --secret id=FILES_TOKEN,env=FILES_TOKEN --tag curl .
