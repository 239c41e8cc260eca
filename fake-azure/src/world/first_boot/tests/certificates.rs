//! Certificates that scripts make by `openssl`, and that the engine then serves.

use x509_parser::extensions::GeneralName;
use x509_parser::pem::{Pem, parse_x509_pem};

use super::*;

/// What installs Docker with certificates of these places.
fn engine(folder: &str) -> String {
    format!(
        "apt-get install -y docker.io\n\
        mkdir -p /etc/systemd/system/docker.service.d\n\
        cat > /etc/systemd/system/docker.service.d/tls.conf <<'END'\n[Service]\nExecStart=\n\
        ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 --tlsverify --tlscacert={folder}/ca.pem \
        --tlscert={folder}/server-cert.pem --tlskey={folder}/server-key.pem\nEND\n\
        systemctl daemon-reload && systemctl restart docker\n"
    )
}

/// "Protect the Docker daemon socket", with pass phrases from files, since nobody sits there.
const DOCUMENTED: &str = r#"set -e
mkdir -p /etc/docker && cd /etc/docker
HOST=v.westus.cloudapp.azure.com
echo secret > pass
openssl genrsa -aes256 -passout file:pass -out ca-key.pem 4096
openssl req -new -x509 -days 365 -key ca-key.pem -passin file:pass -sha256 -out ca.pem -subj "/C=US/O=Me/CN=$HOST"
openssl genrsa -out server-key.pem 4096
openssl req -subj "/CN=$HOST" -sha256 -new -key server-key.pem -out server.csr
echo subjectAltName = DNS:$HOST,IP:10.0.0.4,IP:127.0.0.1 >> extfile.cnf
echo extendedKeyUsage = serverAuth >> extfile.cnf
openssl x509 -req -days 365 -sha256 -in server.csr -CA ca.pem -CAkey ca-key.pem -passin file:pass \
  -CAcreateserial -out server-cert.pem -extfile extfile.cnf
openssl genrsa -out key.pem 4096
openssl req -subj '/CN=client' -new -key key.pem -out client.csr
echo extendedKeyUsage = clientAuth > extfile-client.cnf
openssl x509 -req -days 365 -sha256 -in client.csr -CA ca.pem -CAkey ca-key.pem -passin file:pass \
  -CAcreateserial -out cert.pem -extfile extfile-client.cnf
rm -v client.csr server.csr extfile.cnf extfile-client.cnf pass
chmod -v 0400 ca-key.pem key.pem server-key.pem
chmod -v 0444 ca.pem server-cert.pem cert.pem
openssl verify -CAfile ca.pem server-cert.pem cert.pem > verified
"#;

/// The same in as few calls as there may be, of curves, with files of configuration.
const SHORT: &str = r"set -e
mkdir -p /etc/docker && cd /etc/docker
openssl req -x509 -newkey rsa:4096 -nodes -keyout ca-key.pem -out ca.pem -days 3650 -subj '/CN=ca'
cat > server.cnf <<'END'
[ req ]
distinguished_name = dn
prompt = no
req_extensions = v3_req
[ dn ]
CN = v.westus.cloudapp.azure.com
[ v3_req ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = @alt_names
[ alt_names ]
DNS.1 = v.westus.cloudapp.azure.com   # its name
IP.1 = 10.0.0.4
IP.2 = 127.0.0.1
END
openssl ecparam -name prime256v1 -genkey -noout -out server-key.pem
openssl req -new -key server-key.pem -config server.cnf -out server.csr
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca-key.pem -set_serial 0x1f -out server-cert.pem \
  -extensions v3_req -extfile server.cnf -days 100
openssl req -newkey rsa:2048 -noenc -keyout key.pem -subj /CN=client -addext extendedKeyUsage=clientAuth -out client.csr
openssl x509 -req -in client.csr -CA ca.pem -CAkey ca-key.pem -CAserial ca.srl -CAcreateserial -copy_extensions copyall -out cert.pem
openssl verify -CAfile ca.pem server-cert.pem cert.pem > verified
";

fn block(boot: &Boot, name: &str) -> Pem {
    let pem = file(boot, &format!("/etc/docker/{name}"));
    parse_x509_pem(pem.as_bytes()).unwrap().1
}

#[test]
fn the_documented_recipes_make_certificates_that_the_engine_serves() {
    for recipe in [DOCUMENTED, SHORT] {
        let script = format!("#!/bin/bash\n{recipe}{}", engine("/etc/docker"));
        let boot = boot(&script);
        assert_listens(&boot, &["0.0.0.0:2376"], "mutual");
        assert_eq!(boot.notes().count(), 0, "{}", told(&boot));
        assert_eq!(
            file(&boot, "/etc/docker/verified"),
            "server-cert.pem: OK\ncert.pem: OK\n"
        );
        let [authority, server, client] =
            ["ca.pem", "server-cert.pem", "cert.pem"].map(|name| block(&boot, name));
        let [authority, server, client] =
            [&authority, &server, &client].map(|block| block.parse_x509().unwrap());
        assert!(authority.is_ca() && !server.is_ca() && !client.is_ca());
        for one in [&server, &client] {
            assert_eq!(one.issuer(), authority.subject());
            one.verify_signature(Some(authority.public_key())).unwrap();
        }
        let names = server.subject_alternative_name().unwrap().unwrap();
        let names: Vec<String> = names.value.general_names.iter().map(shown).collect();
        assert_eq!(
            names,
            [
                "v.westus.cloudapp.azure.com",
                "[10, 0, 0, 4]",
                "[127, 0, 0, 1]"
            ]
        );
        let purposes = |one: &x509_parser::certificate::X509Certificate<'_>| {
            let purposes = one.extended_key_usage().unwrap().unwrap().value.clone();
            (purposes.server_auth, purposes.client_auth)
        };
        assert!(purposes(&server).0);
        assert_eq!(purposes(&client), (false, true));
        // It is done again to the same end.
        let again = self::boot(&script);
        for name in ["ca.pem", "server-key.pem", "cert.pem"] {
            let path = format!("/etc/docker/{name}");
            assert_eq!(file(&boot, &path), file(&again, &path), "{name}");
        }
        // Another machine has keys of its own.
        let mut other = machine();
        other.host_name = "w".to_owned();
        let other = boot_of(other, &script);
        let path = "/etc/docker/server-key.pem";
        assert_ne!(file(&boot, path), file(&other, path));
        assert_ne!(file(&boot, path), file(&boot, "/etc/docker/key.pem"));
    }
}

fn shown(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => format!("{bytes:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn an_authority_that_is_brought_along_signs_too() {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = STANDARD.encode(authority.key().serialize_pem());
    let script = format!(
        "set -e\ncd /etc/docker\nopenssl req -newkey rsa:2048 -nodes -keyout server-key.pem \
        -subj /CN=v -out s.csr\nopenssl x509 -req -in s.csr -CA ca.pem -CAkey ca-key.pem \
        -out server-cert.pem\n{}",
        engine("/etc/docker")
    );
    let document = format!(
        "#cloud-config\nwrite_files:\n\
        - {{path: /etc/docker/ca.pem, encoding: b64, content: {}}}\n\
        - {{path: /etc/docker/ca-key.pem, encoding: b64, content: {key}}}\n\
        - path: /opt/make.sh\n  content: |\n    {}\nruncmd:\n- bash /opt/make.sh\n",
        STANDARD.encode(authority.pem()),
        script.replace('\n', "\n    "),
    );
    let boot = boot(&document);
    assert_listens(&boot, &["0.0.0.0:2376"], "mutual");
    let server = block(&boot, "server-cert.pem");
    let read = parse_x509_pem(authority.pem().as_bytes()).unwrap().1;
    let read = read.parse_x509().unwrap();
    let server = server.parse_x509().unwrap();
    server.verify_signature(Some(read.public_key())).unwrap();
}

#[test]
fn what_openssl_would_refuse_makes_nothing() {
    let start = "mkdir -p /etc/docker; cd /etc/docker; openssl genrsa -out k.pem 2048; openssl genrsa -out other.pem\n\
        openssl req -x509 -new -key k.pem -subj /CN=ca -out ca.pem\n\
        openssl req -new -key other.pem -subj /CN=x -out x.csr\n";
    for (line, out) in [
        ("openssl genrsa -aes256 -out new.pem 4096", "new.pem"),
        ("openssl req -new -key k.pem -out new.csr", "new.csr"),
        (
            "openssl req -new -key none.pem -subj /CN=x -out new.csr",
            "new.csr",
        ),
        (
            "openssl req -new -key k.pem -subj CN=x -out new.csr",
            "new.csr",
        ),
        (
            "openssl req -x509 -newkey rsa -subj /CN=x -out new.pem",
            "new.pem",
        ),
        (
            "openssl x509 -req -in x.csr -CA ca.pem -CAkey other.pem -out new.pem",
            "new.pem",
        ),
        (
            "echo subjectAltName=IP:host > e; openssl x509 -req -in x.csr -CA ca.pem -CAkey k.pem -extfile e -out new.pem",
            "new.pem",
        ),
        (
            "openssl x509 -req -in ca.pem -CA ca.pem -CAkey k.pem -out new.pem",
            "new.pem",
        ),
        ("openssl x509 -req -in x.csr -out new.pem", "new.pem"),
    ] {
        let boot = boot(&format!("#!/bin/sh\n{start}{line} && touch /done\n"));
        file(&boot, "/etc/docker/x.csr");
        assert_eq!(boot.file(&format!("/etc/docker/{out}")), None, "{line}");
        assert_eq!(boot.file("/done"), None, "{line}");
    }
}

#[test]
fn certificates_are_told_and_bytes_are_drawn() {
    let boot = boot(
        "#!/bin/sh\nmkdir -p /etc/docker; cd /etc/docker\nopenssl req -x509 -newkey rsa:2048 -nodes -days 10 -subj /CN=me -keyout k.pem -out c.pem\n\
        openssl x509 -in c.pem -noout -subject -enddate > told\n\
        openssl x509 -in c.pem -noout -checkend 86400 && echo later >> told\n\
        openssl x509 -in c.pem -noout -checkend 8640000 || echo soon >> told\n\
        openssl rand -hex 16 > a; openssl rand -hex 16 > b; openssl rand -base64 60 > c\n\
        openssl s_client -connect host:443\n",
    );
    assert_eq!(
        file(&boot, "/etc/docker/told"),
        "subject=CN=me\nnotAfter=Dec  7 09:00:00 2026 GMT\nlater\nsoon\n"
    );
    let [a, b, c] = ["a", "b", "c"].map(|name| file(&boot, &format!("/etc/docker/{name}")));
    assert_eq!((a.len(), b.len(), c.len()), (33, 33, 82));
    assert_ne!(a, b);
    // What is not done is noted.
    assert_eq!(boot.notes().collect::<Vec<_>>(), [Note::OpenSsl]);
}
