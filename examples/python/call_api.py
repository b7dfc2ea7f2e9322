"""Calls an API as an organisation: `python call_api.py client.json URL`, where the file is what `felles client add` printed."""

import json
import sys

from authlib.integrations.requests_client import AssertionSession
from joserfc.jwk import import_key

with open(sys.argv[1]) as file:
    client = json.load(file)

# Gets a token when there is none, or when it has expired: keep the session for as long as the program runs.
maskinporten = AssertionSession(
    token_endpoint=client["token_endpoint"],
    grant_type=AssertionSession.JWT_BEARER_GRANT_TYPE,
    issuer=client["client_id"],
    subject=client["client_id"],
    audience=client["issuer"],
    claims={"scope": " ".join(client["scopes"])},
    key=import_key(client["private_key_pem"], "EC" if client["alg"].startswith("ES") else "RSA"),
    header={"alg": client["alg"], "kid": client["kid"]},
    expires_in=60,
)

answer = maskinporten.get(sys.argv[2], headers={"Accept": "application/json"})
print(answer.text)
sys.exit(not answer.ok)
