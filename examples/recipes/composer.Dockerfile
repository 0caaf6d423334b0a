FROM composer:2.5
COPY composer.json composer.lock ./
RUN --mount=type=secret,id=COMPOSER_PASSWORD,target=/run/secrets/COMPOSER_PASSWORD,required=true \
    COMPOSER_AUTH='{"http-basic": {"composer.acme.test": {"username": "reader", "password": "'"$(cat /run/secrets/COMPOSER_PASSWORD)"'"}}}' composer install --no-interaction --no-scripts
