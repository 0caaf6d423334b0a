docker build --ssh default --tag git_ssh .
