// Works through classic Azure with the SDK for Node.js of its day: node_sdk.js READY_FILE, with the
// simulator's authority in NODE_EXTRA_CA_CERTS.
//
// Ends with the status 0 when every call was answered as the SDK expects and every operation
// succeeded; each call that was not is printed.

'use strict';

const fs = require('fs');
const {promisify} = require('util');
const compute = require('azure-asm-compute');
const management = require('azure-asm-mgmt');
const network = require('azure-asm-network');
const storage = require('azure-asm-storage');

const ready = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const credentials = compute.createCertificateCloudCredentials({
  subscriptionId: ready.subscription_id,
  pem: fs.readFileSync(ready.management_certificate, 'utf8'),
});

function client(create) {
  const made = create(credentials, ready.management);
  // What is awaited is done at once here.
  made.longRunningOperationInitialTimeout = 0;
  made.longRunningOperationRetryTimeout = 0;
  return made;
}

const clients = {
  compute: client(compute.createComputeManagementClient),
  management: client(management.createManagementClient),
  network: client(network.createNetworkManagementClient),
  storage: client(storage.createStorageManagementClient),
};

const failures = [];
let calls = 0;

// `ask('compute.hostedServices.list', …)`: null when it was refused.
async function ask(path, ...args) {
  calls += 1;
  const [which, group, method] = path.split('.');
  const operations = clients[which][group];
  try {
    const answer = await promisify(operations[method]).apply(operations, args);
    if (answer.status !== undefined && answer.status === 'Failed') {
      throw new Error(JSON.stringify(answer.error));
    }
    return answer;
  } catch (error) {
    failures.push(`${path}: ${error.message}`);
    return null;
  }
}

function check(what, found, right) {
  calls += 1;
  if (JSON.stringify(found) !== JSON.stringify(right)) {
    failures.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(right)}`);
  }
}

const base64 = text => Buffer.from(text).toString('base64');
const blob = name => `https://store.blob.core.windows.net/vhds/${name}.vhd`;

function role(name, image, endpoints) {
  return {
    roleName: name,
    roleSize: 'Small',
    roleType: 'PersistentVMRole',
    provisionGuestAgent: true,
    configurationSets: [
      {
        configurationSetType: 'LinuxProvisioningConfiguration',
        hostName: name,
        userName: 'azureuser',
        userPassword: 'Pa$$w0rd1',
        disableSshPasswordAuthentication: false,
      },
      {configurationSetType: 'NetworkConfiguration', inputEndpoints: endpoints},
    ],
    oSVirtualHardDisk: {sourceImageName: image, mediaLink: blob(name)},
  };
}

const endpoint = (name, port) => ({name, protocol: 'tcp', port, localPort: port});

async function main() {
  await ask('management.subscriptions.get');
  const locations = await ask('management.locations.list');
  check('a location', locations.locations.some(one => one.name === 'West US'), true);
  await ask('management.roleSizes.list');
  await ask('management.managementCertificates.list');

  await ask('management.affinityGroups.create', {
    name: 'group', label: base64('group'), location: 'West US',
  });
  check('the group', (await ask('management.affinityGroups.get', 'group')).location, 'West US');
  await ask('management.affinityGroups.deleteMethod', 'group');

  await ask('storage.storageAccounts.create', {
    name: 'store', label: base64('store'), location: 'West US', accountType: 'Standard_LRS',
  });
  check('the account', (await ask('storage.storageAccounts.get', 'store')).storageAccount.name, 'store');
  await ask('storage.storageAccounts.getKeys', 'store');
  await ask('storage.storageAccounts.regenerateKeys', {name: 'store', keyType: 'Primary'});
  const taken = await ask('storage.storageAccounts.checkNameAvailability', 'store');
  check('the name of the account', taken.isAvailable, false);

  await ask('compute.hostedServices.create', {
    serviceName: 'web', label: base64('web'), location: 'West US',
  });
  const images = (await ask('compute.virtualMachineOSImages.list')).images;
  const image = images.find(one => /Ubuntu-14_04/.test(one.name)).name;
  await ask('compute.virtualMachines.createDeployment', 'web', {
    name: 'web',
    deploymentSlot: 'Production',
    label: 'web',
    roles: [role('one', image, [endpoint('ssh', 22)])],
  });
  await ask('compute.virtualMachines.create', 'web', 'web', role('two', image, [endpoint('web', 80)]));
  const deployment = await ask('compute.deployments.getByName', 'web', 'web');
  check('machines', deployment.roles.map(one => one.roleName).sort(), ['one', 'two']);
  check('addresses', deployment.virtualIPAddresses.length, 1);
  check('instances', deployment.roleInstances.length, 2);

  const one = await ask('compute.virtualMachines.get', 'web', 'web', 'one');
  one.roleSize = 'Large';
  const sets = one.configurationSets.filter(set => set.configurationSetType === 'NetworkConfiguration');
  sets[0].inputEndpoints.push(endpoint('more', 8080));
  await ask('compute.virtualMachines.update', 'web', 'web', 'one', one);
  const changed = await ask('compute.virtualMachines.get', 'web', 'web', 'one');
  check('the size', changed.roleSize, 'Large');
  check('endpoints', changed.configurationSets[0].inputEndpoints.length, 2);

  await ask('compute.virtualMachineDisks.createDataDisk', 'web', 'web', 'one', {
    logicalUnitNumber: 1, logicalDiskSizeInGB: 10, mediaLinkUri: blob('data'), hostCaching: 'None',
  });
  const data = await ask('compute.virtualMachineDisks.getDataDisk', 'web', 'web', 'one', 1);
  check('the disk', data.logicalDiskSizeInGB, 10);
  await ask('compute.virtualMachineDisks.deleteDataDisk', 'web', 'web', 'one', 1, true);

  await ask('compute.dnsServer.addDNSServer', 'web', 'web', {name: 'dns', address: '10.0.0.1'});
  await ask('compute.dnsServer.deleteDNSServer', 'web', 'web', 'dns');
  await ask('compute.virtualMachines.restart', 'web', 'web', 'two');
  await ask('compute.virtualMachines.shutdown', 'web', 'web', 'two', {postShutdownAction: 'StoppedDeallocated'});
  await ask('compute.virtualMachines.start', 'web', 'web', 'two');
  await ask('compute.virtualMachines.deleteMethod', 'web', 'web', 'two', true);

  await ask('network.reservedIPs.create', {name: 'fixed', location: 'West US', label: 'fixed'});
  check('the address', (await ask('network.reservedIPs.get', 'fixed')).name, 'fixed');
  await ask('network.reservedIPs.deleteMethod', 'fixed');
  await ask('network.networks.list');
  await ask('network.networkSecurityGroups.create', {name: 'rules', label: 'rules', location: 'West US'});
  await ask('network.networkSecurityGroups.get', 'rules', 'Full');
  await ask('network.networkSecurityGroups.deleteMethod', 'rules');

  await ask('compute.virtualMachineVMImages.list');
  await ask('compute.virtualMachineExtensions.list');
  await ask('compute.operatingSystems.list');
  await ask('compute.hostedServices.getDetailed', 'web');
  await ask('compute.deployments.deleteByName', 'web', 'web', true);
  check('disks', (await ask('compute.virtualMachineDisks.listDisks')).disks, []);
  await ask('compute.hostedServices.deleteMethod', 'web');
  await ask('storage.storageAccounts.deleteMethod', 'store');
}

main().catch(error => failures.push(error.stack)).then(() => {
  failures.forEach(failure => console.log(failure));
  console.log(`${calls - failures.length} of ${calls} calls`);
  process.exit(failures.length === 0 ? 0 : 1);
});
