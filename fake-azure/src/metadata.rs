//! What Resource Manager tells without a token: which endpoints the cloud has, and which images go
//! by short names.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use simulation::http::Query;

use crate::skin::{failed, json as answer_json};

/// Where the document of image aliases is, at every host that has it.
pub(crate) const ALIASES: &str = "/cli/vm/aliases.json";

/// Where the document of endpoints is.
pub(crate) const ENDPOINTS: &str = "/metadata/endpoints";

/// From this version on there is one cloud in the document.
const ONE: &str = "2022-09-01";

/// From this version on there are several, in a list.
const LIST: &str = "2019-05-01";

/// How somebody calls the cloud: each without a slash at the end.
#[derive(Debug)]
pub(crate) struct Called<'a> {
    pub(crate) resource_manager: &'a str,
    pub(crate) authority: &'a str,
    /// The simulator's own origin.
    pub(crate) own: &'a str,
}

/// The operation that a request is, if it is for this.
pub(crate) fn operation(path: &str) -> Option<&'static str> {
    let path = path.trim_end_matches('/');
    if path.eq_ignore_ascii_case(ENDPOINTS) {
        Some("Get Metadata Endpoints")
    } else if path == ALIASES {
        Some("Get Image Aliases")
    } else {
        None
    }
}

/// Answers a request.
pub(crate) fn answer(called: &Called<'_>, head: &Parts) -> Response<Body> {
    if head.method != Method::GET && head.method != Method::HEAD {
        return failed(405, "MethodNotAllowed", "The method is not allowed here.");
    }
    if head.uri.path() == ALIASES {
        return answer_json(
            StatusCode::OK,
            &crate::world::resource_manager::offers::images::aliases::document(),
        );
    }
    let query = Query::of(&head.uri);
    let version = query
        .pairs()
        .find(|(key, _)| key.eq_ignore_ascii_case("api-version"))
        .map(|(_, value)| value);
    match version {
        None => failed(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ),
        Some(version) => answer_json(StatusCode::OK, &endpoints(called, version)),
    }
}

/// The document of endpoints, as this version has it.
fn endpoints(called: &Called<'_>, version: &str) -> Value {
    if version < LIST {
        return json!({
            "galleryEndpoint": "https://gallery.azure.com/",
            "graphEndpoint": "https://graph.windows.net/",
            "portalEndpoint": "https://portal.azure.com",
            "authentication": {
                "loginEndpoint": format!("{}/", called.authority),
                "audiences": AUDIENCES,
            },
        });
    }
    if version < ONE {
        return json!([cloud(called)]);
    }
    cloud(called)
}

/// The resources that Resource Manager's tokens are for.
const AUDIENCES: [&str; 2] = [
    "https://management.core.windows.net/",
    "https://management.azure.com/",
];

/// The public cloud, at the addresses by which it was called; what is not simulated has its own.
fn cloud(called: &Called<'_>) -> Value {
    json!({
        "name": "AzureCloud",
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": format!("{}/", called.authority),
            "audiences": AUDIENCES,
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": format!("{}/", called.resource_manager),
        "graph": "https://graph.windows.net/",
        "graphAudience": "https://graph.windows.net/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "gallery": "https://gallery.azure.com/",
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "vmImageAliasDoc": format!("{}{ALIASES}", called.own),
        "appInsightsResourceId": "https://api.applicationinsights.io",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
        "attestationResourceId": "https://attest.azure.net",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "suffixes": {
            "acrLoginServer": "azurecr.io",
            "attestationEndpoint": "attest.azure.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "keyVaultDns": "vault.azure.net",
            "mariadbServerEndpoint": "mariadb.database.azure.com",
            "mhsmDns": "managedhsm.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "sqlServerHostname": "database.windows.net",
            "storage": "core.windows.net",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "synapseAnalytics": "dev.azuresynapse.net",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLED: Called<'_> = Called {
        resource_manager: "https://127.0.0.1:1",
        authority: "https://127.0.0.1:1",
        own: "https://127.0.0.1:1",
    };

    #[test]
    fn each_version_has_its_shape() {
        let newest = endpoints(&CALLED, "2022-09-01");
        assert_eq!(newest["resourceManager"], "https://127.0.0.1:1/");
        assert_eq!(
            newest["authentication"]["audiences"][0],
            "https://management.core.windows.net/"
        );
        for version in ["2019-05-01", "2020-06-01"] {
            assert_eq!(endpoints(&CALLED, version), json!([newest]));
        }
        for version in ["2015-01-01", "2018-05-01"] {
            let old = endpoints(&CALLED, version);
            assert_eq!(
                old["authentication"]["loginEndpoint"],
                "https://127.0.0.1:1/"
            );
            assert!(old.get("resourceManager").is_none());
        }
    }
}
