#pragma once

#include <string_view>

namespace attache::fuzz {

// Made for this purpose and trusted by nobody. They are fixed, so that a finding can be played again.

/// Issued the certificate below.
inline constexpr std::string_view authority_pem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBnzCCAUWgAwIBAgIUamxQ2fgHdEJUCJ6Z2hLogfh041wwCgYIKoZIzj0EAwIw\n"
    "JDEQMA4GA1UECgwHQXR0YWNoZTEQMA4GA1UEAwwHRnV6eiBDQTAgFw0yNjExMjkx\n"
    "NjQ5NDhaGA8yMTI2MTEwNTE2NDk0OFowJDEQMA4GA1UECgwHQXR0YWNoZTEQMA4G\n"
    "A1UEAwwHRnV6eiBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEkvAb/2Wxho\n"
    "iBbxzyp9tncN4xC4s12XyqsGUecDJMlQoDp+paxrZAiEWUUTbd4uXt9Eu30X5q9C\n"
    "HjYmig0E+aijUzBRMB0GA1UdDgQWBBRYgb0ITNeDmAkTzFgX0spzaQ7UTTAfBgNV\n"
    "HSMEGDAWgBRYgb0ITNeDmAkTzFgX0spzaQ7UTTAPBgNVHRMBAf8EBTADAQH/MAoG\n"
    "CCqGSM49BAMCA0gAMEUCIGT+cjmz+INjI6yCkLRgwsBEPiI9RA4Uef2JV1RVf1je\n"
    "AiEAyj2SNQIxdz7kNZPjdLlxcYpzK239OHqd9QshGJrCmUk=\n"
    "-----END CERTIFICATE-----\n";

/// For server.example.
inline constexpr std::string_view server_pem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBsDCCAVagAwIBAgIUbJEfqUUrvdvI4lPIMyAL4fbPV7MwCgYIKoZIzj0EAwIw\n"
    "JDEQMA4GA1UECgwHQXR0YWNoZTEQMA4GA1UEAwwHRnV6eiBDQTAgFw0yNjExMjkx\n"
    "NjQ5NDlaGA8yMTI2MTEwNTE2NDk0OVowKzEQMA4GA1UECgwHQXR0YWNoZTEXMBUG\n"
    "A1UEAwwOc2VydmVyLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASm\n"
    "skaMrQaIAwgZVxjCCCkYmTPO+Zuq3LAjAPHIapvm7wFX8s2BoCowSIz6dbgzChZV\n"
    "TPbV8FXCLngbWynW/OCCo10wWzAZBgNVHREEEjAQgg5zZXJ2ZXIuZXhhbXBsZTAd\n"
    "BgNVHQ4EFgQUg9YUl2rIcHFuJ+3jPbfEsvUKa9QwHwYDVR0jBBgwFoAUWIG9CEzX\n"
    "g5gJE8xYF9LKc2kO1E0wCgYIKoZIzj0EAwIDSAAwRQIgb7v5tnwriu7DC15A1nC/\n"
    "+WVNTk5qohVhfc/5AWo8NVYCIQCRLbLeVHwqyd+LsNgHCQgehoWS915wvsOGHafw\n"
    "uS1LNQ==\n"
    "-----END CERTIFICATE-----\n";

/// Its key.
inline constexpr std::string_view server_key_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3KcygK8XXCpdbl9i\n"
    "gRf2rCIMuqbFVe0+TZCjc54+TTqhRANCAASmskaMrQaIAwgZVxjCCCkYmTPO+Zuq\n"
    "3LAjAPHIapvm7wFX8s2BoCowSIz6dbgzChZVTPbV8FXCLngbWynW/OCC\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace attache::fuzz
