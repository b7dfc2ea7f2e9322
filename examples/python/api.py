"""An API that organisations call with tokens of Maskinporten, and signed-in people's services with tokens of ID-porten.

`python api.py http://localhost:8080 PREFIX:SCOPE PORT`"""

import sys
import time
from functools import wraps

import requests
from flask import Flask, g, jsonify, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

felles, scope, port = sys.argv[1:4]
app = Flask(__name__)


class Issuer:
    """An issuer of tokens, with its keys."""

    def __init__(self, name: str, document: str):
        metadata = requests.get(document, timeout=10).json()
        if metadata["issuer"] != name:
            raise ValueError(f"{document} is of {metadata['issuer']}")
        self.name, self.jwks_uri = name, metadata["jwks_uri"]
        self.keys, self.fetched = KeySet([]), 0.0

    def verify(self, token: str) -> dict:
        """The claims of a token of this issuer that has not expired; JoseError or ValueError where it is not one."""
        try:
            claims = jwt.decode(token, self.keys, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            # Perhaps signed with a newer key. Not more than twice a minute, whatever is sent.
            if time.monotonic() - self.fetched < 30 and self.fetched:
                raise
            self.fetched = time.monotonic()
            self.keys = KeySet.import_key_set(requests.get(self.jwks_uri, timeout=10).json())
            claims = jwt.decode(token, self.keys, algorithms=["RS256"]).claims
        demands = {"iss": {"essential": True, "value": self.name}}
        demands |= {name: {"essential": True} for name in ("exp", "client_id", "scope")}
        jwt.JWTClaimsRegistry(leeway=10, **demands).validate(claims)
        return claims


maskinporten = Issuer(f"{felles}/maskinporten/", f"{felles}/maskinporten/.well-known/oauth-authorization-server")
idporten = Issuer(f"{felles}/idporten", f"{felles}/idporten/.well-known/openid-configuration")


def refuse(status: int, error: str | None = None):
    answer = jsonify({"error": error})
    answer.status_code = status
    answer.headers["WWW-Authenticate"] = "Bearer " + (f'error="{error}", ' if error else "") + f'scope="{scope}"'
    return answer


def demand(issuer: Issuer):
    """Lets those in who bring a token of this issuer, with the scope, and for this API where it says for whom it is."""

    def decorate(handler):
        @wraps(handler)
        def guarded():
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not token:
                return refuse(401)
            try:
                claims = issuer.verify(token)
            except (JoseError, ValueError):
                return refuse(401, "invalid_token")
            audience = claims.get("aud", [])
            audience = {audience} if isinstance(audience, str) else set(audience)
            if audience - {"unspecified"} and f"http://localhost:{port}" not in audience:
                return refuse(401, "invalid_token")
            if scope not in claims["scope"].split():
                return refuse(403, "insufficient_scope")
            g.token = claims
            return handler()

        return guarded

    return decorate


@app.get("/virksomhet")
@demand(maskinporten)
def organisation():
    # Who calls: the organisation, and whoever acts for it. `0192:` is the register of Norwegian organisations.
    parties = {"virksomhet": g.token["consumer"], "leverandoer": g.token.get("supplier")}
    return {name: party["ID"].removeprefix("0192:") for name, party in parties.items() if party}


@app.get("/person")
@demand(idporten)
def person():
    return {"person": g.token["pid"], "nivaa": g.token["acr"]}


if __name__ == "__main__":
    app.run("127.0.0.1", int(port))
