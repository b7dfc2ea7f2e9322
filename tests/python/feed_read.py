"""Reads a feed by the package feedparser (PyPI), page by page, until none leads on. Prints what it read."""

import json
import sys

import feedparser

address, bearer = sys.argv[1:]
pages = []
while address and len(pages) < 100:
    headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/atom+xml"}
    page = feedparser.parse(address, request_headers=headers)
    pages.append({
        "version": page.version,
        "fault": str(page.bozo_exception) if page.bozo else None,
        "type": page.headers["content-type"],
        "entries": [
            {"id": entry.id, "updated": entry.updated, "type": entry.content[0].type, "content": entry.content[0].value}
            for entry in page.entries
        ],
    })
    address = next((link.href for link in page.feed.links if link.rel == "next"), None)
print(json.dumps(pages))
