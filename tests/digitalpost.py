"""A sender of digital post in another language: makes the package of a letter, digitalpost.py OUT KEY CERTIFICATE LETTER (JSON).

The package is signed with lxml's canonical XML and cryptography's RSA, and packed by Python's zipfile, as eFormidling's software
does it: without the media type's entry compressed, with an unsigned META-INF/manifest.xml, spaces in references as plus.
"""
import base64
import hashlib
import json
import sys
import urllib.parse
import zipfile
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

out, key_file, certificate_file, letter_file = sys.argv[1:]
letter = json.load(open(letter_file))
key = serialization.load_pem_private_key(open(key_file, "rb").read(), None)
leaf = x509.load_pem_x509_certificate(open(certificate_file, "rb").read())
der = leaf.public_bytes(serialization.Encoding.DER)

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA256 = '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'


def digest(content, how=hashlib.sha256):
    return base64.b64encode(how(content).digest()).decode()


def document(name, one):
    title = f'<tittel lang="NO">{escape(one["tittel"])}</tittel>'
    return f'<{name} href={quoteattr(one["navn"])} mime={quoteattr(one["mime"])}>{title}</{name}>'


documents = letter["dokumenter"]
manifest = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><manifest xmlns="http://begrep.difi.no/sdp/schema_v10">'
    f'<mottaker><person><postkasseadresse>{escape(letter["postkasseadresse"])}</postkasseadresse></person></mottaker>'
    f'<avsender><organisasjon authority="iso6523-actorid-upis">0192:{letter["avsender"]}</organisasjon></avsender>'
    + document("hoveddokument", documents[0])
    + "".join(document("vedlegg", one) for one in documents[1:])
    + "</manifest>"
).encode()
files = [("manifest.xml", "application/xml", manifest)]
files += [(one["navn"], one["mime"], base64.b64decode(one["innhold"])) for one in documents]

references = "".join(
    f'<Reference Id="ID_{n}" URI="{urllib.parse.quote_plus(name)}">{SHA256}<DigestValue>{digest(content)}</DigestValue></Reference>'
    for n, (name, _, content) in enumerate(files)
)
formats = "".join(
    f'<DataObjectFormat ObjectReference="#ID_{n}"><MimeType>{escape(mime)}</MimeType></DataObjectFormat>'
    for n, (_, mime, _) in enumerate(files)
)
properties = (
    f'<QualifyingProperties xmlns="{XADES}" xmlns:ns2="{DS}" Target="#Signature"><SignedProperties Id="SignedProperties">'
    f"<SignedSignatureProperties><SigningTime>{datetime.now(timezone.utc).isoformat()}</SigningTime><SigningCertificate><Cert>"
    f'<CertDigest><ns2:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><ns2:DigestValue>{digest(der, hashlib.sha1)}'
    f"</ns2:DigestValue></CertDigest><IssuerSerial><ns2:X509IssuerName>{escape(leaf.issuer.rfc4514_string())}</ns2:X509IssuerName>"
    f"<ns2:X509SerialNumber>{leaf.serial_number}</ns2:X509SerialNumber></IssuerSerial></Cert></SigningCertificate>"
    f"</SignedSignatureProperties><SignedDataObjectProperties>{formats}</SignedDataObjectProperties></SignedProperties>"
    "</QualifyingProperties>"
)


def canonical(xml, tag):
    # Of an element within a document lxml 6.1 writes an empty xmlns, which is in none of these.
    return etree.tostring(etree.fromstring(xml).find(f".//{tag}"), method="c14n").replace(b' xmlns=""', b"")


def whole(of_properties, value):
    return (
        f'<XAdESSignatures xmlns="http://uri.etsi.org/2918/v1.2.1#"><Signature xmlns="{DS}" Id="Signature"><SignedInfo>'
        f'<CanonicalizationMethod Algorithm="{C14N}"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
        f'{references}<Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#SignedProperties"><Transforms>'
        f'<Transform Algorithm="{C14N}"/></Transforms>{SHA256}<DigestValue>{of_properties}</DigestValue></Reference></SignedInfo>'
        f"<SignatureValue>{value}</SignatureValue><KeyInfo><X509Data><X509Certificate>{base64.encodebytes(der).decode()}"
        f"</X509Certificate></X509Data></KeyInfo><Object>{properties}</Object></Signature></XAdESSignatures>"
    )


of_properties = digest(canonical(whole("", ""), f"{{{XADES}}}SignedProperties"))
info = canonical(whole(of_properties, ""), f"{{{DS}}}SignedInfo")
value = base64.b64encode(key.sign(info, padding.PKCS1v15(), hashes.SHA256())).decode()

with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("mimetype", "application/vnd.etsi.asic-e+zip", zipfile.ZIP_STORED)
    for name, _, content in files:
        archive.writestr(name, content)
    archive.writestr("META-INF/signatures.xml", whole(of_properties, value))
    archive.writestr("META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
