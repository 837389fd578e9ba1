"""Sends rows to the mesh over HTTP. Standard library only. Try it:

    OMNINODE_TOKEN=... python3 send_rows.py http://127.0.0.1:8080 checkout shop_orders_total=3 shop_queue_depth=7
"""
import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request

from omninode_records import write_rows

RECORDS = "application/vnd.omninode.records+json"

def send(url, records, token=None, attempts=5, timeout_s=10):
    """Posts records as write_rows makes them; returns when the mesh has them. Raises HTTPError for what no retry can mend."""
    parts = [{"key": key.decode(), "contentType": dict(headers)["content-type"].decode(),
              "value": base64.b64encode(value).decode()} for key, value, headers in records]
    request = urllib.request.Request(url.rstrip("/") + "/api/v1/measurements", json.dumps({"records": parts}).encode(),
                                     {"content-type": RECORDS}, method="POST")
    if token:
        request.add_unredirected_header("authorization", f"Bearer {token}")
    for attempt in range(1, attempts + 1):
        try:
            with urllib.request.urlopen(request, timeout=timeout_s):
                return
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or attempt == attempts:
                raise
            patience = error.headers.get("retry-after", "")
            time.sleep(int(patience) if patience.isdigit() else 2 ** attempt)
        except OSError:
            if attempt == attempts:
                raise
            time.sleep(2 ** attempt)

if __name__ == "__main__":
    address, service, *given = sys.argv[1:]
    points = []
    for name, _, number in (pair.partition("=") for pair in given):
        kind = "counter" if name.endswith("_total") else "gauge"
        points.append({"name": name, "kind": kind, "labels": {}, "value": float(number)})
    send(address, [write_rows(service, f"{service}/{os.getpid()}", points)], os.environ.get("OMNINODE_TOKEN"))
