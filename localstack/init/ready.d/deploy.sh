#!/usr/bin/env bash
# Deploys the stack as soon as LocalStack is ready: what `docker compose up` ends in.
#
# Works on a copy, so that nothing in the checkout belongs to the container's user, and keeps what it
# installs in LocalStack's volume, so that the next start downloads nothing.
set -euo pipefail

sources=${ORDER_VOICE_SOURCES:-/opt/order-voice}
work=${ORDER_VOICE_WORK:-/var/lib/localstack/cache/order-voice}
address=${ORDER_VOICE_ADDRESS:-http://localhost:4566}

mkdir -p "$work"
tar --create --directory "$sources" --exclude ./.git --exclude ./.venv --exclude ./.local --exclude ./chalicelib/liff/built . |
  tar --extract --directory "$work"
cd "$work"

# Where a browser outside reaches S3 and the API: the functions have another address for them.
cat > .chalice/parameters-local.json <<PARAMETERS
{
  "SpeechEngines": "gtts",
  "PublicS3EndpointUrl": "$address",
  "Push": "off"
}
PARAMETERS

# Google speaks, so a trial order needs the internet.
export AWS_ENDPOINT_URL=http://localhost:${GATEWAY_PORT:-4566}
outputs=$(make deploy STAGE=local SMOKE="${ORDER_VOICE_SMOKE:-no}")
api=$(sed -n 's/^RestAPIId=//p' <<< "$outputs")
echo "Order Voice: the page is $address/restapis/$api/v1/_user_request_/liff"
