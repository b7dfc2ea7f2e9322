"""Signs people in to a service by ID-porten: `python sign_in.py client.json`, where the file is what `felles client add` printed."""

import json
import secrets
import sys
from urllib.parse import urlencode, urljoin, urlsplit

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session
from markupsafe import escape

from felles_client import IDPortenKey

with open(sys.argv[1]) as file:
    client = json.load(file)
redirect_uri = client["redirect_uris"][0]
home = urljoin(redirect_uri, "/")

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"

# ID-porten says itself where its endpoints and keys are.
idporten = OAuth(app).register(
    "idporten",
    client_id=client["client_id"],
    server_metadata_url=client["issuer"] + "/.well-known/openid-configuration",
    client_auth_methods=[IDPortenKey(client)],
    client_kwargs={
        "scope": "openid profile",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "private_key_jwt",
    },
)


@app.get("/")
def front():
    if pid := session.get("pid"):
        return f'<p>Hei, {escape(pid)} <a href="/logout">Logg ut</a>'
    return '<a href="/login">Logg inn</a>'


@app.get("/login")
def login():
    return idporten.authorize_redirect(redirect_uri, acr_values="idporten-loa-substantial")


@app.get(urlsplit(redirect_uri).path)
def callback():
    # Checks state, signature, issuer, audience, nonce and times, or raises.
    token = idporten.authorize_access_token()
    session.clear()
    session["pid"] = token["userinfo"]["pid"]
    session["id_token"] = token["id_token"]
    return redirect("/")


@app.get("/logout")
def logout():
    id_token = session.get("id_token")
    session.clear()
    if not id_token:
        return redirect("/")
    end = idporten.load_server_metadata()["end_session_endpoint"]
    return redirect(f"{end}?{urlencode({'id_token_hint': id_token, 'post_logout_redirect_uri': home})}")


if __name__ == "__main__":
    app.run("127.0.0.1", urlsplit(home).port)
