"""Reads Enhetsregisteret by the package brreg (PyPI), which knows one address alone: only that is changed. Prints what it read."""

import json
import sys

from brreg.enhetsregisteret import Client, EnhetQuery, UnderenhetQuery

base, orgnr, place, word = sys.argv[1:]

with Client() as client:
    client._client.base_url = base  # noqa: SLF001
    cursor = client.search_enhet(EnhetQuery(navn=word, size=20, sort="DESC"))
    pages = [page for _, page in zip(range(3), cursor.pages)]
    below = client.search_underenhet(UnderenhetQuery(overordnet_enhet=orgnr))
    print(json.dumps({
        "enhet": client.get_enhet(orgnr).model_dump(mode="json"),
        "underenhet": client.get_underenhet(place).model_dump(mode="json"),
        "roller": [group.model_dump(mode="json") for group in client.get_roller(orgnr)],
        "ukjent": [client.get_enhet("312345672"), client.get_underenhet(orgnr)],
        "sider": [[enhet.navn for enhet in page.items] for page in pages],
        "antall": [pages[0].total_elements, pages[0].total_pages],
        "filter": client.search_enhet(EnhetQuery(organisasjonsform=["AS", "DA"], konkurs=False, kommunenummer=[])).get_page(0).page_size,
        "underenheter": [unit.organisasjonsnummer for unit in below.items],
    }))
