#pragma once

#include <string>

#include "lab/credential_files.hpp"
#include "lab/lab.hpp"

namespace attache::lab {

/// What `attache lab` prints for people: services and ports, files, and how a device gets there. Several
/// lines, each ended by LF.
std::string to_table(const Lab& lab, const CredentialFiles& files);

/// What `attache lab --json` prints: one object on one line, ended by LF.
/// {"addresses":["127.0.0.1","::1"],"ports":{"http":N,…},"names":["localhost",…],"folder":"…","ca":"…",
/// "client_certificate":"…","client_key":"…"}; paths are absolute, "addresses" lacks "::1" where there is
/// none.
std::string to_json(const Lab& lab, const CredentialFiles& files);

}  // namespace attache::lab
