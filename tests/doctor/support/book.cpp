#include "doctor/support/book.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace attache::doctor {

namespace {

std::string pem(const std::string& which) {
  std::filesystem::path folder = std::filesystem::path(ATTACHE_TEST_DATA) / "doctor" / "cases";
  std::ifstream file(folder / which);
  std::ostringstream text;
  text << file.rdbuf();
  std::string pem = text.str();
  while (!pem.empty() && pem.back() == '\n') {
    pem.pop_back();
  }
  return pem;
}

}  // namespace

std::string expired_root() {
  return pem("001-xhttpccon-zero-error/ca.pem");
}

std::string good_root() {
  std::string log = pem("005-cmng-527-with-crlf/session.log");
  std::size_t begin = log.find("-----BEGIN");
  std::string_view end_line = "-----END CERTIFICATE-----";
  std::string text = log.substr(begin, log.find(end_line) + end_line.size() - begin);
  std::erase(text, '\r');
  return text;
}

Steps write_root(const std::string& content, int tag) {
  return {"AT+CFUN=4", fmt::format("AT%CMNG=0,{},0,\"{}\"", tag, content)};
}

void refuse(proof::Internet& internet) {
  internet.servers = proof::Internet::Servers::refuse;
}

void show_other_certificate(proof::Internet& internet) {
  lab::LeafOptions leaf;
  leaf.common_name = "example.com";
  leaf.dns_names = {"example.com"};
  internet.tls = proof::TlsPeer{lab::make_self_signed(leaf)};
}

lab::KeyAndCertificate server_named(const std::string& name) {
  using namespace std::chrono_literals;
  lab::LeafOptions leaf;
  leaf.common_name = name;
  leaf.dns_names = {name};
  leaf.valid_from = -24h * 3650;
  leaf.valid_until = 24h * 3650;
  lab::KeyAndCertificate server = lab::make_self_signed(leaf);
  while (server.certificate_pem.ends_with('\n')) {
    server.certificate_pem.pop_back();
  }
  return server;
}

}  // namespace attache::doctor
