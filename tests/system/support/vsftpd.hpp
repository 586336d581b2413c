#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {

/// vsftpd as a process of its own, on a port that was free a moment ago, with a folder that anonymous users
/// may change at will. Nothing outside its folder is touched, and any user can start it.
class Vsftpd {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    /// Any user of this machine logs in with any password; only root can start it so.
    bool local_users = false;
    /// Implicit TLS with these files: certificate and key.
    std::string certificate_file{};
    std::string key_file{};
    /// Further lines of its configuration.
    std::string more{};
  };

  /// Throws if it does not start.
  Vsftpd(const std::string& program, const Options& options);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// A file that users see in their folder.
  [[nodiscard]] std::string file(std::string_view name) const {
    return folder_ / ("root/" + std::string(name));
  }
  void write(std::string_view name, std::string_view content) const;
  [[nodiscard]] std::string read(std::string_view name) const { return read_file(file(name)); }

 private:
  [[nodiscard]] std::string configuration(const Options& options) const;
  [[nodiscard]] bool answers(const std::string& address) const;

  TempFolder folder_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace attache::system_test
