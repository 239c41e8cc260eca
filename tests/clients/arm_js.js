// Works through today's Azure with its JavaScript SDK, unmodified, in a run of `azure fake run`:
// arm_js.js. The working folder holds what docs/today.md makes: docker.yaml, ca.pem, client.pem,
// client-key.pem. Ends with the status 0 when every step went as on the real service.
const assert = require('node:assert');
const fs = require('node:fs');
const { PassThrough } = require('node:stream');
const { ClientSecretCredential, DefaultAzureCredential } = require('@azure/identity');
const { ComputeManagementClient } = require('@azure/arm-compute');
const { NetworkManagementClient } = require('@azure/arm-network');
const { DeploymentsClient } = require('@azure/arm-resourcesdeployments');
const { ResourceManagementClient } = require('@azure/arm-resources');
const Docker = require('dockerode');

const subscription = process.env.AZURE_SUBSCRIPTION_ID;
const credential = new DefaultAzureCredential();
const resources = new ResourceManagementClient(credential, subscription);
const { deployments } = new DeploymentsClient(credential, subscription);
const network = new NetworkManagementClient(credential, subscription);
const compute = new ComputeManagementClient(credential, subscription);
const machines = compute.virtualMachines;
const host = 'v.westus.cloudapp.azure.com';
const location = 'westus';
const steps = [];
const step = (name, run) => steps.push([name, run]);

async function all(list) {
  const found = [];
  for await (const one of list) found.push(one);
  return found;
}

const names = async (list) => (await all(list)).map((one) => one.name);

async function refused(status, code, asked) {
  await assert.rejects(async () => { await asked(); }, (error) => {
    assert.strictEqual(error.name, 'RestError', String(error));
    assert.deepStrictEqual([error.statusCode, error.code], [status, code]);
    return true;
  });
}

step('a group is made', async () => {
  const group = await resources.resourceGroups.createOrUpdate('g', { location, tags: { a: 'b' } });
  assert.strictEqual(group.properties.provisioningState, 'Succeeded');
  assert.deepStrictEqual(group.tags, { a: 'b' });
  assert.strictEqual((await resources.resourceGroups.checkExistence('g')).body, true);
  assert.strictEqual((await resources.resourceGroups.checkExistence('none')).body, false);
});

step('a machine and its network are made', async () => {
  const net = await network.virtualNetworks.createOrUpdate('g', 'net', {
    location, addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
  });
  assert.deepStrictEqual(net.addressSpace.addressPrefixes, ['10.0.0.0/16']);
  const subnet = await network.subnets.createOrUpdate('g', 'net', 'hosts', { addressPrefix: '10.0.1.0/24' });
  const nsg = await network.networkSecurityGroups.createOrUpdate('g', 'nsg', { location });
  assert.strictEqual(nsg.defaultSecurityRules.length, 6);
  const rule = await network.securityRules.createOrUpdate('g', 'nsg', 'docker', {
    protocol: 'Tcp', access: 'Allow', direction: 'Inbound', priority: 1000,
    sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '2376',
  });
  assert.strictEqual(rule.provisioningState, 'Succeeded');
  assert((await network.checkDnsNameAvailability(location, 'v')).available);
  const address = await network.publicIPAddresses.createOrUpdate('g', 'ip', {
    location, sku: { name: 'Standard' }, publicIPAllocationMethod: 'Static', dnsSettings: { domainNameLabel: 'v' },
  });
  assert.strictEqual(address.dnsSettings.fqdn, host);
  const nic = await network.networkInterfaces.createOrUpdate('g', 'nic', {
    location,
    networkSecurityGroup: { id: nsg.id },
    ipConfigurations: [{ name: 'first', subnet: { id: subnet.id }, publicIPAddress: { id: address.id } }],
  });
  assert.strictEqual(nic.ipConfigurations[0].privateIPAddress, '10.0.1.4');
  const machine = await machines.createOrUpdate('g', 'v', {
    location,
    hardwareProfile: { vmSize: 'Standard_D2s_v5' },
    storageProfile: {
      imageReference: {
        publisher: 'Canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts-gen2', version: 'latest',
      },
      osDisk: { createOption: 'FromImage', deleteOption: 'Delete' },
    },
    osProfile: {
      computerName: 'v',
      adminUsername: 'me',
      adminPassword: 'Pa55-of-a-test',
      customData: fs.readFileSync('docker.yaml').toString('base64'),
    },
    networkProfile: { networkInterfaces: [{ id: nic.id, deleteOption: 'Delete' }] },
  });
  assert.strictEqual(machine.provisioningState, 'Succeeded');
  assert(machine.timeCreated instanceof Date && machine.timeCreated.getTime() > 0);
  assert.strictEqual(machine.osProfile.customData, undefined);
});

step('its Docker runs a container', async () => {
  const read = (name) => fs.readFileSync(name);
  const docker = new Docker({
    host, port: 2376, ca: read('ca.pem'), cert: read('client.pem'), key: read('client-key.pem'),
  });
  const out = new PassThrough();
  let said = '';
  out.on('data', (chunk) => { said += chunk; });
  // The image is pulled when it is not there.
  const stream = await docker.pull('alpine:latest');
  await new Promise((resolve, reject) => docker.modem.followProgress(stream, (e) => (e ? reject(e) : resolve())));
  await docker.run('alpine', ['echo', 'hello'], out);
  // The container's end may be told on its own connection before its output is read on the other.
  for (let n = 0; n < 100 && !/hello/.test(said); n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.match(said, /hello/);
});

step('everything is listed', async () => {
  assert.deepStrictEqual(await names(machines.list('g')), ['v']);
  assert.deepStrictEqual(await names(machines.listAll()), ['v']);
  assert.deepStrictEqual(await names(machines.listByLocation(location)), ['v']);
  assert.deepStrictEqual(await names(network.virtualNetworks.listAll()), ['net']);
  assert.deepStrictEqual(await names(network.subnets.list('g', 'net')), ['hosts']);
  assert.deepStrictEqual(await names(network.securityRules.list('g', 'nsg')), ['docker']);
  assert.strictEqual((await all(compute.disks.list())).length, 1);
  assert((await all(compute.resourceSKUs?.list?.() ?? compute.resourceSkus.list())).length > 10);
  assert((await names(compute.virtualMachineSizes?.list(location) ?? machines.listAvailableSizes('g', 'v')))
    .includes('Standard_D2s_v5'));
  const publishers = await compute.virtualMachineImages.listPublishers(location);
  assert(publishers.some((one) => one.name === 'Canonical'));
  assert((await all(resources.providers.list())).some((one) => one.namespace === 'Microsoft.Compute'));
  const pages = [];
  for await (const page of resources.resources.list({ top: 2 }).byPage()) pages.push(page.length);
  assert.deepStrictEqual(pages, [2, 2, 2]);
  assert.deepStrictEqual(await names(resources.resourceGroups.list()), ['g']);
});

step('it is stopped, started, freed and restarted', async () => {
  const power = async () => (await machines.instanceView('g', 'v')).statuses.at(-1).code;
  await machines.powerOff('g', 'v');
  assert.strictEqual(await power(), 'PowerState/stopped');
  await machines.start('g', 'v');
  await machines.deallocate('g', 'v');
  assert.strictEqual(await power(), 'PowerState/deallocated');
  await machines.start('g', 'v');
  await machines.restart('g', 'v');
  assert.strictEqual(await power(), 'PowerState/running');
  const told = await machines.get('g', 'v', { expand: 'instanceView' });
  assert.strictEqual(told.instanceView.vmAgent.statuses[0].displayStatus, 'Ready');
});

step('commands and extensions run in it', async () => {
  const told = await machines.runCommand('g', 'v', { commandId: 'RunShellScript', script: ['hostname'] });
  assert.match(told.value[0].message, /\[stdout\]\nv\n/);
  const extension = await compute.virtualMachineExtensions.createOrUpdate('g', 'v', 'script', {
    location, publisher: 'Microsoft.Azure.Extensions', typePropertiesType: 'CustomScript', typeHandlerVersion: '2.1',
    settings: { commandToExecute: 'true' },
  });
  assert.strictEqual(extension.provisioningState, 'Succeeded');
  await assert.rejects(async () => {
    await compute.virtualMachineExtensions.createOrUpdate('g', 'v', 'script', {
      location, publisher: 'Microsoft.Azure.Extensions', typePropertiesType: 'CustomScript', typeHandlerVersion: '2.1',
      settings: { commandToExecute: 'exit 3' },
    });
  }, /VMExtensionProvisioningError|non-zero|exit/);
});

step('what was read is written back', async () => {
  const machine = await machines.get('g', 'v');
  machine.tags = { by: 'hand' };
  const written = await machines.createOrUpdate('g', 'v', machine);
  assert.deepStrictEqual(written.tags, { by: 'hand' });
  const nic = await network.networkInterfaces.get('g', 'nic');
  nic.tags = { by: 'hand' };
  assert.deepStrictEqual((await network.networkInterfaces.createOrUpdate('g', 'nic', nic)).tags, { by: 'hand' });
  const net = await network.virtualNetworks.get('g', 'net');
  net.addressSpace.addressPrefixes.push('10.9.0.0/16');
  net.subnets.push({ name: 'more', addressPrefix: '10.9.1.0/24' });
  assert.strictEqual((await network.virtualNetworks.createOrUpdate('g', 'net', net)).subnets.length, 2);
  const updated = await machines.update('g', 'v', { tags: {}, hardwareProfile: { vmSize: 'Standard_D4s_v5' } });
  assert.strictEqual(updated.hardwareProfile.vmSize, 'Standard_D4s_v5');
});

step('a template is deployed', async () => {
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { label: { type: 'string' } },
    resources: [{
      type: 'Microsoft.Network/publicIPAddresses', apiVersion: '2024-05-01', name: 'made', location,
      sku: { name: 'Standard' },
      properties: {
        publicIPAllocationMethod: 'Static',
        dnsSettings: { domainNameLabel: "[toLower(parameters('label'))]" },
      },
    }],
    outputs: { fqdn: { type: 'string', value: "[reference('made').dnsSettings.fqdn]" } },
  };
  const made = await deployments.createOrUpdate('g', 'd', {
    properties: { mode: 'Incremental', template, parameters: { label: { value: 'Made' } } },
  });
  assert.strictEqual(made.properties.outputs.fqdn.value, 'made.westus.cloudapp.azure.com');
  await refused(400, 'InvalidTemplate', () => deployments.createOrUpdate('g', 'e', {
    properties: { mode: 'Incremental', template: { ...template, resources: [{}] } },
  }));
});

step('errors are told where the SDK looks for them', async () => {
  await refused(404, 'ResourceGroupNotFound', () => resources.resourceGroups.get('none'));
  await refused(404, 'ResourceNotFound', () => machines.get('g', 'none'));
  await refused(404, 'NotFound', () => network.subnets.get('g', 'net', 'none'));
  await refused(400, 'NicInUse', () => network.networkInterfaces.delete('g', 'nic'));
  await refused(409, 'InvalidResourceGroupLocation', () => (
    resources.resourceGroups.createOrUpdate('g', { location: 'eastus' })));
  const wrong = new ClientSecretCredential(process.env.AZURE_TENANT_ID, process.env.AZURE_CLIENT_ID, 'wrong');
  await assert.rejects(
    all(new ResourceManagementClient(wrong, subscription).resourceGroups.list()), /AADSTS7000215/);
});

step('all is deleted', async () => {
  await machines.delete('g', 'v');
  assert.deepStrictEqual(await names(network.networkInterfaces.listAll()), []);
  assert.deepStrictEqual(await names(compute.disks.list()), []);
  await network.publicIPAddresses.delete('g', 'ip');
  await network.networkSecurityGroups.delete('g', 'nsg');
  await network.virtualNetworks.delete('g', 'net');
  await resources.resourceGroups.delete('g');
  assert.deepStrictEqual(await names(resources.resourceGroups.list()), []);
});

(async () => {
  for (const [name, run] of steps) {
    try {
      await run();
    } catch (error) {
      console.error(`not: ${name}`);
      throw error;
    }
    console.log(name);
  }
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
