"""Authlib's sessions sign a person in: the first argument names the HTTP library, the second is the client's file. Prints the address
that the browser goes to and reads the one that it came back to; then prints what the tokens said."""

import asyncio
import inspect
import json
import sys
from pathlib import Path

import requests
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

# The way that the guide shows.
sys.path.append(str(Path(__file__).parents[2] / "examples" / "python"))
from felles_client import IDPortenKey  # noqa: E402


async def main(library: str, path: str) -> None:
    client = json.loads(Path(path).read_text())
    metadata = requests.get(client["issuer"] + "/.well-known/openid-configuration", timeout=10).json()
    assert metadata["issuer"] == client["issuer"]

    async def done(result):
        return await result if inspect.isawaitable(result) else result

    session = {"requests": OAuth2Session, "httpx": AsyncOAuth2Client}[library](
        client["client_id"],
        client.get("client_secret"),
        scope="openid profile",
        redirect_uri=client["redirect_uris"][0],
        token_endpoint_auth_method=client["token_endpoint_auth_method"],
        revocation_endpoint_auth_method=client["token_endpoint_auth_method"],
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
    )
    if client["token_endpoint_auth_method"] == "private_key_jwt":
        session.register_client_auth_method(IDPortenKey(client))
    verifier, nonce = generate_token(48), generate_token(20)
    uri, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    print(uri, flush=True)
    back = sys.stdin.readline().strip()
    token = await done(session.fetch_token(authorization_response=back, state=state, code_verifier=verifier))

    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=metadata["id_token_signing_alg_values_supported"]).claims
    exact = {"iss": metadata["issuer"], "aud": client["client_id"], "nonce": nonce}
    demands = {name: {"essential": True, "value": value} for name, value in exact.items()}
    jwt.JWTClaimsRegistry(**demands).validate(claims)
    info = (await done(session.get(metadata["userinfo_endpoint"]))).json()
    assert info["sub"] == claims["sub"]

    renewed = await done(session.refresh_token(refresh_token=token["refresh_token"]))
    assert renewed["access_token"] != token["access_token"]
    assert renewed["refresh_token"] != token["refresh_token"]
    revoked = await done(session.revoke_token(metadata["revocation_endpoint"], renewed["refresh_token"], "refresh_token"))
    assert revoked.status_code == 200
    after = requests.get(metadata["userinfo_endpoint"], headers={"Authorization": "Bearer " + renewed["access_token"]}, timeout=10)
    assert after.status_code == 401
    print(json.dumps({"pid": claims["pid"], "userinfo": info["pid"]}))


asyncio.run(main(*sys.argv[1:]))
