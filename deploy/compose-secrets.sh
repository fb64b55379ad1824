#!/bin/sh
# Makes .env.compose for docker-compose.yml, with passwords and an encryption key of your own, which only you can read.
# An existing file is left as it is. Keep a copy apart from the database: without the key stored secrets are lost.
set -eu
file=.env.compose
if [ -e "$file" ]; then
  echo "$file exists, nothing was changed"
  exit
fi
umask 077
{
  echo "POSTGRES_PASSWORD=$(openssl rand -hex 24)"
  echo "POSTGRES_RUNTIME_PASSWORD=$(openssl rand -hex 24)"
  echo "REDIS_PASSWORD=$(openssl rand -hex 24)"
  echo "ENCRYPTION_KEYS=k1:$(openssl rand -base64 32)"
} >"$file.new"
mv "$file.new" "$file"
echo "$file was made"
