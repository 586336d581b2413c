#include "system/support/served_device.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace attache::system_test {

std::vector<std::string> serve_arguments(const std::string& port, std::vector<std::string> options) {
  std::vector<std::string> arguments{"serve", "--port", port};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return attache(arguments);
}

ServedDevice::ServedDevice(const std::string& port, std::vector<std::string> options)
    : process_(serve_arguments(port, std::move(options))) {
  if (!process_.wait_for_output("\n")) {
    throw std::runtime_error("attache serve did not become ready:\n" + process_.errors());
  }
  std::string line = process_.output();
  constexpr std::string_view word = "ready ";
  if (!line.starts_with(word)) {
    throw std::runtime_error("no ready line but: " + line);
  }
  address_ = line.substr(word.size(), line.find('\n') - word.size());
}

LineClient ServedDevice::connect_first() const {
  LineClient host = connect();
  host.expect("Ready\r\n");
  return host;
}

std::optional<int> ServedDevice::stop(int signal) {
  process_.signal(signal);
  return process_.wait_exit();
}

void register_with_network(LineClient& host) {
  host.command("AT+CEREG=1", ok);
  host.command("AT+CFUN=1", ok);
  host.read_until("+CEREG: 1\r\n");
}

void write_credential(LineClient& host, unsigned sec_tag, int type, const std::string& content) {
  host.command(fmt::format("AT%CMNG=0,{},{},\"{}\"", sec_tag, type, content), ok);
}

}  // namespace attache::system_test
