"""Works through today's Azure with Apache Libcloud, unmodified, in a run of `azure fake run`.

Ends with the status 0 when every step went as the driver expects. The driver cannot send custom data
with Python 3, so none is sent.
"""

import os
import uuid

from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.base import NodeAuthPassword
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

driver = get_driver(Provider.AZURE_ARM)(
    tenant_id=os.environ["AZURE_TENANT_ID"],
    subscription_id=os.environ["AZURE_SUBSCRIPTION_ID"],
    key=os.environ["AZURE_CLIENT_ID"],
    secret=os.environ["AZURE_CLIENT_SECRET"],
    region="westus",
)


def one(things, name):
    (found,) = [thing for thing in things if thing.name == name]
    return found


def generic(method, name, body):
    """What the driver has no call of its own for, by its own connection."""
    group = "/subscriptions/%s/resourceGroups/g" % os.environ["AZURE_SUBSCRIPTION_ID"]
    return driver.connection.request(
        group + name, method=method, params={"api-version": "2024-05-01"}, data=body
    ).object


def state():
    return driver.list_nodes("g")[0].state


location = one(driver.list_locations(), "West US")
size = one(driver.list_sizes(location), "Standard_B2s")
assert size.extra["numberOfCores"] == 2, size.extra

image = driver.list_images(
    location,
    ex_publisher="Canonical",
    ex_offer="ubuntu-24_04-lts",
    ex_sku="server",
)[-1]
assert image.publisher == "Canonical" and image.version, image
publishers = driver.ex_list_publishers(location)
(canonical,) = [id for id, name in publishers if name == "Canonical"]
(offer,) = [id for id, name in driver.ex_list_offers(canonical) if name == "ubuntu-24_04-lts"]
(sku,) = [id for id, name in driver.ex_list_skus(offer) if name == "server"]
assert driver.ex_list_image_versions(sku), "versions"

generic("PUT", "", {"location": "westus"})
assert [group.name for group in driver.ex_list_resource_groups()] == ["g"]
generic(
    "PUT",
    "/providers/Microsoft.Network/virtualNetworks/net",
    {
        "location": "westus",
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "default", "properties": {"addressPrefix": "10.0.0.0/24"}}],
        },
    },
)
driver.ex_create_network_security_group("nsg", "g", location)
assert [group.name for group in driver.ex_list_network_security_groups("g")] == ["nsg"]
network = one(driver.ex_list_networks(), "net")
subnet = one(driver.ex_list_subnets(network), "default")
address = driver.ex_create_public_ip("ip", "g", location, public_ip_allocation_method="Static")
assert address.extra["ipAddress"], address.extra
nic = driver.ex_create_network_interface("nic", subnet, "g", location, public_ip=address)
assert [one.name for one in driver.ex_list_nics("g")] == ["nic"]

node = driver.create_node(
    name="managed",
    size=size,
    image=image,
    auth=NodeAuthPassword("P@55-of-a-Test"),
    ex_resource_group="g",
    ex_storage_account=None,
    ex_nic=nic,
    ex_use_managed_disks=True,
    ex_storage_account_type="StandardSSD_LRS",
    ex_user_name="me",
    location=location,
    ex_tags={"a": "b"},
)
assert node.name == "managed", node
node = driver.list_nodes("g")[0]
assert node.state == NodeState.RUNNING, node.state
assert node.public_ips == [address.extra["ipAddress"]], node.public_ips
assert node.private_ips == ["10.0.0.4"], node.private_ips
assert node.extra["tags"] == {"a": "b"}, node.extra
assert driver.ex_get_node(node.id).name == "managed"

driver.stop_node(node, ex_deallocate=False)
assert state() == NodeState.PAUSED, state()
driver.start_node(node)
driver.reboot_node(node)
assert state() == NodeState.RUNNING, state()
driver.stop_node(node)
assert state() == NodeState.STOPPED, state()
driver.start_node(node)
driver.ex_create_tags(node, {"c": "d"})
assert driver.ex_get_node(node.id).extra["tags"] == {"a": "b", "c": "d"}

volume = driver.create_volume(10, "more", location=location, ex_resource_group="g")
assert volume.size == 10, volume
driver.attach_volume(node, volume, ex_lun=0)
node = driver.ex_get_node(node.id)
assert [disk["lun"] for disk in node.extra["properties"]["storageProfile"]["dataDisks"]] == [0]
assert len(driver.list_volumes("g")) == 2
driver.detach_volume(driver.ex_get_volume(volume.id), ex_node=node)
driver.ex_resize_volume(volume, 20, "g")
assert driver.ex_get_volume(volume.id).size == 20
driver.destroy_volume(driver.ex_get_volume(volume.id))

done = driver.ex_run_command(
    node,
    "echo done >/root/done",
    filerefs=[],
    timestamp=0,
    storage_account_name=None,
    storage_account_key=None,
    location=location,
)
assert done["properties"]["type"] == "CustomScriptForLinux", done
said = generic(
    "POST",
    "/providers/Microsoft.Compute/virtualMachines/managed/runCommand",
    {"commandId": "RunShellScript", "script": ["cat /root/done"]},
)
assert "done\n" in said["value"][0]["message"], said

try:
    driver.ex_get_node(node.id + "-" + uuid.uuid4().hex)
except BaseHTTPError as error:
    assert "ResourceNotFound" in str(error), error
else:
    raise AssertionError("a node that nobody made")

assert driver.destroy_node(driver.list_nodes("g")[0], ex_poll_wait=0.1)
assert driver.list_nodes("g") == []
assert driver.ex_list_nics("g") == []
assert driver.list_volumes("g") == []
driver.ex_delete_network_security_group("nsg", "g", location)
assert driver.ex_delete_public_ip(address)
generic("DELETE", "", None)
assert driver.ex_list_resource_groups() == []
print("all is done")
