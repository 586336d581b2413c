#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {

/// `attache lab --json` as a process.
class LabProcess {
 public:
  LabProcess() : process_(attache({"lab", "--json"})) {
    if (!process_.wait_for_output("\n")) {
      throw std::runtime_error("attache lab did not start:\n" + process_.errors());
    }
    listing_ = boost::json::parse(process_.output());
  }

  [[nodiscard]] const boost::json::value& listing() const { return listing_; }
  [[nodiscard]] Process& process() { return process_; }

  [[nodiscard]] std::uint16_t port(std::string_view service) const {
    return listing_.at("ports")
        .at(boost::json::string_view(service.data(), service.size()))
        .to_number<std::uint16_t>();
  }
  [[nodiscard]] bool has_ipv6() const { return listing_.at("addresses").as_array().size() > 1; }
  /// The path of a file: "ca", "client_certificate", "client_key".
  [[nodiscard]] std::string path(const char* name) const { return listing_.at(name).as_string().c_str(); }

 private:
  Process process_;
  boost::json::value listing_;
};

}  // namespace attache::system_test
