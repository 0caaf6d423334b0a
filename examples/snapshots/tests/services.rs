//! Each service of the company, as it is reviewed.

use dockerfile_dsl_example_snapshots::{Service, service};

#[test]
fn services() {
    let services = [
        Service {
            name: "api",
            port: 8080,
            bundle: true,
        },
        Service {
            name: "web",
            port: 8081,
            bundle: false,
        },
    ];
    for one in services {
        let snapshot = service(&one).unwrap().snapshot().unwrap();
        insta::assert_snapshot!(one.name, snapshot.redact_digests().redact_versions());
    }
}
