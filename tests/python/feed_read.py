"""Reads a feed by the package feedparser (PyPI), page by page, until none leads on. Prints what it read. What the entries hold, which
is XML of another kind and nothing to feedparser, is read by Python's own ElementTree."""

import json
import sys
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import feedparser

CONTENT = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}content"

address, bearer = sys.argv[1:]
pages = []
while address and len(pages) < 100:
    headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/atom+xml"}
    page = feedparser.parse(address, request_headers=headers)
    tree = ElementTree.fromstring(urlopen(Request(address, headers=headers)).read())
    told = [[text.strip() for text in content.itertext() if text.strip()] for content in tree.findall(CONTENT)]
    pages.append({
        "version": page.version,
        "fault": str(page.bozo_exception) if page.bozo else None,
        "type": page.headers["content-type"],
        "entries": [
            {"id": entry.id, "updated": entry.updated, "type": entry.content[0].type, "told": content}
            for entry, content in zip(page.entries, told, strict=True)
        ],
    })
    address = next((link.href for link in page.feed.links if link.rel == "next"), None)
print(json.dumps(pages))
