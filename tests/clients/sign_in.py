"""Signs in to a simulated cloud as today's programs do: azure-identity and MSAL, unmodified.

What a run of `azure fake run` gives is all that it is told, but for what a test adds: TEST_USER and
TEST_PASSWORD, TEST_CERTIFICATE (PEM, with its key), TEST_ADMIN (URL of the admin API).
"""

import base64
import json
import os
import sys
import urllib.request

import azure.core.exceptions
import azure.identity
import msal

MANAGEMENT = "https://management.azure.com/.default"
TENANT = os.environ["AZURE_TENANT_ID"]
CLIENT = os.environ["AZURE_CLIENT_ID"]
AZ = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
AUTHORITY = "https://login.microsoftonline.com/" + TENANT


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def default_credential():
    token = azure.identity.DefaultAzureCredential().get_token(MANAGEMENT).token
    assert claims(token)["appid"] == CLIENT, claims(token)


def managed_identity():
    token = azure.identity.ManagedIdentityCredential().get_token(MANAGEMENT).token
    assert claims(token)["tid"] == TENANT, claims(token)


def az_credential():
    token = azure.identity.AzureCliCredential().get_token(MANAGEMENT).token
    assert claims(token)["appid"] == CLIENT, claims(token)


def certificate():
    credential = azure.identity.CertificateCredential(
        TENANT, CLIENT, os.environ["TEST_CERTIFICATE"]
    )
    assert credential.get_token(MANAGEMENT).token


def wrong_secret():
    credential = azure.identity.ClientSecretCredential(TENANT, CLIENT, "wrong")
    try:
        credential.get_token(MANAGEMENT)
    except azure.core.exceptions.ClientAuthenticationError as error:
        assert "AADSTS7000215" in str(error), error
    else:
        raise AssertionError("a wrong secret was taken")


def password():
    app = msal.PublicClientApplication(AZ, authority=AUTHORITY)
    user = os.environ["TEST_USER"]
    told = app.acquire_token_by_username_password(
        user, os.environ["TEST_PASSWORD"], [MANAGEMENT]
    )
    assert "access_token" in told, told
    assert told["id_token_claims"]["preferred_username"] == user, told
    accounts = app.get_accounts()
    assert len(accounts) == 1, accounts
    again = app.acquire_token_silent(
        ["https://graph.microsoft.com/.default"], accounts[0], force_refresh=True
    )
    assert claims(again["access_token"])["upn"] == user, again
    told = app.acquire_token_by_username_password(user, "wrong", [MANAGEMENT])
    assert told["error_codes"] == [50126], told


def device_code():
    app = msal.PublicClientApplication(AZ, authority=AUTHORITY)
    flow = app.initiate_device_flow([MANAGEMENT])
    assert flow["user_code"] in flow["message"], flow
    told = app.acquire_token_by_device_flow(flow)
    assert "access_token" in told, told
    assert app.get_accounts(), "no account is kept"


def challenged():
    """What a program learns without a token: whose the subscription is."""
    url = "https://management.azure.com/subscriptions/%s?api-version=2015-11-01"
    try:
        urllib.request.urlopen(url % os.environ["AZURE_SUBSCRIPTION_ID"])
    except urllib.error.HTTPError as error:
        assert error.code == 401, error
        assert TENANT in error.headers["WWW-Authenticate"], error.headers
    else:
        raise AssertionError("nobody was asked for a token")


for name in sys.argv[1:]:
    globals()[name]()
    print(name)
