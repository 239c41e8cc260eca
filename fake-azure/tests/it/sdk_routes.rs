//! Every request that the SDKs of the day have a method for finds its operation: it is modelled,
//! or refused by its name.

use crate::stage::Stage;

/// What the SDKs for Node.js (azure-asm-* of 2016) and Python (azure-servicemanagement-legacy)
/// ask for, and what the documentation calls it. `x` stands for names of things that are not
/// there.
const REQUESTS: &str = "
GET / = Get Subscription
GET /affinitygroups = List Affinity Groups
POST /affinitygroups = Create Affinity Group
DELETE /affinitygroups/x = Delete Affinity Group
GET /affinitygroups/x = Get Affinity Group
PUT /affinitygroups/x = Update Affinity Group
GET /certificates = List Management Certificates
POST /certificates = Add Management Certificate
DELETE /certificates/x = Delete Management Certificate
GET /certificates/x = Get Management Certificate
GET /locations = List Locations
GET /operatingsystemfamilies = List Operating System Families
GET /operatingsystems = List Operating Systems
GET /operations/x = Get Operation Status
GET /operations?StartTime=x&EndTime=x = List Subscription Operations
GET /operations?StartTime=x&EndTime=x&ObjectIdFilter=x&OperationResultFilter=x&ContinuationToken=x = List Subscription Operations
GET /rolesizes = List Role Sizes
GET /services/disks = List Disks
POST /services/disks = Add Disk
GET /services/disks/x = Get Disk
PUT /services/disks/x = Update Disk
DELETE /services/disks/x?comp=media = Delete Disk
GET /services/extensions = List Available Extensions
POST /services/extensions = Register Extension
GET /services/extensions/x/x = List Extension Versions
DELETE /services/extensions/x/x/x = Unregister Extension
PUT /services/extensions?action=update = Update Extension
GET /services/hostedservices = List Hosted Services
POST /services/hostedservices = Create Hosted Service
GET /services/hostedservices/operations/isavailable/x = Check Hosted Service Name Availability
DELETE /services/hostedservices/x = Delete Hosted Service
GET /services/hostedservices/x = Get Hosted Service Properties
POST /services/hostedservices/x = Swap Deployment
PUT /services/hostedservices/x = Update Hosted Service
GET /services/hostedservices/x/certificates = List Service Certificates
POST /services/hostedservices/x/certificates = Add Service Certificate
DELETE /services/hostedservices/x/certificates/sha1-x = Delete Service Certificate
GET /services/hostedservices/x/certificates/sha1-x = Get Service Certificate
POST /services/hostedservices/x/deployments = Create Virtual Machine Deployment
GET /services/hostedservices/x/deployments/x = Get Deployment
POST /services/hostedservices/x/deployments/x/?comp=config = Change Deployment Configuration
POST /services/hostedservices/x/deployments/x/?comp=rollback = Rollback Update Or Upgrade
POST /services/hostedservices/x/deployments/x/?comp=status = Update Deployment Status
POST /services/hostedservices/x/deployments/x/?comp=upgrade = Upgrade Deployment
POST /services/hostedservices/x/deployments/x/?comp=walkupgradedomain = Walk Upgrade Domain
POST /services/hostedservices/x/deployments/x/dnsservers = Add DNS Server
DELETE /services/hostedservices/x/deployments/x/dnsservers/x = Delete DNS Server
PUT /services/hostedservices/x/deployments/x/dnsservers/x = Update DNS Server
GET /services/hostedservices/x/deployments/x/events?starttime=x&endtime=x = List Rebuild Events
POST /services/hostedservices/x/deployments/x/loadbalancers = Create Internal Load Balancer
DELETE /services/hostedservices/x/deployments/x/loadbalancers/x = Delete Internal Load Balancer
PUT /services/hostedservices/x/deployments/x/loadbalancers/x = Update Internal Load Balancer
POST /services/hostedservices/x/deployments/x/migration?comp=abort = Migrate Deployment
POST /services/hostedservices/x/deployments/x/migration?comp=commit = Migrate Deployment
POST /services/hostedservices/x/deployments/x/migration?comp=prepare = Migrate Deployment
POST /services/hostedservices/x/deployments/x/migration?comp=validate = Migrate Deployment
POST /services/hostedservices/x/deployments/x/package?containerUri=x&overwriteExisting=x = Get Package
POST /services/hostedservices/x/deployments/x/roleinstances/?comp=delete = Delete Role Instances
GET /services/hostedservices/x/deployments/x/roleinstances/x/effectiveroutetable = Get Effective Route Table
GET /services/hostedservices/x/deployments/x/roleinstances/x/ModelFile?FileType=RDP = Download RDP File
GET /services/hostedservices/x/deployments/x/roleinstances/x/networkinterfaces/x/effectiveroutetable = Get Effective Route Table
POST /services/hostedservices/x/deployments/x/roleinstances/x/Operations = Operate Role
POST /services/hostedservices/x/deployments/x/roleinstances/x?comp=reboot = Reboot Role Instance
POST /services/hostedservices/x/deployments/x/roleinstances/x?comp=rebuild&resources=x = Rebuild Role Instance
POST /services/hostedservices/x/deployments/x/roleinstances/x?comp=reimage = Reimage Role Instance
POST /services/hostedservices/x/deployments/x/roles = Add Role
POST /services/hostedservices/x/deployments/x/Roles/Operations = Start Or Shutdown Roles
GET /services/hostedservices/x/deployments/x/roles/x = Get Role
PUT /services/hostedservices/x/deployments/x/roles/x = Update Role
POST /services/hostedservices/x/deployments/x/roles/x/DataDisks = Add Data Disk
GET /services/hostedservices/x/deployments/x/roles/x/DataDisks/x = Get Data Disk
PUT /services/hostedservices/x/deployments/x/roles/x/DataDisks/x = Update Data Disk
DELETE /services/hostedservices/x/deployments/x/roles/x/DataDisks/x?comp=media = Delete Data Disk
GET /services/hostedservices/x/deployments/x/roles/x/ipforwarding = Get IP Forwarding
POST /services/hostedservices/x/deployments/x/roles/x/ipforwarding = Set IP Forwarding
GET /services/hostedservices/x/deployments/x/roles/x/networkinterfaces/x/ipforwarding = Get IP Forwarding Of Network Interface
POST /services/hostedservices/x/deployments/x/roles/x/networkinterfaces/x/ipforwarding = Set IP Forwarding Of Network Interface
GET /services/hostedservices/x/deployments/x/roles/x/networkinterfaces/x/networksecuritygroups = Get Network Security Group Of Network Interface
POST /services/hostedservices/x/deployments/x/roles/x/networkinterfaces/x/networksecuritygroups = Add Network Security Group To Network Interface
DELETE /services/hostedservices/x/deployments/x/roles/x/networkinterfaces/x/networksecuritygroups/x = Remove Network Security Group From Network Interface
GET /services/hostedservices/x/deployments/x/roles/x/networksecuritygroups = Get Network Security Group Of Role
POST /services/hostedservices/x/deployments/x/roles/x/networksecuritygroups = Add Network Security Group To Role
DELETE /services/hostedservices/x/deployments/x/roles/x/networksecuritygroups/x = Remove Network Security Group From Role
DELETE /services/hostedservices/x/deployments/x/roles/x?comp=media = Delete Role
DELETE /services/hostedservices/x/deployments/x/virtualIPs/x = Delete Virtual IP
POST /services/hostedservices/x/deployments/x/x = Add Virtual IP
DELETE /services/hostedservices/x/deployments/x?comp=media = Delete Deployment
POST /services/hostedservices/x/deployments/x?comp=UpdateLbSet = Update Load-Balanced Endpoint Set
POST /services/hostedservices/x/deployments/x?comp=walkupgradedomain = Walk Upgrade Domain
DELETE /services/hostedservices/x/deploymentslots/Production = Delete Deployment
GET /services/hostedservices/x/deploymentslots/Production = Get Deployment
POST /services/hostedservices/x/deploymentslots/Production = Create Deployment
POST /services/hostedservices/x/deploymentslots/Production/?comp=config = Change Deployment Configuration
POST /services/hostedservices/x/deploymentslots/Production/?comp=rollback = Rollback Update Or Upgrade
POST /services/hostedservices/x/deploymentslots/Production/?comp=status = Update Deployment Status
POST /services/hostedservices/x/deploymentslots/Production/?comp=upgrade = Upgrade Deployment
POST /services/hostedservices/x/deploymentslots/Production/?comp=walkupgradedomain = Walk Upgrade Domain
GET /services/hostedservices/x/deploymentslots/Production/events?starttime=x&endtime=x = List Rebuild Events
POST /services/hostedservices/x/deploymentslots/Production/package?containerUri=x&overwriteExisting=x = Get Package
POST /services/hostedservices/x/deploymentslots/Production/roleinstances/?comp=delete = Delete Role Instances
POST /services/hostedservices/x/deploymentslots/Production/roleinstances/x?comp=reboot = Reboot Role Instance
POST /services/hostedservices/x/deploymentslots/Production/roleinstances/x?comp=rebuild&resources=x = Rebuild Role Instance
POST /services/hostedservices/x/deploymentslots/Production/roleinstances/x?comp=reimage = Reimage Role Instance
GET /services/hostedservices/x/extensions = List Extensions
POST /services/hostedservices/x/extensions = Add Extension
DELETE /services/hostedservices/x/extensions/x = Delete Extension
GET /services/hostedservices/x/extensions/x = Get Extension
DELETE /services/hostedservices/x?comp=media = Delete Hosted Service
GET /services/hostedservices/x?embed-detail=true = Get Hosted Service Properties
GET /services/images = List OS Images
POST /services/images = Add OS Image
GET /services/images/x = Get OS Image
PUT /services/images/x = Update OS Image
GET /services/images/x/details = Get OS Image Details
PUT /services/images/x/replicate = Replicate OS Image
PUT /services/images/x/shareasync?permission=public = Share OS Image
PUT /services/images/x/shareasync?permission=x = Share OS Image
PUT /services/images/x/unreplicate = Unreplicate OS Image
DELETE /services/images/x?comp=media = Delete OS Image
GET /services/networking/ApplicationGateways = List Application Gateways
POST /services/networking/ApplicationGateways = Create Application Gateway
DELETE /services/networking/ApplicationGateways/x = Delete Application Gateway
GET /services/networking/ApplicationGateways/x = Get Application Gateway
PUT /services/networking/ApplicationGateways/x = Update Application Gateway
GET /services/networking/ApplicationGateways/x/configuration = Get Application Gateway Configuration
POST /services/networking/ApplicationGateways/x/configuration = Set Application Gateway Configuration
POST /services/networking/ApplicationGateways/x/Operations = Start Or Stop Application Gateway
GET /services/networking/ApplicationGateways/x/sslcertificates = List Application Gateway Certificates
DELETE /services/networking/ApplicationGateways/x/sslcertificates/x = Delete Application Gateway Certificate
GET /services/networking/ApplicationGateways/x/sslcertificates/x = Get Application Gateway Certificate
PUT /services/networking/ApplicationGateways/x/sslcertificates/x = Add Application Gateway Certificate
GET /services/networking/gatewayconnections = List Gateway Connections
POST /services/networking/gatewayconnections = Create Gateway Connection
DELETE /services/networking/gatewayconnections/virtualnetworkgateway/x/connectedentity/x = Delete Gateway Connection
GET /services/networking/gatewayconnections/virtualnetworkgateway/x/connectedentity/x = Get Gateway Connection
PATCH /services/networking/gatewayconnections/virtualnetworkgateway/x/connectedentity/x = Update Gateway Connection
GET /services/networking/localnetworkgateways = List Local Network Gateways
POST /services/networking/localnetworkgateways = Create Local Network Gateway
DELETE /services/networking/localnetworkgateways/x = Delete Local Network Gateway
GET /services/networking/localnetworkgateways/x = Get Local Network Gateway
PATCH /services/networking/localnetworkgateways/x = Update Local Network Gateway
GET /services/networking/media = Get Network Configuration
PUT /services/networking/media = Set Network Configuration
GET /services/networking/networksecuritygroups = List Network Security Groups
POST /services/networking/networksecuritygroups = Create Network Security Group
DELETE /services/networking/networksecuritygroups/x = Delete Network Security Group
POST /services/networking/networksecuritygroups/x/migration?comp=abort = Migrate Network Security Group
POST /services/networking/networksecuritygroups/x/migration?comp=commit = Migrate Network Security Group
POST /services/networking/networksecuritygroups/x/migration?comp=prepare = Migrate Network Security Group
POST /services/networking/networksecuritygroups/x/migration?comp=validate = Migrate Network Security Group
DELETE /services/networking/networksecuritygroups/x/rules/x = Delete Network Security Rule
PUT /services/networking/networksecuritygroups/x/rules/x = Set Network Security Rule
GET /services/networking/networksecuritygroups/x?detaillevel=x = Get Network Security Group
GET /services/networking/operation/x = Get Network Operation Status
GET /services/networking/reservedips = List Reserved IP Addresses
POST /services/networking/reservedips = Create Reserved IP Address
DELETE /services/networking/reservedips/x = Delete Reserved IP Address
GET /services/networking/reservedips/x = Get Reserved IP Address
POST /services/networking/reservedips/x/migration?comp=abort = Migrate Reserved IP Address
POST /services/networking/reservedips/x/migration?comp=commit = Migrate Reserved IP Address
POST /services/networking/reservedips/x/migration?comp=prepare = Migrate Reserved IP Address
POST /services/networking/reservedips/x/migration?comp=validate = Migrate Reserved IP Address
POST /services/networking/reservedips/x/operations/associate = Associate Reserved IP Address
POST /services/networking/reservedips/x/operations/disassociate = Disassociate Reserved IP Address
GET /services/networking/routetables = List Route Tables
POST /services/networking/routetables = Create Route Table
DELETE /services/networking/routetables/x = Delete Route Table
GET /services/networking/routetables/x = Get Route Table
POST /services/networking/routetables/x/migration?comp=abort = Migrate Route Table
POST /services/networking/routetables/x/migration?comp=commit = Migrate Route Table
POST /services/networking/routetables/x/migration?comp=prepare = Migrate Route Table
POST /services/networking/routetables/x/migration?comp=validate = Migrate Route Table
DELETE /services/networking/routetables/x/routes/x = Delete Route
PUT /services/networking/routetables/x/routes/x = Set Route
GET /services/networking/routetables/x?detailLevel=x = Get Route Table
GET /services/networking/supporteddevices = List Supported Devices
GET /services/networking/virtualnetwork = List Virtual Network Sites
POST /services/networking/virtualnetwork/x/migration?comp=abort = Migrate Virtual Network
POST /services/networking/virtualnetwork/x/migration?comp=commit = Migrate Virtual Network
POST /services/networking/virtualnetwork/x/migration?comp=prepare = Migrate Virtual Network
POST /services/networking/virtualnetwork/x/migration?comp=validate = Migrate Virtual Network
GET /services/networking/virtualnetwork/x/subnets/x/networksecuritygroups = Get Network Security Group Of Subnet
POST /services/networking/virtualnetwork/x/subnets/x/networksecuritygroups = Add Network Security Group To Subnet
DELETE /services/networking/virtualnetwork/x/subnets/x/networksecuritygroups/x = Remove Network Security Group From Subnet
DELETE /services/networking/virtualnetwork/x/subnets/x/routetables = Remove Route Table From Subnet
GET /services/networking/virtualnetwork/x/subnets/x/routetables = Get Route Table Of Subnet
POST /services/networking/virtualnetwork/x/subnets/x/routetables = Add Route Table To Subnet
GET /services/networking/virtualnetworkgateways = List Virtual Network Gateways
DELETE /services/networking/virtualnetworkgateways/x = Delete Virtual Network Gateway
GET /services/networking/virtualnetworkgateways/x = Get Virtual Network Gateway
PATCH /services/networking/virtualnetworkgateways/x = Resize Virtual Network Gateway
GET /services/networking/virtualnetworkgateways/x/connectedentity/x/ipsecparameters = Get Gateway IPsec Parameters
PATCH /services/networking/virtualnetworkgateways/x/connectedentity/x/ipsecparameters = Set Gateway IPsec Parameters
GET /services/networking/virtualnetworkgateways/x/connectedentity/x/sharedkey = Get Gateway Shared Key
PATCH /services/networking/virtualnetworkgateways/x/connectedentity/x/sharedkey = Reset Gateway Shared Key
POST /services/networking/virtualnetworkgateways/x/connectedentity/x/sharedkey = Set Gateway Shared Key
GET /services/networking/virtualnetworkgateways/x/publicdiagnostics = Get Gateway Diagnostics
PUT /services/networking/virtualnetworkgateways/x/publicdiagnostics = Start Or Stop Gateway Diagnostics
DELETE /services/networking/x/gateway = Delete Virtual Network Gateway
GET /services/networking/x/gateway = Get Virtual Network Gateway
PATCH /services/networking/x/gateway = Resize Virtual Network Gateway
POST /services/networking/x/gateway = Create Virtual Network Gateway
GET /services/networking/x/gateway/clientrootcertificates = List Client Root Certificates
POST /services/networking/x/gateway/clientrootcertificates = Add Client Root Certificate
DELETE /services/networking/x/gateway/clientrootcertificates/x = Delete Client Root Certificate
GET /services/networking/x/gateway/clientrootcertificates/x = Get Client Root Certificate
PUT /services/networking/x/gateway/connection/x = Connect Virtual Network Gateway
GET /services/networking/x/gateway/connection/x/ipsecparameters = Get Gateway IPsec Parameters
PATCH /services/networking/x/gateway/connection/x/ipsecparameters = Set Gateway IPsec Parameters
GET /services/networking/x/gateway/connection/x/sharedkey = Get Gateway Shared Key
POST /services/networking/x/gateway/connection/x/sharedkey = Set Gateway Shared Key
PUT /services/networking/x/gateway/connection/x/sharedkey = Reset Gateway Shared Key
GET /services/networking/x/gateway/connections = List Virtual Network Connections
DELETE /services/networking/x/gateway/defaultsites = Remove Gateway Default Site
POST /services/networking/x/gateway/defaultsites = Set Gateway Default Site
GET /services/networking/x/gateway/publicdiagnostics = Get Gateway Diagnostics
PUT /services/networking/x/gateway/publicdiagnostics = Start Or Stop Gateway Diagnostics
POST /services/networking/x/gateway/vpnclientpackage = Create Client Package
GET /services/networking/x/gateway/vpndeviceconfigurationscript?vendor=x&platform=x&OSfamily=x = Get Device Configuration Script
POST /services/networking/x/virtualnetworkgateways = Create Virtual Network Gateway
GET /services/networking/x?op=checkavailability&address=x = Check Static IP Availability
GET /services/publisherextensions = List Publisher Extensions
GET /services/resourceextensions = List Resource Extensions
GET /services/resourceextensions/x/x = List Resource Extension Versions
GET /services/storageservices = List Storage Accounts
POST /services/storageservices = Create Storage Account
GET /services/storageservices/operations/isavailable/x = Check Storage Account Name Availability
DELETE /services/storageservices/x = Delete Storage Account
GET /services/storageservices/x = Get Storage Account Properties
PUT /services/storageservices/x = Update Storage Account
GET /services/storageservices/x/keys = Get Storage Account Keys
POST /services/storageservices/x/keys?action=regenerate = Regenerate Storage Account Keys
POST /services/storageservices/x/migration?comp=abort = Migrate Storage Account
POST /services/storageservices/x/migration?comp=commit = Migrate Storage Account
POST /services/storageservices/x/migration?comp=prepare = Migrate Storage Account
POST /services/storageservices/x/migration?comp=validate = Migrate Storage Account
GET /services/vmimages = List VM Images
POST /services/vmimages = Create VM Image
PUT /services/vmimages/x = Update VM Image
GET /services/vmimages/x/details = Get VM Image Details
PUT /services/vmimages/x/replicate = Replicate VM Image
PUT /services/vmimages/x/shareasync?permission=x = Share VM Image
PUT /services/vmimages/x/unreplicate = Unreplicate VM Image
DELETE /services/vmimages/x?comp=media = Delete VM Image
GET /services/WATM/operations/isavailable/x = Check Traffic Manager Name Availability
GET /services/WATM/profiles = List Traffic Manager Profiles
POST /services/WATM/profiles = Create Traffic Manager Profile
DELETE /services/WATM/profiles/x = Delete Traffic Manager Profile
GET /services/WATM/profiles/x = Get Traffic Manager Profile
PUT /services/WATM/profiles/x = Update Traffic Manager Profile
GET /services/WATM/profiles/x/definitions = List Traffic Manager Definitions
POST /services/WATM/profiles/x/definitions = Create Traffic Manager Definition
GET /services/WATM/profiles/x/definitions/1 = Get Traffic Manager Definition
PUT /services?service=x&action=register = Register Resource Provider
PUT /services?service=x&action=unregister = Unregister Resource Provider
";

/// The same of their packages for web sites, service bus, databases, the scheduler, add-ons and
/// clusters: nothing of which is modelled.
const OTHER_SERVICES: &str = "
GET /cloudservices = List Cloud Services
GET /cloudservices?resourceProviderNamespace=hdinsight&resourceType=clusters = List Cloud Services
GET /CloudServices/ = List Cloud Services
DELETE /cloudservices/x = Delete Cloud Service
GET /cloudservices/x = Get Cloud Service
PUT /cloudservices/x = Create Cloud Service
PUT /CloudServices/x/ = Create Cloud Service
DELETE /cloudservices/x/resources/hdinsight/clusters/x = Delete Cluster
PUT /cloudservices/x/resources/HDInsight/clusters/x = Create Cluster
DELETE /cloudservices/x/resources/hdinsight/iaasclusters/x = Delete Cluster
PUT /cloudservices/x/resources/HDInsight/iaasclusters/x = Create Cluster
GET /cloudservices/x/resources/hdinsight/~/clusters/x = Get Cluster
GET /cloudservices/x/resources/hdinsight/~/iaasclusters/x = Get Cluster
POST /cloudservices/x/resources/scheduler/jobCollections?op=checknameavailability&resourceName=x = Check Job Collection Name Availability
GET /cloudservices/x/resources/scheduler/JobCollections/?op=checknameavailability&resourceName=x = Check Job Collection Name Availability
DELETE /cloudservices/x/resources/scheduler/jobCollections/x = Delete Job Collection
PUT /cloudservices/x/resources/scheduler/JobCollections/x = Create Job Collection
GET /cloudservices/x/resources/scheduler/~/JobCollections/x = Get Job Collection
GET /cloudservices/x/resources/scheduler/~/jobCollections/x?api-version=2014-04-01 = Get Job Collection
GET /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs?api-version=2014-04-01&%24filter=x&%24skip=x&%24top=x = List Jobs
GET /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs?api-version=2014-04-01&%24skip=x&%24top=x = List Jobs
PATCH /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs = Update Jobs
POST /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs?api-version=2014-04-01 = Create Job
GET /cloudservices/x/resources/scheduler/~/jobCollections/x/jobs/?api-version=2014-04-01 = List Jobs
DELETE /cloudservices/x/resources/scheduler/~/jobCollections/x/jobs/x?api-version=2014-04-01 = Delete Job
GET /cloudservices/x/resources/scheduler/~/jobCollections/x/jobs/x?api-version=2014-04-01 = Get Job
PATCH /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs/x?api-version=2014-04-01 = Update Job
PUT /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs/x?api-version=2014-04-01 = Create Job
GET /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs/x/history?api-version=2014-04-01&%24filter=x&%24skip=x&%24top=x = Get Job History
GET /cloudservices/x/resources/scheduler/~/JobCollections/x/jobs/x/history?api-version=2014-04-01&%24skip=x&%24top=x = Get Job History
DELETE /CloudServices/x/resources/x/x/x = Delete Add-On
PUT /CloudServices/x/resources/x/x/x = Create Add-On
GET /resourceproviders/scheduler/Properties?resourceType=JobCollections = Get Resource Provider Properties
GET /services/ServiceBus/CheckNamespaceAvailability?namespace=x = Check Service Bus Namespace Availability
GET /services/serviceBus/CheckNamespaceAvailability/?namespace=x = Check Service Bus Namespace Availability
GET /services/servicebus/namespaces/ = List Service Bus Namespaces
GET /services/serviceBus/Namespaces//x/NotificationHubs = List Notification Hubs
GET /services/serviceBus/Namespaces//x/NotificationHubs/x/Metrics = List Notification Hub Metrics
GET /services/serviceBus/Namespaces//x/NotificationHubs/x/Metrics/x/Rollups = List Notification Hub Metric Rollups
GET /services/serviceBus/Namespaces//x/NotificationHubs/x/Metrics/x/Rollups/x/Values = Get Notification Hub Metric Values
GET /services/serviceBus/Namespaces//x/Queues = List Queues
GET /services/serviceBus/Namespaces//x/Queues/x/Metrics = List Queue Metrics
GET /services/serviceBus/Namespaces//x/Queues/x/Metrics/x/Rollups = List Queue Metric Rollups
GET /services/serviceBus/Namespaces//x/Queues/x/Metrics/x/Rollups/x/Values = Get Queue Metric Values
GET /services/serviceBus/Namespaces//x/Relays = List Relays
GET /services/serviceBus/Namespaces//x/Relays/x/Metrics = List Relay Metrics
GET /services/serviceBus/Namespaces//x/Relays/x/Metrics/x/Rollups = List Relay Metric Rollups
GET /services/serviceBus/Namespaces//x/Relays/x/Metrics/x/Rollups/x/Values = Get Relay Metric Values
GET /services/serviceBus/Namespaces//x/Topics = List Topics
GET /services/serviceBus/Namespaces//x/Topics/x/Metrics = List Topic Metrics
GET /services/serviceBus/Namespaces//x/Topics/x/Metrics/x/Rollups = List Topic Metric Rollups
GET /services/serviceBus/Namespaces//x/Topics/x/Metrics/x/Rollups/x/Values = Get Topic Metric Values
DELETE /services/serviceBus/Namespaces/x = Delete Service Bus Namespace
GET /services/servicebus/namespaces/x = Get Service Bus Namespace
PUT /services/serviceBus/Namespaces/x = Create Service Bus Namespace
GET /services/servicebus/namespaces/x/AuthorizationRules = List Service Bus Authorization Rules
POST /services/servicebus/namespaces/x/AuthorizationRules = Create Service Bus Authorization Rule
DELETE /services/servicebus/namespaces/x/AuthorizationRules/x = Delete Service Bus Authorization Rule
GET /services/servicebus/namespaces/x/AuthorizationRules/x = Get Service Bus Authorization Rule
PUT /services/servicebus/namespaces/x/AuthorizationRules/x = Update Service Bus Authorization Rule
GET /services/servicebus/namespaces/x/ConnectionDetails = Get Service Bus Namespace Connection Details
GET /services/servicebus/namespaces/x/NotificationHubs = List Notification Hubs
DELETE /services/servicebus/namespaces/x/NotificationHubs/x = Delete Notification Hub
GET /services/servicebus/namespaces/x/NotificationHubs/x = Get Notification Hub
GET /services/servicebus/namespaces/x/NotificationHubs/x/ConnectionDetails = Get Notification Hub Connection Details
GET /services/servicebus/namespaces/x/Queues = List Queues
DELETE /services/servicebus/namespaces/x/Queues/x = Delete Queue
GET /services/servicebus/namespaces/x/Queues/x = Get Queue
PUT /services/servicebus/namespaces/x/queues/x/ = Create Queue
GET /services/servicebus/namespaces/x/Queues/x/ConnectionDetails = Get Queue Connection Details
GET /services/servicebus/namespaces/x/Relays/x/ConnectionDetails = Get Relay Connection Details
GET /services/servicebus/namespaces/x/topics/ = List Topics
DELETE /services/servicebus/namespaces/x/topics/x = Delete Topic
GET /services/servicebus/namespaces/x/topics/x = Get Topic
PUT /services/servicebus/namespaces/x/topics/x/ = Create Topic
GET /services/servicebus/namespaces/x/Topics/x/ConnectionDetails = Get Topic Connection Details
GET /services/servicebus/regions = List Service Bus Regions
GET /services/serviceBus/Regions/ = List Service Bus Regions
GET /services/sqlservers/servers = List Database Servers
POST /services/sqlservers/servers = Create Database Server
GET /services/sqlservers/servers//x/databases?contentview=generic = List Databases
DELETE /services/sqlservers/servers/x = Delete Database Server
POST /services/sqlservers/servers/x?op=ResetPassword = Set Database Server Administrator Password
POST /services/sqlservers/servers/x/DacOperations/Export = Export Database
POST /services/sqlservers/servers/x/DacOperations/Import = Import Database
GET /services/sqlservers/servers/x/DacOperations/Status?servername=x&username=x&password=x&reqId=x = Get Import Or Export Status
POST /services/sqlservers/servers/x/DacOperations/Status = Get Import Or Export Status
GET /services/sqlservers/servers/x/databaseoperations?contentview=generic = List Database Operations
GET /services/sqlservers/servers/x/databaseoperations?databaseName=x = List Database Operations
GET /services/sqlservers/servers/x/databaseoperations/x = Get Database Operation
GET /services/sqlservers/servers/x/databases?contentview=generic = List Databases
POST /services/sqlservers/servers/x/databases = Create Database
DELETE /services/sqlservers/servers/x/databases/x = Delete Database
GET /services/sqlservers/servers/x/databases/x = Get Database
PUT /services/sqlservers/servers/x/databases/x = Update Database
GET /services/sqlservers/servers/x/databases/x/databasecopies = List Database Copies
POST /services/sqlservers/servers/x/databases/x/databasecopies = Create Database Copy
DELETE /services/sqlservers/servers/x/databases/x/databasecopies/x = Delete Database Copy
GET /services/sqlservers/servers/x/databases/x/databasecopies/x = Get Database Copy
PUT /services/sqlservers/servers/x/databases/x/databasecopies/x = Update Database Copy
GET /services/sqlservers/servers/x/databases/x/events?startDate=x&intervalSizeInMinutes=x&eventTypes=x = List Database Events
GET /services/sqlservers/servers/x/events?startDate=x&intervalSizeInMinutes=x&eventTypes=x = List Database Server Events
GET /services/sqlservers/servers/x/firewallrules = List Firewall Rules
POST /services/sqlservers/servers/x/firewallrules = Create Firewall Rule
DELETE /services/sqlservers/servers/x/firewallrules/x = Delete Firewall Rule
GET /services/sqlservers/servers/x/firewallrules/x = Get Firewall Rule
PUT /services/sqlservers/servers/x/firewallrules/x = Update Firewall Rule
GET /services/sqlservers/servers/x/recoverabledatabases?contentview=generic = List Recoverable Databases
GET /services/sqlservers/servers/x/recoverabledatabases/x = Get Recoverable Database
POST /services/sqlservers/servers/x/recoverdatabaseoperations = Recover Database
GET /services/sqlservers/servers/x/restorabledroppeddatabases?contentview=generic = List Restorable Dropped Databases
GET /services/sqlservers/servers/x/restorabledroppeddatabases/x = Get Restorable Dropped Database
POST /services/sqlservers/servers/x/restoredatabaseoperations = Restore Database
GET /services/sqlservers/servers/x/serverquotas = List Server Quotas
GET /services/sqlservers/servers/x/serverquotas/x = Get Server Quota
GET /services/sqlservers/servers/x/serviceobjectives = List Service Objectives
GET /services/sqlservers/servers/x/serviceobjectives/x = Get Service Objective
GET /services/WebSpaces = List Web Spaces
GET /services/WebSpaces?ishostnameavailable=x = Check Host Name Availability
GET /services/WebSpaces?properties=dnssuffix = Get Web Sites DNS Suffix
GET /services/WebSpaces?properties=georegions = List Web Site Regions
GET /services/WebSpaces?properties=publishingUsers = List Publishing Users
PUT /services/WebSpaces?properties=publishingCredentials = Update Publishing Credentials
GET /services/webspaces//x = Get Web Space
GET /services/webspaces//x/sites = List Web Sites
POST /services/webspaces//x/sites = Create Web Site
DELETE /services/webspaces//x/sites/x?deleteEmptyServerFarm=true&deleteMetrics=true = Delete Web Site
GET /services/webspaces//x/sites/x = Get Web Site
GET /services/webspaces//x/sites/x/metricdefinitions/ = List Web Site Metric Definitions
GET /services/webspaces//x/sites/x/metrics/?names=x&StartTime=x&EndTime=x&TimeGrain=x = Get Web Site Metrics
GET /services/webspaces//x/sites/x/publishxml/ = Get Web Site Publish Profile
POST /services/webspaces//x/sites/x/restart/ = Restart Web Site
GET /services/WebSpaces/x = Get Web Space
GET /services/WebSpaces/x/serverFarms = List Web Hosting Plans
POST /services/WebSpaces/x/ServerFarms = Create Web Hosting Plan
DELETE /services/WebSpaces/x/ServerFarms/x = Delete Web Hosting Plan
GET /services/WebSpaces/x/serverFarms/x = Get Web Hosting Plan
PUT /services/WebSpaces/x/ServerFarms/x = Update Web Hosting Plan
GET /services/WebSpaces/x/serverFarms/x/metrics?names=x&StartTime=x&EndTime=x&timeGrain=x&details=x = Get Web Hosting Plan Metrics
GET /services/WebSpaces/x/sites?propertiesToInclude=x = List Web Sites
POST /services/WebSpaces/x/sites = Create Web Site
DELETE /services/WebSpaces/x/sites/x?deleteEmptyServerFarm=x&deleteMetrics=x&deleteAllSlots=x = Delete Web Site
GET /services/WebSpaces/x/sites/x?propertiesToInclude=x = Get Web Site
PUT /services/WebSpaces/x/sites/x = Update Web Site
POST /services/WebSpaces/x/sites/x(x)/slots?Command=swap&targetSlot=x = Swap Web Site Slots
POST /services/WebSpaces/x/sites/x/applySlotConfig?targetSwapSlot=x = Apply Web Site Slot Configuration
PUT /services/WebSpaces/x/sites/x/backup = Back Up Web Site
GET /services/WebSpaces/x/sites/x/backup/config = Get Web Site Backup Configuration
PUT /services/WebSpaces/x/sites/x/backup/config = Update Web Site Backup Configuration
GET /services/WebSpaces/x/sites/x/config = Get Web Site Configuration
PUT /services/WebSpaces/x/sites/x/config = Update Web Site Configuration
GET /services/WebSpaces/x/sites/x/hybridconnection = List Hybrid Connections
POST /services/WebSpaces/x/sites/x/hybridconnection = Create Hybrid Connection
PUT /services/WebSpaces/x/sites/x/hybridconnection = Update Hybrid Connection
DELETE /services/WebSpaces/x/sites/x/hybridconnection/x = Delete Hybrid Connection
GET /services/WebSpaces/x/sites/x/hybridconnection/x = Get Hybrid Connection
GET /services/WebSpaces/x/sites/x/instanceids = List Web Site Instances
GET /services/WebSpaces/x/sites/x/metrics?names=x&StartTime=x&EndTime=x&timeGrain=x&details=x&slotView=x = Get Web Site Metrics
POST /services/WebSpaces/x/sites/x/newpassword = Generate Web Site Password
GET /services/WebSpaces/x/sites/x/operations/x = Get Web Site Operation Status
GET /services/WebSpaces/x/sites/x/publishxml = Get Web Site Publish Profile
DELETE /services/WebSpaces/x/sites/x/repository = Delete Web Site Repository
GET /services/WebSpaces/x/sites/x/repository = Get Web Site Repository
POST /services/WebSpaces/x/sites/x/repository = Create Web Site Repository
POST /services/WebSpaces/x/sites/x/repository?action=sync = Sync Web Site Repository
POST /services/WebSpaces/x/sites/x/resetSlotConfig = Reset Web Site Slot Configuration
POST /services/WebSpaces/x/sites/x/restart = Restart Web Site
GET /services/WebSpaces/x/sites/x/restore = List Web Site Backups
PUT /services/WebSpaces/x/sites/x/restore = Restore Web Site
PUT /services/WebSpaces/x/sites/x/restore/discover = Discover Web Site Backup
GET /services/WebSpaces/x/sites/x/slotConfigNames = Get Web Site Slot Configuration Names
POST /services/WebSpaces/x/sites/x/slotConfigNames = Update Web Site Slot Configuration Names
GET /services/WebSpaces/x/sites/x/usages = Get Web Site Usage Metrics
";

#[tokio::test]
async fn every_request_of_the_sdks_finds_its_operation() {
    let stage = Stage::new().await;
    let others = OTHER_SERVICES.trim().lines();
    for line in REQUESTS.trim().lines().chain(others) {
        let (request, operation) = line.split_once(" = ").unwrap();
        let (method, path) = request.split_once(' ').unwrap();
        let answer = stage.call(method, path, "").await;
        let journal = stage.azure.cloud().journal();
        assert_eq!(journal.last().unwrap().operation, operation, "{request}");
        let modelled = fake_azure::operations()
            .find(|known| known.operation == operation)
            .is_some_and(|known| known.modelled);
        if modelled {
            assert_ne!(answer.status, 501, "{request}");
        } else {
            let (status, code, message) = answer.refusal();
            assert_eq!(
                (status, code.as_str()),
                (501, "NotImplemented"),
                "{request}"
            );
            assert!(message.contains(&format!("'{operation}'")), "{message}");
        }
    }
}
