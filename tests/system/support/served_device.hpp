#pragma once

#include <optional>
#include <string>
#include <vector>

#include "system/support/line_client.hpp"
#include "system/support/process.hpp"

namespace attache::system_test {

/// `attache serve` as a process, with one AT port.
class ServedDevice {
 public:
  /// Starts it and waits until its port is ready. Throws with its stderr if it ends instead.
  explicit ServedDevice(const std::string& port, std::vector<std::string> options = {});

  /// The port's address as printed: "tcp:127.0.0.1:41777".
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] Process& process() { return process_; }

  /// A host on the port.
  [[nodiscard]] LineClient connect() const { return LineClient(address_); }
  /// The first host: what it reads first is `Ready`.
  [[nodiscard]] LineClient connect_first() const;

  /// Ends it by a signal; its exit code.
  std::optional<int> stop(int signal);

 private:
  Process process_;
  std::string address_;
};

/// The options that serve a port.
std::vector<std::string> serve_arguments(const std::string& port, std::vector<std::string> options);

/// Switches LTE on and waits for the registration.
void register_with_network(LineClient& host);

/// Writes a credential and expects OK.
void write_credential(LineClient& host, unsigned sec_tag, int type, const std::string& content);

}  // namespace attache::system_test
