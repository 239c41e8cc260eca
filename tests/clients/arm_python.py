"""Works through today's Azure with its Python SDK, unmodified, in a run of `azure fake run`:
arm_python.py PART…

The working folder holds what docs/today.md makes: docker.yaml, ca.pem, client.pem, client-key.pem.
Each part is a function of this file; those that follow one another share what they made.
"""

import base64
import os
import sys
import time

import docker
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.identity import ClientSecretCredential, DefaultAzureCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.compute import models as compute_models
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.network import models as network_models
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.deployments import DeploymentsMgmtClient

SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
TENANT = os.environ["AZURE_TENANT_ID"]
HOST = "v.westus.cloudapp.azure.com"
PLACE = {"location": "westus"}

credential = DefaultAzureCredential()
resources = ResourceManagementClient(credential, SUBSCRIPTION)
deployments = DeploymentsMgmtClient(credential, SUBSCRIPTION).deployments
network = NetworkManagementClient(credential, SUBSCRIPTION)
compute = ComputeManagementClient(credential, SUBSCRIPTION)
machines = compute.virtual_machines


def refused(kind, code, call, *arguments, **named):
    """What was asked is refused by this class of error, with this code, and by no heir of it."""
    try:
        result = call(*arguments, **named)
        if hasattr(result, "result"):
            result.result()
        elif hasattr(result, "by_page"):
            list(result)
    except HttpResponseError as error:
        assert type(error) is kind, (type(error), error)
        assert error.error is not None and error.error.code == code, error
        return error
    raise AssertionError(f"{code} was expected")


def create():
    """A machine and all that it needs, one by one, as the SDK's samples do."""
    group = resources.resource_groups.create_or_update("g", {**PLACE, "tags": {"a": "b"}})
    assert (group.name, group.location, group.tags) == ("g", "westus", {"a": "b"}), group
    assert group.properties.provisioning_state == "Succeeded", group
    assert resources.resource_groups.check_existence("G")
    assert not resources.resource_groups.check_existence("none")

    net = network.virtual_networks.begin_create_or_update(
        "g",
        "net",
        network_models.VirtualNetwork(
            location="West US",
            address_space=network_models.AddressSpace(address_prefixes=["10.1.0.0/16"]),
        ),
    ).result()
    assert net.location == "westus" and net.address_space.address_prefixes == ["10.1.0.0/16"], net
    subnet = network.subnets.begin_create_or_update(
        "g", "net", "hosts", network_models.Subnet(address_prefix="10.1.2.0/24")
    ).result()
    assert subnet.provisioning_state == "Succeeded", subnet
    rules = [("ssh", "22", 1000), ("docker", "2376", 1010)]
    nsg = network.network_security_groups.begin_create_or_update(
        "g",
        "nsg",
        network_models.NetworkSecurityGroup(
            location="westus",
            security_rules=[
                network_models.SecurityRule(
                    name=name,
                    protocol="Tcp",
                    source_address_prefix="*",
                    source_port_range="*",
                    destination_address_prefix="*",
                    destination_port_range=port,
                    access="Allow",
                    direction="Inbound",
                    priority=priority,
                )
                for name, port, priority in rules
            ],
        ),
    ).result()
    assert [rule.name for rule in nsg.security_rules] == ["ssh", "docker"], nsg
    assert len(nsg.default_security_rules) == 6, nsg
    available = network.check_dns_name_availability("westus", domain_name_label="v")
    assert available.available, available
    address = network.public_ip_addresses.begin_create_or_update(
        "g",
        "ip",
        network_models.PublicIPAddress(
            location="westus",
            sku=network_models.PublicIPAddressSku(name="Standard"),
            public_ip_allocation_method="Static",
            dns_settings=network_models.PublicIPAddressDnsSettings(domain_name_label="v"),
        ),
    ).result()
    assert address.dns_settings.fqdn == HOST and address.ip_address, address
    assert not network.check_dns_name_availability("westus", domain_name_label="v").available
    interface = network.network_interfaces.begin_create_or_update(
        "g",
        "nic",
        network_models.NetworkInterface(
            location="westus",
            network_security_group=network_models.NetworkSecurityGroup(id=nsg.id),
            ip_configurations=[
                network_models.NetworkInterfaceIPConfiguration(
                    name="first",
                    subnet=network_models.Subnet(id=subnet.id),
                    public_ip_address=network_models.PublicIPAddress(id=address.id),
                )
            ],
        ),
    ).result()
    first = interface.ip_configurations[0]
    assert (first.private_ip_address, first.primary) == ("10.1.2.4", True), first

    with open("docker.yaml", "rb") as file:
        custom_data = base64.b64encode(file.read()).decode()
    machine = machines.begin_create_or_update(
        "g",
        "v",
        compute_models.VirtualMachine(
            location="westus",
            tags={"made": "by the SDK"},
            hardware_profile=compute_models.HardwareProfile(vm_size="Standard_B2s"),
            storage_profile=compute_models.StorageProfile(
                image_reference=compute_models.ImageReference(
                    publisher="Canonical",
                    offer="ubuntu-24_04-lts",
                    sku="server",
                    version="latest",
                ),
                os_disk=compute_models.OSDisk(
                    create_option="FromImage",
                    managed_disk=compute_models.ManagedDiskParameters(
                        storage_account_type="StandardSSD_LRS"
                    ),
                ),
                data_disks=[
                    compute_models.DataDisk(lun=0, create_option="Empty", disk_size_gb=10)
                ],
            ),
            os_profile=compute_models.OSProfile(
                computer_name="v",
                admin_username="me",
                admin_password="Pa55-of-a-test",
                custom_data=custom_data,
            ),
            network_profile=compute_models.NetworkProfile(
                network_interfaces=[
                    compute_models.NetworkInterfaceReference(id=interface.id, primary=True)
                ]
            ),
        ),
    ).result()
    assert machine.provisioning_state == "Succeeded" and machine.vm_id, machine
    assert machine.os_profile.custom_data is None and machine.os_profile.admin_password is None
    assert machine.storage_profile.image_reference.exact_version, machine
    assert machine.storage_profile.data_disks[0].managed_disk.id, machine
    assert machine.time_created.tzinfo is not None, machine
    interface = network.network_interfaces.get("g", "nic")
    assert interface.virtual_machine.id == machine.id, interface


def speak_docker():
    """docker-py, by the public name and the certificates of the custom data."""
    tls = docker.tls.TLSConfig(
        client_cert=("client.pem", "client-key.pem"), ca_cert="ca.pem", verify=True
    )
    for _ in range(60):
        # A machine is there before its Docker is.
        machines.instance_view("g", "v")
        try:
            client = docker.DockerClient(base_url=f"tcp://{HOST}:2376", tls=tls)
            break
        except docker.errors.DockerException as error:
            last = error
            time.sleep(0.2)
    else:
        raise last
    said = client.containers.run("alpine", ["echo", "hello"], remove=True)
    assert said == b"hello\n", said
    # The bundle that REQUESTS_CA_BUNDLE names has the authority, too.
    trusting = docker.tls.TLSConfig(client_cert=("client.pem", "client-key.pem"), verify=True)
    assert docker.DockerClient(base_url=f"tcp://{HOST}:2376", tls=trusting).ping()


def look():
    """What is read in many ways."""
    view = machines.instance_view("g", "v")
    assert [status.code for status in view.statuses] == [
        "ProvisioningState/succeeded",
        "PowerState/running",
    ], view
    assert view.vm_agent.statuses[0].display_status == "Ready", view
    machine = machines.get("g", "V", expand="instanceView")
    assert machine.instance_view.statuses[1].display_status == "VM running", machine
    assert [one.name for one in machines.list("g")] == ["v"]
    assert [one.name for one in machines.list_all()] == ["v"]
    listed = list(machines.list_all(status_only="true"))
    assert listed[0].instance_view.statuses[1].code == "PowerState/running", listed
    assert [one.name for one in machines.list_by_location("westus")] == ["v"]
    assert "Standard_D2s_v5" in [size.name for size in machines.list_available_sizes("g", "v")]
    assert "Standard_D2s_v5" in [
        size.name for size in compute.virtual_machine_sizes.list("westus")
    ]
    skus = list(compute.resource_skus.list(filter="location eq 'westus'"))
    assert all(sku.locations == ["westus"] for sku in skus) and len(skus) > 10, skus
    used = {usage.name.value: usage for usage in compute.usage.list("westus")}
    assert used["cores"].current_value == 2 and used["virtualMachines"].current_value == 1, used
    images = compute.virtual_machine_images
    assert "Canonical" in [one.name for one in images.list_publishers("westus")]
    offers = [one.name for one in images.list_offers("westus", "Canonical")]
    assert "ubuntu-24_04-lts" in offers, offers
    skus = [one.name for one in images.list_skus("westus", "Canonical", "ubuntu-24_04-lts")]
    assert "server" in skus, skus
    where = ("westus", "Canonical", "ubuntu-24_04-lts", "server")
    newest = images.list(*where, top=1, orderby="name desc")[0]
    image = images.get(*where, newest.name)
    assert image.os_disk_image.operating_system == "Linux", image
    types = compute.virtual_machine_extension_images.list_types(
        "westus", "Microsoft.Azure.Extensions"
    )
    assert "CustomScript" in [one.name for one in types], types

    disks = {disk.name: disk for disk in compute.disks.list_by_resource_group("g")}
    assert len(disks) == 2 and all(disk.disk_state == "Attached" for disk in disks.values())
    assert sorted(disk.disk_size_gb for disk in disks.values()) == [10, 30], disks
    assert [one.name for one in network.virtual_networks.list("g")] == ["net"]
    assert [one.name for one in network.subnets.list("g", "net")] == ["hosts"]
    assert [one.name for one in network.security_rules.list("g", "nsg")] == ["ssh", "docker"]
    assert [one.name for one in network.public_ip_addresses.list_all()] == ["ip"]
    assert [one.name for one in network.network_interfaces.list_all()] == ["nic"]
    attached = network.network_security_groups.get("g", "nsg").network_interfaces
    assert [one.id.rsplit("/", 1)[1] for one in attached] == ["nic"], attached

    kinds = sorted(one.type for one in resources.resources.list_by_resource_group("g"))
    assert kinds == [
        "Microsoft.Compute/disks",
        "Microsoft.Compute/disks",
        "Microsoft.Compute/virtualMachines",
        "Microsoft.Network/networkInterfaces",
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/publicIPAddresses",
        "Microsoft.Network/virtualNetworks",
    ], kinds
    tagged = resources.resources.list(filter="tagName eq 'made' and tagValue eq 'by the SDK'")
    assert [one.name for one in tagged] == ["v"]
    expanded = list(resources.resources.list(expand="createdTime,provisioningState"))
    assert all(one.created_time and one.provisioning_state for one in expanded), expanded
    pages = [list(page) for page in resources.resources.list(top=3).by_page()]
    assert [len(page) for page in pages] == [3, 3, 1], pages
    machine_id = machines.get("g", "v").id
    generic = resources.resources.get_by_id(machine_id, api_version="2024-07-01")
    assert generic.properties["vmId"] and generic.tags == {"made": "by the SDK"}, generic
    assert resources.resources.check_existence_by_id(machine_id, api_version="2024-07-01")
    spaces = {one.namespace: one for one in resources.providers.list()}
    assert spaces["Microsoft.Compute"].registration_state == "Registered", spaces
    provider = resources.providers.register("Microsoft.Storage")
    assert provider.registration_state == "Registered", provider


def live():
    """Power, commands, changes."""

    def power():
        return machines.instance_view("g", "v").statuses[-1].code

    machines.begin_power_off("g", "v").result()
    assert power() == "PowerState/stopped"
    script = {"commandId": "RunShellScript", "script": ["echo never"]}
    # The SDK's word for every 409.
    refused(
        ResourceExistsError, "OperationNotAllowed", machines.begin_run_command, "g", "v", script
    )
    machines.begin_start("g", "v").result()
    machines.begin_restart("g", "v").result()
    assert power() == "PowerState/running"
    machines.begin_deallocate("g", "v").result()
    assert power() == "PowerState/deallocated"
    states = {disk.disk_state for disk in compute.disks.list()}
    assert states == {"Reserved"}, states
    machines.begin_start("g", "v").result()
    machines.begin_redeploy("g", "v").result()
    machines.begin_reapply("g", "v").result()
    script = compute_models.RunCommandInput(
        command_id="RunShellScript",
        script=["hostname", "echo $1 >&2; dockerd --version >/dev/null && echo $((6 * 7))"],
        parameters=[compute_models.RunCommandInputParameter(name="word", value="word")],
    )
    told = machines.begin_run_command("g", "v", script).result()
    assert told.value[0].message == (
        "Enable succeeded: \n[stdout]\nv\n42\n\n[stderr]\nword\n"
    ), told.value[0].message

    machine = machines.get("g", "v")
    machine.tags = {"changed": "whole"}
    machine.hardware_profile.vm_size = "Standard_D4s_v5"
    machine = machines.begin_create_or_update("g", "v", machine).result()
    assert machine.hardware_profile.vm_size == "Standard_D4s_v5", machine
    machine = machines.begin_update("g", "v", {"tags": {"changed": "again"}}).result()
    assert machine.tags == {"changed": "again"}, machine
    disk = compute.disks.begin_create_or_update(
        "g",
        "more",
        compute_models.Disk(
            location="westus",
            disk_size_gb=20,
            creation_data=compute_models.CreationData(create_option="Empty"),
        ),
    ).result()
    assert disk.disk_state == "Unattached", disk
    machine.storage_profile.data_disks.append(
        compute_models.DataDisk(
            lun=1,
            create_option="Attach",
            managed_disk=compute_models.ManagedDiskParameters(id=disk.id),
        )
    )
    machine = machines.begin_create_or_update("g", "v", machine).result()
    assert [one.lun for one in machine.storage_profile.data_disks] == [0, 1], machine
    assert compute.disks.get("g", "more").managed_by == machine.id
    machine.storage_profile.data_disks.pop()
    machines.begin_create_or_update("g", "v", machine).result()
    assert compute.disks.get("g", "more").managed_by is None
    compute.disks.begin_delete("g", "more").result()

    script = compute_models.VirtualMachineExtension(
        location="westus",
        properties=compute_models.VirtualMachineExtensionProperties(
            publisher="Microsoft.Azure.Extensions",
            type="CustomScript",
            type_handler_version="2.1",
            auto_upgrade_minor_version=True,
            protected_settings={"commandToExecute": "echo done >/root/done"},
        ),
    )
    extensions = compute.virtual_machine_extensions
    made = extensions.begin_create_or_update("g", "v", "script", script).result()
    assert made.provisioning_state == "Succeeded" and made.protected_settings is None, made
    assert [one.name for one in extensions.list("g", "v").value] == ["script"]
    view = machines.instance_view("g", "v")
    assert view.extensions[0].statuses[0].code == "ProvisioningState/succeeded", view
    extensions.begin_delete("g", "v", "script").result()

    address = network.public_ip_addresses.update_tags("g", "ip", {"tags": {"kept": "yes"}})
    assert address.tags == {"kept": "yes"} and address.ip_address, address
    rule = network_models.SecurityRule(
        protocol="*",
        source_address_prefix="*",
        source_port_range="*",
        destination_address_prefix="*",
        destination_port_ranges=["80", "8000-8010"],
        access="allow",
        direction="inbound",
        priority=1100,
    )
    rule = network.security_rules.begin_create_or_update("g", "nsg", "web", rule).result()
    assert (rule.access, rule.direction) == ("Allow", "Inbound"), rule
    network.security_rules.begin_delete("g", "nsg", "web").result()
    group = resources.resource_groups.update("g", {"tags": {"c": "d"}})
    assert group.tags == {"c": "d"}, group


def deploy():
    """A template that makes a network and an address, in loops and by expressions."""
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string"}, "count": {"type": "int", "defaultValue": 2}},
        "variables": {"net": "[concat(parameters('name'), '-net')]"},
        "resources": [
            {
                "type": "Microsoft.Network/virtualNetworks",
                "apiVersion": "2024-05-01",
                "name": "[variables('net')]",
                "location": "[resourceGroup().location]",
                "properties": {
                    "addressSpace": {"addressPrefixes": ["10.9.0.0/16"]},
                    "subnets": [{"name": "a", "properties": {"addressPrefix": "10.9.1.0/24"}}],
                },
            },
            {
                "type": "Microsoft.Network/publicIPAddresses",
                "apiVersion": "2024-05-01",
                "name": "[format('{0}-{1}', parameters('name'), copyIndex())]",
                "copy": {"name": "addresses", "count": "[parameters('count')]"},
                "location": "[resourceGroup().location]",
                "sku": {"name": "Standard"},
                "properties": {"publicIPAllocationMethod": "Static"},
                "dependsOn": ["[variables('net')]"],
            },
        ],
        "outputs": {
            "address": {
                "type": "string",
                "value": "[reference(format('{0}-1', parameters('name'))).ipAddress]",
            }
        },
    }
    resources.resource_groups.create_or_update("t", PLACE)
    properties = {"mode": "Incremental", "template": template, "parameters": {"name": {"value": "x"}}}
    checked = deployments.begin_validate("t", "d", {"properties": properties}).result()
    assert checked.properties.provisioning_state == "Succeeded" and not checked.error, checked
    made = deployments.begin_create_or_update("t", "d", {"properties": properties}).result()
    assert made.properties.provisioning_state == "Succeeded", made
    address = network.public_ip_addresses.get("t", "x-1")
    assert made.properties.outputs["address"]["value"] == address.ip_address, made
    assert len(made.properties.output_resources) == 3, made
    assert [one.name for one in deployments.list_by_resource_group("t")] == ["d"]
    assert deployments.check_existence("t", "d") and not deployments.check_existence("t", "e")
    assert deployments.export_template("t", "d").template["parameters"], "an exported template"
    properties = {"mode": "Incremental", "template": {**template, "resources": [{}]}}
    refused(
        HttpResponseError,
        "InvalidTemplate",
        deployments.begin_create_or_update,
        "t",
        "bad",
        {"properties": properties},
    )
    deployments.begin_delete("t", "d").result()
    resources.resource_groups.begin_delete("t").result()


def be_refused():
    """Each class of error, where the SDK looks for it."""
    refused(ResourceNotFoundError, "ResourceGroupNotFound", resources.resource_groups.get, "none")
    refused(ResourceNotFoundError, "ResourceGroupNotFound", machines.list, "none")
    refused(ResourceNotFoundError, "ResourceNotFound", machines.get, "g", "none")
    refused(ResourceNotFoundError, "NotFound", network.subnets.get, "g", "net", "none")
    refused(
        ResourceNotFoundError,
        "ParentResourceNotFound",
        compute.virtual_machine_extensions.begin_create_or_update,
        "g",
        "none",
        "e",
        {"location": "westus", "properties": {"publisher": "p", "type": "t"}},
    )
    refused(
        ResourceExistsError,
        "InvalidResourceGroupLocation",
        resources.resource_groups.create_or_update,
        "g",
        {"location": "eastus"},
    )
    machine = machines.get("g", "v")
    machine.os_profile.computer_name = "other"
    refused(
        ResourceExistsError,
        "PropertyChangeNotAllowed",
        machines.begin_create_or_update,
        "g",
        "v",
        machine,
    )
    refused(
        HttpResponseError,
        "LocationNotAvailableForResourceType",
        network.virtual_networks.begin_create_or_update,
        "g",
        "far",
        {"location": "nowhere", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}},
    )
    group = network.network_security_groups.get("g", "nsg")
    refused(
        HttpResponseError,
        "PreconditionFailed",
        resources.resources.begin_create_or_update_by_id,
        group.id,
        {"location": "westus", "properties": {}},
        api_version="2024-05-01",
        headers={"If-Match": 'W/"00000000-0000-0000-0000-000000000000"'},
    )
    in_use = [
        ("NicInUse", network.network_interfaces, ("g", "nic")),
        ("PublicIPAddressCannotBeDeleted", network.public_ip_addresses, ("g", "ip")),
        ("InUseNetworkSecurityGroupCannotBeDeleted", network.network_security_groups, ("g", "nsg")),
        ("InUseSubnetCannotBeDeleted", network.subnets, ("g", "net", "hosts")),
        ("InUseSubnetCannotBeDeleted", network.virtual_networks, ("g", "net")),
    ]
    for code, operations, names in in_use:
        refused(HttpResponseError, code, operations.begin_delete, *names)
    wrong = ClientSecretCredential(TENANT, os.environ["AZURE_CLIENT_ID"], "wrong")
    try:
        list(ResourceManagementClient(wrong, SUBSCRIPTION).resource_groups.list())
    except ClientAuthenticationError as error:
        assert "AADSTS7000215" in str(error), error
    else:
        raise AssertionError("a wrong secret was taken")


def delete():
    """All goes in the order in which it came, and then is no more."""
    disks = [disk.name for disk in compute.disks.list_by_resource_group("g")]
    machines.begin_delete("g", "v").result()
    refused(ResourceNotFoundError, "ResourceNotFound", machines.get, "g", "v")
    for disk in disks:
        compute.disks.begin_delete("g", disk).result()
    network.network_interfaces.begin_delete("g", "nic").result()
    network.public_ip_addresses.begin_delete("g", "ip").result()
    network.network_security_groups.begin_delete("g", "nsg").result()
    network.subnets.begin_delete("g", "net", "hosts").result()
    network.virtual_networks.begin_delete("g", "net").result()
    # What is not there is deleted without complaint.
    network.virtual_networks.begin_delete("g", "net").result()
    assert list(resources.resources.list_by_resource_group("g")) == []
    resources.resource_groups.begin_delete("g").result()
    assert not resources.resource_groups.check_existence("g")
    refused(
        ResourceNotFoundError, "ResourceGroupNotFound", resources.resource_groups.begin_delete, "g"
    )
    assert list(resources.resource_groups.list()) == []


def page():
    """Groups by the page."""
    names = [f"page-{n:02}" for n in range(7)]
    for name in names:
        resources.resource_groups.create_or_update(name, {**PLACE, "tags": {"of": name[-1]}})
    pages = [[one.name for one in page] for page in resources.resource_groups.list(top=3).by_page()]
    assert pages == [names[:3], names[3:6], names[6:]], pages
    chosen = resources.resource_groups.list(filter="tagName eq 'of' and tagValue eq '4'")
    assert [one.name for one in chosen] == ["page-04"]
    going = [resources.resource_groups.begin_delete(name) for name in names]
    for one in going:
        one.result()
    assert list(resources.resource_groups.list()) == []


for name in sys.argv[1:]:
    began = time.monotonic()
    globals()[name]()
    print(name)
    print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
