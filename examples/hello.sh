docker build --tag hello .
