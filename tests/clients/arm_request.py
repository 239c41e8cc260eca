"""Asks Resource Manager for one thing in a run of `azure fake run`, with nothing but Python:
arm_request.py METHOD PATH [BODY]. PATH follows the subscription. Prints the answer's body.
"""

import json
import os
import sys
import urllib.parse
import urllib.request


def ask(url, data=None, method=None, **headers):
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


form = urllib.parse.urlencode(
    {
        "grant_type": "client_credentials",
        "client_id": os.environ["AZURE_CLIENT_ID"],
        "client_secret": os.environ["AZURE_CLIENT_SECRET"],
        "scope": "https://management.azure.com/.default",
    }
)
tenant = os.environ["AZURE_TENANT_ID"]
url = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
token = json.loads(ask(url, form.encode()))["access_token"]

method, path, *body = sys.argv[1:]
subscription = os.environ["AZURE_SUBSCRIPTION_ID"]
url = f"https://management.azure.com/subscriptions/{subscription}{path}?api-version=2024-07-01"
data = body[0].encode() if body else None
headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
print(ask(url, data, method, **headers))
