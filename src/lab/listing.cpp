#include "lab/listing.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>

namespace attache::lab {

namespace json = boost::json;

std::string to_table(const Lab& lab, const CredentialFiles& files) {
  std::string text = lab.has_ipv6() ? "On 127.0.0.1 and ::1:\n"
                                    : "On 127.0.0.1 only, as this machine has no ::1 (IPv6 loopback):\n";
  const auto add = [&text]<class... Arguments>(fmt::format_string<Arguments...> format,
                                               Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
  };
  for (const auto& service : services()) {
    add("  {:<26}{:>5}/{}  {}\n", service.name, lab.port(service.name), service.transport, service.what);
  }
  add("\nHTTP paths: /hello /echo /get /post /put /headers /bytes/N /firmware/VERSION /stream/N /delay/S "
      "/status/N /close "
      "/drop\n");
  add("Certificate of the CA:      {}\n", files.ca().string());
  add("Client certificate and key: {} {}\n", files.client_certificate().string(),
      files.client_key().string());
  add("\nTo let a device connect to them, put this into its configuration file (device.toml) …\n\n");
  add("  [[route]]\n  from = \"google.com:443\"\n  to = \"127.0.0.1:{}\"\n\n", lab.port("https"));
  add("… and run a script against it (> AT%CMNG=0,42,0,\"@file:{}\" loads the CA under tag 42):\n\n",
      files.ca().string());
  add("  attache run session.at --serve --config device.toml\n");
  return text;
}

std::string to_json(const Lab& lab, const CredentialFiles& files) {
  json::object ports;
  for (const auto& service : services()) {
    ports[service.name] = lab.port(service.name);
  }
  json::array addresses{"127.0.0.1"};
  if (lab.has_ipv6()) {
    addresses.emplace_back("::1");
  }
  json::array names(lab.names().begin(), lab.names().end());
  const json::object listing{{"addresses", std::move(addresses)},
                             {"ports", std::move(ports)},
                             {"names", std::move(names)},
                             {"folder", files.folder().string()},
                             {"ca", files.ca().string()},
                             {"client_certificate", files.client_certificate().string()},
                             {"client_key", files.client_key().string()}};
  return json::serialize(listing) + "\n";
}

}  // namespace attache::lab
