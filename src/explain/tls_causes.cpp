#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> tls_causes() {
  static const Explanation of_tls[] = {
      {Cause::ca_mismatch,
       "the stored root certificate is not the one the server's chain ends in",
       "The modem trusts only what lies under the tag, and the chain that the server sends ends in another "
       "root.",
       "A TLS connection fails after TCP is up (111, or 95 and 45 in older releases; #XHTTPCCON: 0), with "
       "this "
       "server only. The issuer of the last certificate is not the subject of the stored one.",
       "Servers change their certificate authority, and large ones send different chains to different "
       "clients. "
       "The modem has no list of roots as a browser has.",
       {
           {FixKind::command, "Store the root in which the chain of today ends, with LTE off.",
            "AT%CMNG=0,<sec_tag>,0,\"<PEM>\""},
           {FixKind::server,
            "Or let the server send a chain that ends in the stored root, with all certificates between."},
       },
       "openssl s_client -connect <host>:443 -servername <host> -showcerts",
       "The issuer (i:) of the last certificate has to be the subject of the stored root. It is another: "
       "store "
       "that one. The same: look at dates and name.",
       {Cause::ca_expired, Cause::sec_tag_missing, Cause::credential_wrong_type,
        Cause::tls_chain_unsupported}},
      {Cause::ca_expired,
       "the server's certificate is out of its dates",
       "A certificate of the chain, the server's own or the stored root, is not valid at the modem's time.",
       "A TLS failure that began on a day without any change of the host; notAfter of a PEM before today, or "
       "before the time of AT+CCLK?.",
       "With peer verification on, the modem ends the handshake. It reports every failure of TLS by the same "
       "number, whatever the certificate's fault.",
       {
           {FixKind::server, "Renew the certificate on the server, and restart what serves it."},
           {FixKind::command, "If the stored root has expired: write the new one, with LTE off.",
            "AT%CMNG=0,<sec_tag>,0,\"<PEM>\""},
       },
       "AT+CCLK?",
       "The date of today: the certificate is what is wrong. Another year: the modem's clock, see "
       "clock-wrong.",
       {Cause::clock_wrong, Cause::ca_mismatch}},
      {Cause::hostname_mismatch,
       "the name asked for is not in the server's certificate",
       "The chain is good, but it is for other names than the one that the host connects to.",
       "A TLS failure when an address, an alias or an internal name stands in the command, while the name of "
       "the certificate works.",
       "The modem compares the name of the connection with the alternative names of the certificate. An "
       "address fits only if it is among them; *.example.com covers one level.",
       {
           {FixKind::host, "Connect by a name that the certificate has."},
           {FixKind::server,
            "Have a certificate issued with this name, or let the server choose the right one by SNI."},
           {FixKind::command,
            "With secure sockets of SLM 2.x and 3.x: set the name to be compared (TLS_HOSTNAME) before "
            "connecting.",
            "AT#XSSOCKETOPT=1,2,\"<name>\""},
       },
       "openssl s_client -connect <host>:443 -servername <host> </dev/null | openssl x509 -noout -ext "
       "subjectAltName",
       "Lists the names. Yours is missing: this is it. It is there: look at chain and dates.",
       {Cause::ca_mismatch, Cause::ca_expired}},
      {Cause::sec_tag_missing,
       "nothing, or not everything, is stored under the security tag",
       "The connection names a security tag, and the modem has no credentials there, or not all that it "
       "needs.",
       "AT%CMNG=1,<sec_tag> lists nothing or a part; +CME ERROR: 513 for a read or delete; 111 (older: 45 or "
       "95) at connect, before anything is sent.",
       "A tag is only a number: nothing checks it before the connection. Credentials live in the modem, so a "
       "new module, or a new modem firmware written with erase, has none.",
       {
           {FixKind::command,
            "Write the set under this tag, with LTE off: 0 the root; 1 and 2 certificate and key, if the "
            "server wants them; 3 and 4 for a PSK.",
            "AT%CMNG=0,<sec_tag>,0,\"<PEM>\""},
           {FixKind::host, "Check the listing at each start, with the hashes, and write what is missing."},
       },
       "AT%CMNG=1,<sec_tag>",
       "OK alone: nothing is there. Lines: the second number of each is the type that is there; what is "
       "missing is what the connection lacks.",
       {Cause::credential_wrong_type, Cause::ca_mismatch, Cause::client_cert_missing}},
      {Cause::credential_wrong_type,
       "a credential lies under the wrong type or the wrong tag",
       "Everything was stored, but not as what it is: the root as client certificate, the key under another "
       "tag, two files exchanged.",
       "The listing shows types that the connection does not look for; the text of a type 1 is that of an "
       "authority; 0, 1 and 2 are not under one tag.",
       "The type decides what the modem uses an entry for. It checks that a 0 or 1 is a certificate, not "
       "whose.",
       {
           {FixKind::command,
            "Delete and write anew, all under one tag: 0 root, 1 client certificate, 2 its private key.",
            "AT%CMNG=0,<sec_tag>,2,\"<PEM>\""},
       },
       "AT%CMNG=1",
       "Shows tag, type and hash of all entries. Compare each hash with `sha256sum` of the file that should "
       "be "
       "there.",
       {Cause::sec_tag_missing, Cause::ca_mismatch, Cause::key_format}},
      {Cause::cert_crlf,
       "the PEM has CR LF line ends",
       "The certificate was sent with CR LF in it, as an editor of Windows writes it.",
       "0D 0A inside the quoted text; +CME ERROR: 527 on some firmware; on others OK, and a hash in the "
       "listing that is not that of the file with LF.",
       "The modem stores the bytes as they come, and the hash is over these. Some firmware reads such a "
       "text, "
       "some does not.",
       {
           {FixKind::host,
            "Convert the file to LF before it is sent, and turn off the line end conversion of the terminal.",
            "sed -i 's/\\r$//' <file>.pem"},
       },
       "AT%CMNG=1,<sec_tag>,<type>",
       "The hash equals `sha256sum` of the file with LF: stored well. It does not: other bytes arrived.",
       {Cause::cert_malformed, Cause::ca_mismatch}},
      {Cause::cert_malformed,
       "what was sent is not a whole PEM block",
       "The text between the quotes is not a certificate or key as PEM: the lines are lost, something was "
       "added or cut, or it is only the name of a file.",
       "+CME ERROR: 527 (type 0 or 1); a blank behind the opening quote, \\n as two characters, no END line, "
       "or no answer because the closing quote is missing.",
       "PEM is lines: BEGIN, base64 of at most 64 a line, END, each with its line end. Terminals that paste "
       "line by line, or shells that join lines, break that.",
       {
           {FixKind::host,
            "Send the file as it is: quote, BEGIN line, …, END line, line feed, quote; by a program, not by "
            "pasting."},
           {FixKind::host, "With Attaché's scripts the placeholder puts the file in as it is.",
            "AT%CMNG=0,<sec_tag>,0,\"@file:ca.pem\""},
       },
       "openssl x509 -in <file>.pem -noout -subject -dates",
       "A subject: the file is good, so it was changed on its way. An error: the file itself is not a "
       "certificate.",
       {Cause::cert_crlf, Cause::stray_quote, Cause::message_too_large}},
      {Cause::key_format,
       "the private key is in a form that the modem does not use",
       "The key is encrypted, of an old form, or of a kind that the modem's TLS does not have.",
       "The block begins with BEGIN RSA PRIVATE KEY, BEGIN EC PRIVATE KEY or BEGIN ENCRYPTED PRIVATE KEY; "
       "only "
       "connections with a client certificate fail. Writing it succeeded.",
       "The modem does not look into a key when it is written, only when it is used: in the handshake, where "
       "every fault has the same number.",
       {
           {FixKind::host, "Convert it to PKCS#8 without a password, and write it as type 2.",
            "openssl pkcs8 -topk8 -nocrypt -in <file>.key -out <file>.pem"},
           {FixKind::command, "Or let the modem make the key itself, which then never leaves it.",
            "AT%KEYGEN=<sec_tag>,2,0"},
       },
       "head -1 <file>.pem",
       "BEGIN PRIVATE KEY: the form is right. Anything else: convert it.",
       {Cause::client_cert_missing, Cause::credential_wrong_type}},
      {Cause::client_cert_missing,
       "the server wants a client certificate, and there is none that it takes",
       "The server asks the client to prove who it is, and the tag has no certificate with its key, or one "
       "the "
       "server does not accept.",
       "The failure is with this server only; it sends an alert (40, 42, 48, 116), or closes after the "
       "handshake; types 1 and 2 are not in the listing.",
       "Cloud brokers know devices by their certificates. Without one the handshake may even succeed, and "
       "the "
       "first write then ends in a close.",
       {
           {FixKind::command, "Write certificate (1) and private key (2) under the tag of the root.",
            "AT%CMNG=0,<sec_tag>,1,\"<PEM>\""},
           {FixKind::server, "Register the certificate there, activate it, and attach the policy."},
       },
       "AT%CMNG=1,<sec_tag>",
       "Types 0, 1 and 2: complete, so the server does not accept it. 1 or 2 is missing: write it.",
       {Cause::broker_rejects, Cause::key_format, Cause::sec_tag_missing}},
      {Cause::tls_version_or_cipher,
       "server and modem have no TLS version or cipher suite in common",
       "The modem offers TLS 1.2 with its list of suites, and the server takes none of it.",
       "An alert 40 (handshake failure) or 70 (protocol version) right after the ClientHello; errno 107 "
       "(EPROTOTYPE) for a TLS 1.3 socket.",
       "The list holds ECDHE with AES-CBC, from modem firmware 1.3.1 on AES-GCM, and PSK. No RSA key "
       "exchange, "
       "no ChaCha20, no TLS 1.3.",
       {
           {FixKind::server, "Allow TLS 1.2 and ECDHE-ECDSA or ECDHE-RSA with AES."},
           {FixKind::host, "Update the modem firmware if only AES-GCM is missing."},
       },
       "openssl s_client -connect <host>:443 -tls1_2 -cipher "
       "ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256",
       "A session: there is a common suite. An alert: there is none of these; try with "
       "ECDHE-RSA-AES128-GCM-SHA256 for newer firmware.",
       {Cause::tls_chain_unsupported, Cause::not_tls, Cause::psk_rejected}},
      {Cause::tls_chain_unsupported,
       "the server's chain is more than the modem can check",
       "Root, name and dates are right, but the chain is too long, a key too large, or a signature of a kind "
       "that the modem does not have.",
       "The handshake fails though openssl with the same root succeeds. A certificate with RSA above 4096 "
       "bits, another curve than P-256 or P-384, Ed25519, or a message above the receive buffer.",
       "The modem's TLS has a few kilobytes and the usual algorithms. What does not fit ends the handshake "
       "as "
       "a bad certificate does.",
       {
           {FixKind::server,
            "Take a certificate with an ECDSA P-256 or RSA 2048 key, and send only server and intermediate."},
           {FixKind::host, "Or go through another host name of the service that has a smaller chain."},
       },
       "openssl s_client -connect <host>:443 -servername <host> -showcerts",
       "Count the certificates, and look at a:PKEY and sigalg: two or three, RSA to 4096 or P-256: usual. "
       "Else: this is it.",
       {Cause::ca_mismatch, Cause::tls_version_or_cipher}},
      {Cause::not_tls,
       "what answers at this port is not TLS",
       "One side speaks TLS and the other does not: a plain port, or a proxy that answers in clear.",
       "The handshake ends at the first byte that comes; port 80, 1883 or 8080 with a security tag, or 443 "
       "and "
       "8883 without one.",
       "A plain server reads the ClientHello as a broken request and answers with an error text or closes.",
       {
           {FixKind::host,
            "Give the security tag only for ports with TLS: 443, 8883; leave it out for 80 and 1883."},
           {FixKind::server, "Or switch TLS on at this port."},
       },
       "openssl s_client -connect <host>:<port>",
       "A certificate: TLS. \"wrong version number\": plain.",
       {Cause::bad_answer, Cause::tls_version_or_cipher}},
      {Cause::psk_rejected,
       "the pre-shared key or its identity does not fit",
       "Client and server have no common pre-shared key: the identity is unknown there, the key differs, or "
       "one side has no PSK at all.",
       "An alert 115 (unknown identity), 20 or 51, or with DTLS silence after the ClientKeyExchange and in "
       "the "
       "end 116.",
       "The identity goes in clear and selects the key at the server. A wrong key shows only at the Finished "
       "message, which then cannot be read.",
       {
           {FixKind::command, "Write both under one tag: 3 the key as hexadecimal digits, two a byte.",
            "AT%CMNG=0,<sec_tag>,3,\"<hex>\""},
           {FixKind::command, "And 4 the identity, as text.", "AT%CMNG=0,<sec_tag>,4,\"<identity>\""},
           {FixKind::server,
            "Compare identity and key there; the key is often shown in base64, which is not hexadecimal."},
       },
       "AT%CMNG=2,<sec_tag>,4",
       "Shows the identity as it is stored. Right: compare the key at the server. 513: there is none.",
       {Cause::tls_version_or_cipher, Cause::sec_tag_missing}},
      {Cause::handshake_failed,
       "the TLS handshake failed, and nothing says why",
       "TCP is up, the handshake began and was ended, by an alert that fits several reasons or by a close.",
       "111 (older: 95, 45) or 104 a second or more after the connect; alert 40 or 80, or none.",
       "A peer that gives up tells as little as it likes. The modem gives the host one number for all of it.",
       {
           {FixKind::host, "Try the same server with openssl and the stored root: it prints what was wrong."},
           {FixKind::server, "Look into its log at that time."},
       },
       "openssl s_client -connect <host>:443 -servername <host> -CAfile <root>.pem -tls1_2",
       "Verify return code 0: root, name and dates are right; look at suites and client certificate. "
       "Another: "
       "it says what.",
       {Cause::ca_mismatch, Cause::client_cert_missing, Cause::tls_version_or_cipher,
        Cause::hostname_mismatch}},
  };
  return of_tls;
}

}  // namespace attache::explain
