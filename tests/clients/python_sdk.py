"""Works through classic Azure with the Python SDK of its day: python_sdk.py READY_FILE.

Ends with the status 0 when every call was answered as the SDK expects and every operation
succeeded; each call that was not is printed.
"""

import json
import sys
from urllib.parse import urlparse

import requests
from azure.servicemanagement import (
    CaptureRoleAsVMImage,
    ConfigurationSet,
    ConfigurationSetInputEndpoint,
    LinuxConfigurationSet,
    OSDiskConfiguration,
    OSVirtualHardDisk,
    ServiceManagementService,
    VMImage,
)

BLOBS = "https://store.blob.core.windows.net/vhds/"


def connect(ready_file):
    with open(ready_file, encoding="utf-8") as file:
        ready = json.load(file)
    session = requests.Session()
    # Bundles that the environment names would win over this one.
    session.trust_env = False
    session.cert = ready["management_certificate"]
    session.verify = ready["ca"]
    host = urlparse(ready["management"]).netloc
    return ServiceManagementService(
        ready["subscription_id"],
        ready["management_certificate"],
        host=host,
        request_session=session,
    )


class Script:
    def __init__(self, sms):
        self.sms = sms
        self.calls = 0
        self.failures = []

    def ask(self, operation, *arguments, **named):
        """A call that is answered at once."""
        self.calls += 1
        try:
            return getattr(self.sms, operation)(*arguments, **named)
        except Exception as error:  # whatever it is, the script goes on
            self.failures.append(f"{operation}: {error}")
            return None

    def do(self, operation, *arguments, **named):
        """A call that starts an operation, which must succeed."""
        accepted = self.ask(operation, *arguments, **named)
        if accepted is None:
            return
        ended = self.ask("get_operation_status", accepted.request_id)
        if ended is not None and ended.status != "Succeeded":
            self.failures.append(f"{operation}: {ended.status} {ended.error}")

    def check(self, what, right):
        self.calls += 1
        if not right:
            self.failures.append(what)


def user(name):
    return LinuxConfigurationSet(name, "azureuser", "Pa$$w0rd1", False)


def run(script):
    ask, do = script.ask, script.do
    for question in ("get_subscription", "list_locations", "list_role_sizes"):
        ask(question)
    for question in ("list_resource_extensions", "list_virtual_network_sites"):
        ask(question)
    ask("list_management_certificates")
    ask("create_hosted_service", "web", "web", "about", "West US")
    do("create_storage_account", "store", "about", "store", location="West US")
    image = next(i.name for i in ask("list_os_images") if i.os == "Linux")
    network = ConfigurationSet()
    ssh = ConfigurationSetInputEndpoint("ssh", "tcp", "22", "22")
    network.input_endpoints.input_endpoints.append(ssh)

    def deploy(name, disk):
        do(
            "create_virtual_machine_deployment",
            "web", "web", "production", "web", name, user(name), disk,
            network_config=network, role_size="Medium", provision_guest_agent=True,
        )

    machine = ("web", "web", "one")
    deploy("one", OSVirtualHardDisk(image, BLOBS + "one.vhd"))
    do("add_role", "web", "web", "two", user("two"),
       OSVirtualHardDisk(image, BLOBS + "two.vhd"), role_size="Small")
    shown = ask("get_deployment_by_name", "web", "web")
    script.check("two machines", len(shown.role_list.roles) == 2)

    do("add_data_disk", *machine, 0, host_caching="ReadOnly", disk_label="data",
       media_link=BLOBS + "data.vhd", logical_disk_size_in_gb=10)
    do("update_data_disk", *machine, 0, host_caching="None", disk_label="data")
    script.check("caching", ask("get_data_disk", *machine, 0).host_caching == "None")
    do("update_role", *machine, network_config=network, role_size="Large")
    script.check("size", ask("get_role", *machine).role_size == "Large")

    do("add_dns_server", "web", "web", "dns", "10.0.0.1")
    do("update_dns_server", "web", "web", "dns", "10.0.0.2")
    do("delete_dns_server", "web", "web", "dns")
    do("create_reserved_ip_address", "fixed", location="West US")
    do("associate_reserved_ip_address", "fixed", "web", "web")
    address = ask("get_reserved_ip_address", "fixed").address
    shown = ask("get_deployment_by_name", "web", "web")
    script.check("address", shown.virtual_ips.virtual_ips[0].address == address)
    do("disassociate_reserved_ip_address", "fixed", "web", "web")
    do("delete_reserved_ip_address", "fixed")

    do("restart_role", "web", "web", "two")
    do("shutdown_roles", "web", "web", ["one", "two"], "StoppedDeallocated")
    do("start_roles", "web", "web", ["one"])
    do("shutdown_role", *machine)
    do("capture_vm_image", "web", "web", "two",
       CaptureRoleAsVMImage("Specialized", "whole", "whole", "about", "en", "family"))
    script.check("whole", any(i.name == "whole" for i in ask("list_vm_images")))
    do("capture_role", "web", "web", "two", "Delete", "captured", "captured")
    script.check("captured", ask("get_os_image", "captured").category == "User")
    do("delete_data_disk", *machine, 0, delete_vhd=True)

    system = OSDiskConfiguration()
    system.os_state, system.os = "Generalized", "Linux"
    system.media_link = BLOBS + "own.vhd"
    own = VMImage("own", "own")
    own.os_disk_configuration = system
    do("create_vm_image", own)
    for name in ("own", "whole"):
        do("delete_vm_image", name, True)
    ask("add_disk", False, "label", BLOBS + "disk.vhd", "disk", "Linux")
    ask("update_disk", "disk", label="another")
    script.check("label", ask("get_disk", "disk").label == "another")
    ask("delete_disk", "disk")
    ask("add_os_image", "label", BLOBS + "image.vhd", "image", "Linux")
    ask("delete_os_image", "image")

    ask("create_affinity_group", "group", "group", "West US", "about")
    ask("update_affinity_group", "group", "another", "about")
    ask("get_affinity_group_properties", "group")
    ask("delete_affinity_group", "group")
    ask("get_storage_account_keys", "store")
    ask("regenerate_storage_account_keys", "store", "Primary")
    ask("update_storage_account", "store", "about", "label")
    ask("update_hosted_service", "web", "label", "about", {"key": "value"})
    ask("get_hosted_service_properties", "web", True)

    do("delete_deployment", "web", "web", True)
    deploy("again", OSVirtualHardDisk("captured", BLOBS + "again.vhd"))
    do("delete_hosted_service", "web", complete=True)
    ask("delete_os_image", "captured", True)
    script.check("no disks", not list(ask("list_disks")))
    ask("delete_storage_account", "store")


def main():
    script = Script(connect(sys.argv[1]))
    run(script)
    for failure in script.failures:
        print(failure)
    print(f"{script.calls - len(script.failures)} of {script.calls} calls")
    return 1 if script.failures else 0


if __name__ == "__main__":
    sys.exit(main())
