"""Works through classic Azure with Apache Libcloud: libcloud_nodes.py READY_FILE.

Ends with the status 0 when every call was answered as the driver expects; each call that was not
is printed.
"""

import json
import sys
from urllib.parse import urlparse

import libcloud.security
from libcloud.compute.base import NodeAuthPassword
from libcloud.compute.drivers import azure
from libcloud.compute.drivers.azure import AzureNodeDriver


def connect(ready_file):
    with open(ready_file, encoding="utf-8") as file:
        ready = json.load(file)
    place = urlparse(ready["management"])
    libcloud.security.CA_CERTS_PATH = ready["ca"]
    azure.AZURE_SERVICE_MANAGEMENT_HOST = place.hostname
    AzureNodeDriver.connectionCls.host = place.hostname
    AzureNodeDriver.connectionCls.port = place.port
    return AzureNodeDriver(
        ready["subscription_id"],
        key_file=ready["management_certificate"],
        host=place.hostname,
        port=place.port,
    )


class Script:
    def __init__(self, driver):
        self.driver = driver
        self.calls = 0
        self.failures = []

    def ask(self, operation, *arguments, **named):
        self.calls += 1
        try:
            return getattr(self.driver, operation)(*arguments, **named)
        except Exception as error:  # whatever it is, the script goes on
            self.failures.append(f"{operation}: {error!r}")
            return None

    def check(self, what, found, right):
        self.calls += 1
        if found != right:
            self.failures.append(f"{what}: {found!r}, not {right!r}")


def run(script):
    ask, check = script.ask, script.check
    locations = ask("list_locations")
    check("a location", [one.name for one in locations if one.name == "West US"], ["West US"])
    size = next(one for one in ask("list_sizes") if one.id == "Small")
    image = next(one for one in ask("list_images") if "Ubuntu-14_04" in one.id)

    ask("ex_create_storage_service", "store", "West US")
    ask("ex_create_cloud_service", "web", "West US", description="about")
    check("services", [one.service_name for one in ask("ex_list_cloud_services")], ["web"])

    common = {
        "size": size,
        "image": image,
        "ex_cloud_service_name": "web",
        "ex_storage_service_name": "store",
        "auth": NodeAuthPassword("Pa$$w0rd1"),
    }
    ask("create_node", name="one", ex_custom_data="#!/bin/sh", **common)
    ask("create_node", name="two", **common)
    nodes = ask("list_nodes", "web")
    check("nodes", sorted(one.name for one in nodes), ["one", "two"])
    one = next(node for node in nodes if node.name == "one")
    check("public addresses", len(one.public_ips), 1)

    check("reboot", ask("reboot_node", one, ex_cloud_service_name="web"), True)
    endpoints = [
        {"name": name, "protocol": "tcp", "port": port, "local_port": port}
        for name, port in (("SSH", "22"), ("web", "8080"))
    ]
    ask("ex_set_instance_endpoints", one, endpoints)
    one = next(node for node in ask("list_nodes", "web") if node.name == "one")
    opened = sorted(point.public_port for point in one.extra["instance_endpoints"])
    check("endpoints", opened, ["22", "8080"])

    check("disks", len(ask("list_volumes")), 2)
    two = next(node for node in nodes if node.name == "two")
    ask("destroy_node", two, ex_cloud_service_name="web")
    ask("destroy_node", one, ex_cloud_service_name="web")
    check("no nodes", ask("list_nodes", "web"), [])
    check("no disks", ask("list_volumes"), [])
    ask("ex_destroy_cloud_service", "web")
    ask("ex_destroy_storage_service", "store")


def main():
    script = Script(connect(sys.argv[1]))
    try:
        run(script)
    finally:
        for failure in script.failures:
            print(failure)
    print(f"{script.calls - len(script.failures)} of {script.calls} calls")
    return 1 if script.failures else 0


if __name__ == "__main__":
    sys.exit(main())
