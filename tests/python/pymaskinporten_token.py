"""Tokens by the package pymaskinporten, whose settings are in the environment as it wants them; prints what was granted, or how it was refused."""

import json
import sys

from pymaskinporten import MaskinportenTokenError, request_maskinporten_token

try:
    token, expires_in = request_maskinporten_token(token_url=sys.argv[1] + "token", audience=sys.argv[1])
    print(json.dumps({"token": token, "expires_in": expires_in}))
except MaskinportenTokenError as error:
    print(json.dumps({"status": error.status, "code": error.code, "description": error.description}))
