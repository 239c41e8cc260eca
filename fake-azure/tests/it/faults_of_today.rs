//! What the admin API arranges, and keeps, of a world of Resource Manager.

use fake_azure::FakeAzure;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{Answer, credentials};
use crate::today::{MANAGEMENT, Today};

/// A simulator, with a token for its Resource Manager.
struct Manager {
    today: Today,
    bearer: String,
}

impl Manager {
    async fn start() -> Self {
        let today = Today::of(FakeAzure::builder().credentials(credentials())).await;
        let bearer = today.bearer(MANAGEMENT).await;
        Self { today, bearer }
    }

    /// Asks for something below the subscription; nothing where no answer comes.
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Option<Answer> {
        let azure = &self.today.azure;
        let (root, us) = (azure.resource_manager_url(), azure.subscription_id());
        let url = format!("{root}/subscriptions/{us}{path}?api-version=2023-09-01");
        let request = self.today.client.request(method, url);
        let request = request.bearer_auth(&self.bearer).body(body.to_string());
        let sent = request.header("content-type", "application/json").send();
        Some(Answer::of(sent.await.ok()?).await)
    }

    async fn get(&self, path: &str) -> u16 {
        let asked = self.ask(Method::GET, path, &Value::Null).await;
        asked.map_or(0, |answer| answer.status)
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, &body).await.unwrap()
    }

    async fn admin(&self, path: &str, body: Option<String>) -> (u16, Value) {
        let url = format!("{}/_fake/{path}", self.today.azure.admin_url());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = match body {
            Some(body) => client.post(url).body(body),
            None => client.get(url),
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn arrange(&self, rule: Value) {
        let (status, told) = self.admin("break", Some(rule.to_string())).await;
        assert_eq!(status, 200, "{rule}: {told}");
    }

    /// A group with a network and an interface in it, for a machine.
    async fn interface(&self) -> String {
        let below = "/resourceGroups/g/providers/Microsoft.Network";
        let us = self.today.azure.subscription_id();
        let place = json!({"location": "westus"});
        self.put("/resourceGroups/g", place).await.is(201);
        let network = json!({"location": "westus", "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "s", "properties": {"addressPrefix": "10.0.0.0/24"}}],
        }});
        self.put(&format!("{below}/virtualNetworks/n"), network)
            .await
            .is(201);
        let subnet = format!("/subscriptions/{us}{below}/virtualNetworks/n/subnets/s");
        let interface = json!({"location": "westus", "properties": {"ipConfigurations": [
            {"name": "c", "properties": {"subnet": {"id": subnet}}},
        ]}});
        self.put(&format!("{below}/networkInterfaces/i"), interface)
            .await
            .is(201);
        format!("/subscriptions/{us}{below}/networkInterfaces/i")
    }
}

const MACHINE: &str = "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v";

fn machine(interface: &str) -> Value {
    json!({"location": "westus", "properties": {
        "hardwareProfile": {"vmSize": "Standard_DS1_v2"},
        "storageProfile": {
            "imageReference": {
                "publisher": "Canonical",
                "offer": "0001-com-ubuntu-server-jammy",
                "sku": "22_04-lts-gen2",
                "version": "latest",
            },
            "osDisk": {"createOption": "FromImage"},
        },
        "osProfile": {"computerName": "v", "adminUsername": "me", "adminPassword": "Pa$$w0rd1234"},
        "networkProfile": {"networkInterfaces": [{"id": interface}]},
    }})
}

/// A path that a route fits, with a name in each place of one.
fn filled(pattern: &str) -> String {
    let words = pattern.split('/').map(|word| match word {
        "{location}" => "westus",
        word if word.starts_with('{') => "n",
        word => word,
    });
    words.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_rule_of_every_operation_of_resource_manager_meets_its_calls() {
    let manager = Manager::start().await;
    let azure = &manager.today.azure;
    let (root, us) = (azure.resource_manager_url(), azure.subscription_id());
    for operation in fake_azure::managed_operations() {
        let name = operation.operation;
        manager
            .arrange(json!({"match": {"operation": name}, "effect": {"status": 599}}))
            .await;
        let path = filled(operation.path);
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let mut met = Vec::new();
        for below in [format!("/subscriptions/{us}"), String::new()] {
            let url = format!("{root}{below}{path}?api-version=2023-09-01");
            let request = manager.today.client.request(method.clone(), url);
            let sent = request.bearer_auth(&manager.bearer).send().await.unwrap();
            met.push(sent.status().as_u16());
        }
        assert!(met.contains(&599), "{method} {path}, {name}: {met:?}");
    }
}

#[tokio::test]
async fn a_flaw_of_machines_is_refused_where_an_operation_makes_none() {
    let manager = Manager::start().await;
    for operation in fake_azure::managed_operations() {
        let name = operation.operation;
        let flaw = json!({"machine": {"silent_agent": true}});
        let rule = json!({"match": {"operation": name}, "effect": flaw});
        let (status, told) = manager.admin("break", Some(rule.to_string())).await;
        let makes = [
            "Create or Update Virtual Machine",
            "Create or Update Deployment",
            "Create or Update Deployment at Subscription Scope",
        ];
        let wanted = if makes.contains(&name) { 200 } else { 400 };
        assert_eq!(status, wanted, "{name}: {told}");
    }
}

#[tokio::test]
async fn a_rule_meets_the_calls_of_its_operation_there() {
    let manager = Manager::start().await;
    let place = json!({"location": "westus"});
    manager.put("/resourceGroups/g", place).await.is(201);
    for (effect, status) in [
        (
            json!({"status": 503, "code": "X", "message": "on purpose"}),
            503,
        ),
        (json!({"throttle": 3}), 429),
        (json!({"drop": true}), 0),
    ] {
        let rule = json!({"match": {"operation": "Get Resource Group"}, "effect": effect});
        manager.arrange(rule).await;
        assert_eq!(manager.get("/resourcegroups").await, 200, "another call");
        assert_eq!(manager.get("/resourceGroups/g").await, status, "{effect}");
        assert_eq!(manager.get("/resourceGroups/g").await, 200);
    }
    let endless = json!({
        "match": {"operation": "Delete Resource Group"},
        "effect": {"endless_operation": true},
    });
    manager.arrange(endless).await;
    let deleted = manager.ask(Method::DELETE, "/resourceGroups/g", &Value::Null);
    deleted.await.unwrap().is(202);
    manager
        .today
        .azure
        .cloud()
        .advance(std::time::Duration::from_mins(30));
    assert_eq!(manager.get("/resourceGroups/g").await, 200);
}

#[tokio::test]
async fn flaws_are_those_of_machines_of_resource_manager_too() {
    let manager = Manager::start().await;
    let interface = manager.interface().await;
    manager
        .arrange(json!({"match": {"role": "v"}, "effect": {"machine": {"silent_agent": true}}}))
        .await;
    let agent = async || {
        let view = format!("{MACHINE}/instanceView");
        let told = manager.ask(Method::GET, &view, &Value::Null).await;
        told.unwrap().is(200).json()["vmAgent"]["statuses"][0]["displayStatus"].clone()
    };
    assert_eq!(manager.get(MACHINE).await, 404, "which makes none");

    manager.put(MACHINE, machine(&interface)).await.is(201);

    assert_ne!(agent().await, "Ready");
    assert_eq!(manager.today.azure.cloud().breaks()[0].fired, 1);
}

/// A template of a machine whose name its parameters tell, and of another within a deployment of it.
fn template(interfaces: [&str; 2]) -> Value {
    let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
    let of = |name: &str, interface: &str| {
        let mut resource = machine(interface);
        resource["type"] = json!("Microsoft.Compute/virtualMachines");
        resource["apiVersion"] = json!("2024-07-01");
        resource["name"] = json!(name);
        resource
    };
    let inner = json!({"$schema": schema, "contentVersion": "1.0.0.0",
        "resources": [of("w", interfaces[1])]});
    json!({"properties": {"mode": "Incremental", "parameters": {"name": {"value": "v"}}, "template": {
        "$schema": schema, "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string"}},
        "resources": [
            of("[parameters('name')]", interfaces[0]),
            {"type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "inner",
                "properties": {"mode": "Incremental", "template": inner}},
        ],
    }}})
}

/// A template makes machines as requests of their own do: rules about those are about it, each for
/// the machine that it names.
#[tokio::test]
async fn machines_that_a_template_makes_have_the_flaws_that_rules_say() {
    const DEPLOYMENT: &str = "/resourcegroups/g/providers/Microsoft.Resources/deployments/d";
    for (rules, ready) in [
        (vec![json!({"role": "v"})], [false, true]),
        (vec![json!({"role": "W"})], [true, false]),
        (
            vec![json!({"operation": "Create or Update Virtual Machine"})],
            [false, true],
        ),
        (
            vec![
                json!({"service": "g", "path": "/virtualMachines/w\\?"}),
                json!({"role": "v", "method": "PUT"}),
            ],
            [false, false],
        ),
        (
            vec![json!({"operation": "Create or Update Deployment"})],
            [false, true],
        ),
        (
            vec![json!({"operation": "Create or Update Deployment", "role": "w"})],
            [true, false],
        ),
        (
            vec![json!({"operation": "Create or Update Deployment at Subscription Scope"})],
            [true, true],
        ),
        (vec![json!({"role": "other"})], [true, true]),
    ] {
        let manager = Manager::start().await;
        let first = manager.interface().await;
        let second = first.replace("/networkInterfaces/i", "/networkInterfaces/j");
        let body = json!({"location": "westus", "properties": {"ipConfigurations": [
            {"name": "c", "properties": {"subnet": {"id": first.replace(
                "networkInterfaces/i", "virtualNetworks/n/subnets/s")}}}]}});
        manager
            .put(
                "/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/j",
                body,
            )
            .await
            .is(201);
        for matches in &rules {
            let flaw = json!({"machine": {"silent_agent": true}});
            manager
                .arrange(json!({"match": matches, "effect": flaw}))
                .await;
        }
        manager
            .put(DEPLOYMENT, template([&first, &second]))
            .await
            .is(201);
        for (name, is_ready) in ["v", "w"].into_iter().zip(ready) {
            let (machines, _) = MACHINE.rsplit_once('/').unwrap();
            let view = format!("{machines}/{name}/instanceView");
            let view = manager.ask(Method::GET, &view, &Value::Null);
            let told = view.await.unwrap().is(200).json();
            let agent = &told["vmAgent"]["statuses"][0]["displayStatus"];
            assert_eq!(agent == "Ready", is_ready, "{rules:?} {name}: {told}");
        }
    }
}

/// A deployment that was arranged to end badly is there, and ends so: with what it was to make, or
/// without.
#[tokio::test]
async fn a_deployment_ends_as_was_arranged() {
    const DEPLOYMENT: &str = "/resourcegroups/g/providers/Microsoft.Resources/deployments/d";
    let fails = json!({"fail_operation": {"code": "OnPurpose", "message": "on purpose"}});
    let endless = json!({"endless_operation": true});
    for (when, effect, state, machine) in [
        ("before", &fails, "Failed", 404),
        ("after", &fails, "Failed", 200),
        ("before", &endless, "Running", 404),
        ("after", &endless, "Running", 200),
    ] {
        let manager = Manager::start().await;
        let interface = manager.interface().await;
        let mut body = template([&interface, &interface]);
        let resources = body["properties"]["template"]["resources"].as_array_mut();
        resources.unwrap().truncate(1);
        manager
            .arrange(json!({
                "match": {"operation": "Create or Update Deployment"},
                "when": when,
                "effect": effect,
            }))
            .await;
        let made = manager.put(DEPLOYMENT, body.clone()).await.is(201);
        let told = manager.ask(Method::GET, DEPLOYMENT, &Value::Null).await;
        let told = told.unwrap().json();
        let properties = &told["properties"];
        assert_eq!(properties["provisioningState"], state, "{when}: {told}");
        assert_eq!(manager.get(MACHINE).await, machine, "{when} {state}");
        let to = made.header("azure-asyncoperation");
        let (_, below) = to.split_once("/deployments/d/operationStatuses/").unwrap();
        let (number, _) = below.split_once('?').unwrap();
        let status = format!("{DEPLOYMENT}/operationStatuses/{number}");
        let status = async || {
            let told = manager.ask(Method::GET, &status, &Value::Null).await;
            told.unwrap().is(200).json()
        };
        let told = status().await;
        assert_eq!(told["status"], state, "{when}: {told}");
        if state == "Failed" {
            assert_eq!(told["error"]["code"], "OnPurpose", "{told}");
            assert_eq!(properties["error"]["code"], "OnPurpose");
            // The next one is as any.
            manager.put(DEPLOYMENT, body).await.is(200);
            assert_eq!(manager.get(MACHINE).await, 200);
            continue;
        }
        let cancel = format!("{DEPLOYMENT}/cancel");
        let canceled = manager.ask(Method::POST, &cancel, &Value::Null).await;
        canceled.unwrap().is(204);
        assert_eq!(status().await["status"], "Canceled", "{when}");
    }
}

/// A machine may be made by a deployment to the subscription, whose operation has another name.
#[tokio::test]
async fn a_rule_of_deployments_to_subscriptions_meets_the_machines_that_they_make() {
    let manager = Manager::start().await;
    let interface = manager.interface().await;
    let mut inner = template([&interface, &interface]);
    let resources = inner["properties"]["template"]["resources"].take();
    let machine = json!([resources[0]]);
    inner["properties"]["template"]["resources"] = machine;
    inner["type"] = json!("Microsoft.Resources/deployments");
    inner["apiVersion"] = json!("2021-04-01");
    inner["name"] = json!("inner");
    inner["resourceGroup"] = json!("g");
    inner["properties"]["expressionEvaluationOptions"] = json!({"scope": "inner"});
    let outer = json!({"location": "westus", "properties": {"mode": "Incremental", "template": {
        "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [inner],
    }}});
    manager
        .arrange(json!({
            "match": {"operation": "Create or Update Deployment at Subscription Scope"},
            "effect": {"machine": {"silent_agent": true}},
        }))
        .await;
    let deployment = "/providers/Microsoft.Resources/deployments/d";
    manager.put(deployment, outer).await.is(201);
    assert_eq!(manager.get(MACHINE).await, 200);
    assert_eq!(manager.today.azure.cloud().breaks()[0].fired, 1);
}

#[tokio::test]
async fn snapshots_journal_and_quotas_speak_of_resource_manager_too() {
    let manager = Manager::start().await;
    let interface = manager.interface().await;
    let quota = async |cores: u32| {
        let asked = json!({"location": "westus", "cores": cores}).to_string();
        assert_eq!(manager.admin("quota", Some(asked)).await.0, 200);
    };
    quota(0).await;
    let refused = manager
        .put(MACHINE, machine(&interface))
        .await
        .is(409)
        .json();
    let words = refused["error"]["message"].as_str().unwrap();
    assert!(words.contains("Total Regional Cores quota"), "{words}");
    quota(1).await;
    manager.put(MACHINE, machine(&interface)).await.is(201);
    let (_, journal) = manager.admin("journal", None).await;
    let told = journal.as_array().unwrap().iter();
    let made: Vec<_> = told
        .filter(|entry| entry["operation"] == "Create or Update Virtual Machine")
        .map(|entry| entry["status"].as_u64().unwrap())
        .collect();
    assert_eq!(made, [409, 201]);

    let (status, snapshot) = manager.admin("snapshot", None).await;
    assert_eq!(status, 200);
    assert_eq!(manager.admin("reset", Some("{}".to_owned())).await.0, 200);
    assert_eq!(manager.get(MACHINE).await, 404);
    assert_eq!(
        manager.admin("restore", Some(snapshot.to_string())).await.0,
        200
    );
    assert_eq!(manager.get(MACHINE).await, 200);
}

#[tokio::test]
async fn a_region_has_room_for_so_many_cores() {
    let manager = Manager::start().await;
    let interface = manager.interface().await;
    let room = async |region: &str, cores: Value| {
        let asked = json!({"capacity": {region: cores}}).to_string();
        let (status, told) = manager.admin("quota", Some(asked)).await;
        assert_eq!(status, 200, "{told}");
    };
    let sized = |size: &str| {
        let mut body = machine(&interface);
        body["properties"]["hardwareProfile"]["vmSize"] = json!(size);
        body
    };
    let ends = async |answer: Answer| {
        let url = answer.headers["azure-asyncoperation"].to_str().unwrap();
        let asked = manager.today.client.get(url).bearer_auth(&manager.bearer);
        Answer::of(asked.send().await.unwrap()).await.is(200).json()
    };
    let power = async || {
        let path = format!("{MACHINE}/instanceView");
        let told = manager.ask(Method::GET, &path, &Value::Null).await;
        let told = told.unwrap().is(200).json();
        let statuses = told["statuses"].as_array().unwrap().clone();
        let codes = statuses.iter().map(|status| status["code"].to_string());
        codes.collect::<Vec<_>>().join(" ")
    };
    room("westus", json!(0)).await;
    // A region that classic Azure does not have is one all the same.
    room("West US 3", json!(0)).await;
    for _ in 0..2 {
        let made = manager.put(MACHINE, sized("Standard_DS1_v2")).await;
        let told = ends(made).await;
        assert_eq!(told["status"], "Failed", "{told}");
        assert_eq!(told["error"]["code"], "AllocationFailed", "{told}");
        let words = told["error"]["message"].as_str().unwrap();
        assert!(words.starts_with("Allocation failed."), "{words}");
    }
    assert!(!power().await.contains("running"));

    room("West US", json!(2)).await;
    manager.put(MACHINE, sized("Standard_DS1_v2")).await.is(200);
    assert!(power().await.contains("running"));
    let larger = manager.put(MACHINE, sized("Standard_DS3_v2")).await;
    assert_eq!(ends(larger).await["error"]["code"], "AllocationFailed");
    assert!(power().await.contains("running"));
    // What is deallocated takes no room, and has to find some to start.
    let post = async |action: &str| {
        let path = format!("{MACHINE}/{action}");
        let answer = manager.ask(Method::POST, &path, &Value::Null).await;
        answer.unwrap()
    };
    post("deallocate").await.is(200);
    room("westus", json!(0)).await;
    assert_eq!(
        ends(post("start").await).await["error"]["code"],
        "AllocationFailed"
    );
    assert!(power().await.contains("deallocated"));
    room("westus", Value::Null).await;
    post("start").await.is(200);
    assert!(power().await.contains("running"));
}

#[tokio::test]
async fn families_of_sizes_have_quotas_of_their_own() {
    let manager = Manager::start().await;
    let interface = manager.interface().await;
    let quota = async |family: &str, cores: u32| {
        let asked = json!({"location": "westus", "family": family, "cores": cores});
        assert_eq!(
            manager.admin("quota", Some(asked.to_string())).await.0,
            200,
            "{asked}"
        );
    };
    let sized = |size: &str| {
        let mut body = machine(&interface);
        body["properties"]["hardwareProfile"]["vmSize"] = json!(size);
        body
    };
    let used = async |family: &str| {
        let usages = "/providers/Microsoft.Compute/locations/westus/usages";
        let told = manager.ask(Method::GET, usages, &Value::Null).await;
        let told = told.unwrap().is(200).json();
        let mut rows = told["value"].as_array().unwrap().iter();
        let row = rows.find(|row| row["name"]["value"] == family).unwrap();
        [&row["currentValue"], &row["limit"]].map(|number| number.as_u64().unwrap())
    };
    quota("StandardDSv2family", 1).await;
    assert_eq!(used("standardDSv2Family").await, [0, 1]);
    assert_eq!(used("standardDSv3Family").await, [0, 100]);

    let refused = manager.put(MACHINE, sized("Standard_DS2_v2")).await.is(409);
    let told = refused.json();
    assert_eq!(told["error"]["code"], "OperationNotAllowed");
    let words = told["error"]["message"].as_str().unwrap();
    assert!(
        words.contains("approved standardDSv2Family Cores quota."),
        "{words}"
    );
    assert!(
        words.contains("Current Limit: 1, Current Usage: 0, Additional Required: 2, (Minimum) New Limit Required: 2."),
        "{words}"
    );
    manager.put(MACHINE, sized("Standard_DS1_v2")).await.is(201);
    assert_eq!(used("standardDSv2Family").await, [1, 1]);
    // A larger size of the family counts what the machine gives back; another family has room.
    manager.put(MACHINE, sized("Standard_DS2_v2")).await.is(409);
    manager.put(MACHINE, sized("Standard_D2s_v3")).await.is(200);
    assert_eq!(used("standardDSv2Family").await, [0, 1]);
    assert_eq!(used("standardDSv3Family").await, [2, 100]);
    assert_eq!(used("cores").await, [2, 100]);

    for (asked, words) in [
        (
            json!({"location": "westus", "family": "standardFamily", "cores": 1}),
            "no family of sizes `standardFamily`",
        ),
        (
            json!({"family": "standardDSv2Family", "cores": 1}),
            "`location`",
        ),
        (
            json!({"location": "westus", "family": "standardDSv2Family"}),
            "`cores`",
        ),
        (
            json!({"location": "atlantis", "family": "standardDSv2Family", "cores": 1}),
            "atlantis",
        ),
    ] {
        let (status, told) = manager.admin("quota", Some(asked.to_string())).await;
        assert_eq!(status, 400, "{asked}");
        let error = told["error"].as_str().unwrap();
        assert!(error.contains(words), "{asked}: {error}");
    }
}
