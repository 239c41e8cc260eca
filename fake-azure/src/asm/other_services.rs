//! What the real service does beside virtual machines: web sites, service bus, databases and what
//! other providers keep in a subscription. None of it is modelled; each has its name in the 501.

use super::routes::{Route, not, not_with};

/// Two slashes are how the SDK for Python writes some of its paths.
pub(super) const ROUTES: [Route; 182] = [
    // Web sites
    not_with(
        "GET",
        "/services/webspaces",
        ("ishostnameavailable", "*"),
        "Check Host Name Availability",
    ),
    not_with(
        "GET",
        "/services/webspaces",
        ("properties", "dnssuffix"),
        "Get Web Sites DNS Suffix",
    ),
    not_with(
        "GET",
        "/services/webspaces",
        ("properties", "georegions"),
        "List Web Site Regions",
    ),
    not_with(
        "GET",
        "/services/webspaces",
        ("properties", "publishingUsers"),
        "List Publishing Users",
    ),
    not("GET", "/services/webspaces", "List Web Spaces"),
    not_with(
        "PUT",
        "/services/webspaces",
        ("properties", "publishingCredentials"),
        "Update Publishing Credentials",
    ),
    not("GET", "/services/webspaces/{webspace}", "Get Web Space"),
    not(
        "GET",
        "/services/webspaces/{webspace}/serverfarms",
        "List Web Hosting Plans",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/serverfarms",
        "Create Web Hosting Plan",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/serverfarms/{plan}",
        "Get Web Hosting Plan",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/serverfarms/{plan}",
        "Update Web Hosting Plan",
    ),
    not(
        "DELETE",
        "/services/webspaces/{webspace}/serverfarms/{plan}",
        "Delete Web Hosting Plan",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/serverfarms/{plan}/metrics",
        "Get Web Hosting Plan Metrics",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites",
        "List Web Sites",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites",
        "Create Web Site",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}",
        "Get Web Site",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}",
        "Update Web Site",
    ),
    not(
        "DELETE",
        "/services/webspaces/{webspace}/sites/{site}",
        "Delete Web Site",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/slots",
        "Swap Web Site Slots",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/applyslotconfig",
        "Apply Web Site Slot Configuration",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/resetslotconfig",
        "Reset Web Site Slot Configuration",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/slotconfignames",
        "Get Web Site Slot Configuration Names",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/slotconfignames",
        "Update Web Site Slot Configuration Names",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/config",
        "Get Web Site Configuration",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}/config",
        "Update Web Site Configuration",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/backup/config",
        "Get Web Site Backup Configuration",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}/backup/config",
        "Update Web Site Backup Configuration",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}/backup",
        "Back Up Web Site",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/restore",
        "List Web Site Backups",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}/restore",
        "Restore Web Site",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}/restore/discover",
        "Discover Web Site Backup",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/hybridconnection",
        "List Hybrid Connections",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/hybridconnection",
        "Create Hybrid Connection",
    ),
    not(
        "PUT",
        "/services/webspaces/{webspace}/sites/{site}/hybridconnection",
        "Update Hybrid Connection",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/hybridconnection/{connection}",
        "Get Hybrid Connection",
    ),
    not(
        "DELETE",
        "/services/webspaces/{webspace}/sites/{site}/hybridconnection/{connection}",
        "Delete Hybrid Connection",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/instanceids",
        "List Web Site Instances",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/newpassword",
        "Generate Web Site Password",
    ),
    not_with(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/repository",
        ("action", "sync"),
        "Sync Web Site Repository",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/repository",
        "Get Web Site Repository",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/repository",
        "Create Web Site Repository",
    ),
    not(
        "DELETE",
        "/services/webspaces/{webspace}/sites/{site}/repository",
        "Delete Web Site Repository",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/operations/{operation}",
        "Get Web Site Operation Status",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/usages",
        "Get Web Site Usage Metrics",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/metrics",
        "Get Web Site Metrics",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/metricdefinitions",
        "List Web Site Metric Definitions",
    ),
    not(
        "GET",
        "/services/webspaces/{webspace}/sites/{site}/publishxml",
        "Get Web Site Publish Profile",
    ),
    not(
        "POST",
        "/services/webspaces/{webspace}/sites/{site}/restart",
        "Restart Web Site",
    ),
    not("GET", "/services/webspaces//{webspace}", "Get Web Space"),
    not(
        "GET",
        "/services/webspaces//{webspace}/sites",
        "List Web Sites",
    ),
    not(
        "POST",
        "/services/webspaces//{webspace}/sites",
        "Create Web Site",
    ),
    not(
        "GET",
        "/services/webspaces//{webspace}/sites/{site}",
        "Get Web Site",
    ),
    not(
        "PUT",
        "/services/webspaces//{webspace}/sites/{site}",
        "Update Web Site",
    ),
    not(
        "DELETE",
        "/services/webspaces//{webspace}/sites/{site}",
        "Delete Web Site",
    ),
    not(
        "GET",
        "/services/webspaces//{webspace}/sites/{site}/metrics",
        "Get Web Site Metrics",
    ),
    not(
        "GET",
        "/services/webspaces//{webspace}/sites/{site}/metricdefinitions",
        "List Web Site Metric Definitions",
    ),
    not(
        "GET",
        "/services/webspaces//{webspace}/sites/{site}/publishxml",
        "Get Web Site Publish Profile",
    ),
    not(
        "POST",
        "/services/webspaces//{webspace}/sites/{site}/restart",
        "Restart Web Site",
    ),
    // Service bus
    not(
        "GET",
        "/services/servicebus/checknamespaceavailability",
        "Check Service Bus Namespace Availability",
    ),
    not(
        "GET",
        "/services/servicebus/regions",
        "List Service Bus Regions",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces",
        "List Service Bus Namespaces",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}",
        "Get Service Bus Namespace",
    ),
    not(
        "PUT",
        "/services/servicebus/namespaces/{namespace}",
        "Create Service Bus Namespace",
    ),
    not(
        "DELETE",
        "/services/servicebus/namespaces/{namespace}",
        "Delete Service Bus Namespace",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/connectiondetails",
        "Get Service Bus Namespace Connection Details",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/authorizationrules",
        "List Service Bus Authorization Rules",
    ),
    not(
        "POST",
        "/services/servicebus/namespaces/{namespace}/authorizationrules",
        "Create Service Bus Authorization Rule",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/authorizationrules/{rule}",
        "Get Service Bus Authorization Rule",
    ),
    not(
        "PUT",
        "/services/servicebus/namespaces/{namespace}/authorizationrules/{rule}",
        "Update Service Bus Authorization Rule",
    ),
    not(
        "DELETE",
        "/services/servicebus/namespaces/{namespace}/authorizationrules/{rule}",
        "Delete Service Bus Authorization Rule",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/queues",
        "List Queues",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/queues/{name}",
        "Get Queue",
    ),
    not(
        "PUT",
        "/services/servicebus/namespaces/{namespace}/queues/{name}",
        "Create Queue",
    ),
    not(
        "DELETE",
        "/services/servicebus/namespaces/{namespace}/queues/{name}",
        "Delete Queue",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/queues/{name}/connectiondetails",
        "Get Queue Connection Details",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/queues/{name}/metrics",
        "List Queue Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/queues/{name}/metrics/{metric}/rollups",
        "List Queue Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/queues/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Queue Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/queues",
        "List Queues",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/queues/{name}/metrics",
        "List Queue Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/queues/{name}/metrics/{metric}/rollups",
        "List Queue Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/queues/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Queue Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/topics",
        "List Topics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/topics/{name}",
        "Get Topic",
    ),
    not(
        "PUT",
        "/services/servicebus/namespaces/{namespace}/topics/{name}",
        "Create Topic",
    ),
    not(
        "DELETE",
        "/services/servicebus/namespaces/{namespace}/topics/{name}",
        "Delete Topic",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/topics/{name}/connectiondetails",
        "Get Topic Connection Details",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/topics/{name}/metrics",
        "List Topic Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/topics/{name}/metrics/{metric}/rollups",
        "List Topic Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/topics/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Topic Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/topics",
        "List Topics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/topics/{name}/metrics",
        "List Topic Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/topics/{name}/metrics/{metric}/rollups",
        "List Topic Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/topics/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Topic Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/notificationhubs",
        "List Notification Hubs",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}",
        "Get Notification Hub",
    ),
    not(
        "PUT",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}",
        "Create Notification Hub",
    ),
    not(
        "DELETE",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}",
        "Delete Notification Hub",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}/connectiondetails",
        "Get Notification Hub Connection Details",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}/metrics",
        "List Notification Hub Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}/metrics/{metric}/rollups",
        "List Notification Hub Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/notificationhubs/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Notification Hub Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/notificationhubs",
        "List Notification Hubs",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/notificationhubs/{name}/metrics",
        "List Notification Hub Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/notificationhubs/{name}/metrics/{metric}/rollups",
        "List Notification Hub Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/notificationhubs/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Notification Hub Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/relays",
        "List Relays",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/relays/{name}",
        "Get Relay",
    ),
    not(
        "PUT",
        "/services/servicebus/namespaces/{namespace}/relays/{name}",
        "Create Relay",
    ),
    not(
        "DELETE",
        "/services/servicebus/namespaces/{namespace}/relays/{name}",
        "Delete Relay",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/relays/{name}/connectiondetails",
        "Get Relay Connection Details",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/relays/{name}/metrics",
        "List Relay Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/relays/{name}/metrics/{metric}/rollups",
        "List Relay Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces/{namespace}/relays/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Relay Metric Values",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/relays",
        "List Relays",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/relays/{name}/metrics",
        "List Relay Metrics",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/relays/{name}/metrics/{metric}/rollups",
        "List Relay Metric Rollups",
    ),
    not(
        "GET",
        "/services/servicebus/namespaces//{namespace}/relays/{name}/metrics/{metric}/rollups/{rollup}/values",
        "Get Relay Metric Values",
    ),
    // Databases
    not(
        "GET",
        "/services/sqlservers/servers",
        "List Database Servers",
    ),
    not(
        "POST",
        "/services/sqlservers/servers",
        "Create Database Server",
    ),
    not_with(
        "POST",
        "/services/sqlservers/servers/{server}",
        ("op", "ResetPassword"),
        "Set Database Server Administrator Password",
    ),
    not(
        "DELETE",
        "/services/sqlservers/servers/{server}",
        "Delete Database Server",
    ),
    not(
        "GET",
        "/services/sqlservers/servers//{server}/databases",
        "List Databases",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databases",
        "List Databases",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/databases",
        "Create Database",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databases/{database}",
        "Get Database",
    ),
    not(
        "PUT",
        "/services/sqlservers/servers/{server}/databases/{database}",
        "Update Database",
    ),
    not(
        "DELETE",
        "/services/sqlservers/servers/{server}/databases/{database}",
        "Delete Database",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databases/{database}/databasecopies",
        "List Database Copies",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/databases/{database}/databasecopies",
        "Create Database Copy",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databases/{database}/databasecopies/{copy}",
        "Get Database Copy",
    ),
    not(
        "PUT",
        "/services/sqlservers/servers/{server}/databases/{database}/databasecopies/{copy}",
        "Update Database Copy",
    ),
    not(
        "DELETE",
        "/services/sqlservers/servers/{server}/databases/{database}/databasecopies/{copy}",
        "Delete Database Copy",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databases/{database}/events",
        "List Database Events",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/events",
        "List Database Server Events",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/firewallrules",
        "List Firewall Rules",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/firewallrules",
        "Create Firewall Rule",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/firewallrules/{rule}",
        "Get Firewall Rule",
    ),
    not(
        "PUT",
        "/services/sqlservers/servers/{server}/firewallrules/{rule}",
        "Update Firewall Rule",
    ),
    not(
        "DELETE",
        "/services/sqlservers/servers/{server}/firewallrules/{rule}",
        "Delete Firewall Rule",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/serverquotas",
        "List Server Quotas",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/serverquotas/{quota}",
        "Get Server Quota",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/serviceobjectives",
        "List Service Objectives",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/serviceobjectives/{objective}",
        "Get Service Objective",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databaseoperations",
        "List Database Operations",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/databaseoperations/{operation}",
        "Get Database Operation",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/recoverabledatabases",
        "List Recoverable Databases",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/recoverabledatabases/{database}",
        "Get Recoverable Database",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/recoverdatabaseoperations",
        "Recover Database",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/restorabledroppeddatabases",
        "List Restorable Dropped Databases",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/restorabledroppeddatabases/{database}",
        "Get Restorable Dropped Database",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/restoredatabaseoperations",
        "Restore Database",
    ),
    not(
        "GET",
        "/services/sqlservers/servers/{server}/dacoperations/status",
        "Get Import Or Export Status",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/dacoperations/status",
        "Get Import Or Export Status",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/dacoperations/import",
        "Import Database",
    ),
    not(
        "POST",
        "/services/sqlservers/servers/{server}/dacoperations/export",
        "Export Database",
    ),
    // Cloud services: what other providers keep in a subscription
    not("GET", "/cloudservices", "List Cloud Services"),
    not("GET", "/cloudservices/{service}", "Get Cloud Service"),
    not("PUT", "/cloudservices/{service}", "Create Cloud Service"),
    not("DELETE", "/cloudservices/{service}", "Delete Cloud Service"),
    not_with(
        "GET",
        "/cloudservices/{service}/resources/scheduler/jobcollections",
        ("op", "checknameavailability"),
        "Check Job Collection Name Availability",
    ),
    not_with(
        "POST",
        "/cloudservices/{service}/resources/scheduler/jobcollections",
        ("op", "checknameavailability"),
        "Check Job Collection Name Availability",
    ),
    not(
        "GET",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}",
        "Get Job Collection",
    ),
    not(
        "PUT",
        "/cloudservices/{service}/resources/scheduler/jobcollections/{collection}",
        "Create Job Collection",
    ),
    not(
        "DELETE",
        "/cloudservices/{service}/resources/scheduler/jobcollections/{collection}",
        "Delete Job Collection",
    ),
    not(
        "GET",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs",
        "List Jobs",
    ),
    not(
        "POST",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs",
        "Create Job",
    ),
    not(
        "PATCH",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs",
        "Update Jobs",
    ),
    not(
        "GET",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs/{job}",
        "Get Job",
    ),
    not(
        "PUT",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs/{job}",
        "Create Job",
    ),
    not(
        "PATCH",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs/{job}",
        "Update Job",
    ),
    not(
        "DELETE",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs/{job}",
        "Delete Job",
    ),
    not(
        "GET",
        "/cloudservices/{service}/resources/scheduler/~/jobcollections/{collection}/jobs/{job}/history",
        "Get Job History",
    ),
    not(
        "GET",
        "/cloudservices/{service}/resources/hdinsight/~/clusters/{cluster}",
        "Get Cluster",
    ),
    not(
        "PUT",
        "/cloudservices/{service}/resources/hdinsight/clusters/{cluster}",
        "Create Cluster",
    ),
    not(
        "DELETE",
        "/cloudservices/{service}/resources/hdinsight/clusters/{cluster}",
        "Delete Cluster",
    ),
    not(
        "GET",
        "/cloudservices/{service}/resources/hdinsight/~/iaasclusters/{cluster}",
        "Get Cluster",
    ),
    not(
        "PUT",
        "/cloudservices/{service}/resources/hdinsight/iaasclusters/{cluster}",
        "Create Cluster",
    ),
    not(
        "DELETE",
        "/cloudservices/{service}/resources/hdinsight/iaasclusters/{cluster}",
        "Delete Cluster",
    ),
    not(
        "PUT",
        "/cloudservices/{service}/resources/{provider}/{type}/{name}",
        "Create Add-On",
    ),
    not(
        "DELETE",
        "/cloudservices/{service}/resources/{provider}/{type}/{name}",
        "Delete Add-On",
    ),
    not(
        "GET",
        "/resourceproviders/{provider}/properties",
        "Get Resource Provider Properties",
    ),
];
