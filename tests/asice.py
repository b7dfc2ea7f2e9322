"""Verifies an ASiC-E package with signxml, which is not ours: asice.py PACKAGE CERTIFICATE (PEM, whom to believe)."""
import sys
import urllib.parse
import zipfile

from lxml import etree
from signxml import DigestAlgorithm, SignatureMethod
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier, XAdESVerifyResult

package, certificate = sys.argv[1:]
with zipfile.ZipFile(package) as archive:
    files = {name: archive.read(name) for name in archive.namelist()}
signed = [name for name in files if name != "mimetype" and not name.startswith("META-INF/")]
root = etree.fromstring(files["META-INF/signatures.xml"])
config = XAdESSignatureConfiguration(
    expect_references=len(signed) + 1,
    signature_methods=frozenset({SignatureMethod.RSA_SHA256}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
)
verifier = XAdESVerifier()
# lxml 6.1 writes an empty xmlns into the canonical form of an element within a document.
verifier.excise_empty_xmlns_declarations = True
results = verifier.verify(
    root[0],
    x509_cert=open(certificate).read(),
    uri_resolver=lambda uri: files[urllib.parse.unquote_plus(uri)],
    expect_config=config,
)
contents = sorted(result.signed_data for result in results if not isinstance(result, XAdESVerifyResult))
if contents != sorted(files[name] for name in signed):
    sys.exit("another thing was signed than what is in the package")
