"""How a client shows ID-porten who it is, for Authlib."""

from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from authlib.common.urls import add_params_to_qs
from joserfc.jwk import import_key


class IDPortenKey(PrivateKeyJWT):
    """`private_key_jwt` as ID-porten wants it: the assertion names the key and lives for at most two minutes (Authlib's
    own lives for an hour), and the form says whose it is."""

    def __init__(self, client: dict):
        super().__init__()
        self.client = client

    def sign(self, auth, token_endpoint):
        kind = "EC" if self.client["alg"].startswith("ES") else "RSA"
        return private_key_jwt_sign(
            import_key(self.client["private_key_pem"], kind),
            client_id=auth.client_id,
            token_endpoint=self.client["issuer"],
            alg=self.client["alg"],
            header={"kid": self.client["kid"]},
            expires_in=60,
        )

    def __call__(self, auth, method, uri, headers, body):
        body = add_params_to_qs(body or "", [("client_id", auth.client_id)])
        return super().__call__(auth, method, uri, headers, body)
