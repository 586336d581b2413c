#include "system/support/lwip_host.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>

#include "system/support/loopback.hpp"
#include "system/support/lwip_peer.hpp"
#include "system/support/process.hpp"

namespace attache::system_test {

void LwipHost::SetUp() {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  if (!has_lwip_peer()) {
    GTEST_SKIP() << "lwIP's PPP client cannot be built here: its source comes from Debian's archive";
  }
}

ServedDevice& LwipHost::serve(const std::string& name, const Routes& routes, const std::string& more) {
  std::string path = folder_ / (name + ".toml");
  std::ofstream config(path);
  config << "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"ppp\", \"cmux\"]\n" << more;
  for (const auto& [from, to] : routes) {
    config << "[[route]]\nfrom = \"" << from << "\"\nto = \"127.0.0.1:" << to << "\"\n";
  }
  config.close();
  std::vector<std::string> options{"--config", path, "--control", folder_ / (name + ".control")};
  devices_.emplace_back(name, std::make_unique<ServedDevice>("pty:" + (folder_ / name), options));
  return *devices_.back().second;
}

void LwipHost::ctl(const std::string& name, const std::vector<std::string>& words) {
  std::vector<std::string> arguments{"ctl", "--control", folder_ / (name + ".control")};
  arguments.insert(arguments.end(), words.begin(), words.end());
  auto done = run_to_end(attache(arguments));
  EXPECT_EQ(done.exit_code, 0) << done.errors;
}

std::vector<std::string> LwipHost::arguments_of(const std::vector<std::string>& names,
                                                const std::vector<std::string>& commands) const {
  std::string ports;
  for (const std::string& name : names) {
    ports += (ports.empty() ? "" : ",") + (folder_ / name);
  }
  std::vector<std::string> arguments{lwip_peer, ports};
  arguments.insert(arguments.end(), commands.begin(), commands.end());
  return arguments;
}

std::string LwipHost::run_host(const std::vector<std::string>& names,
                               const std::vector<std::string>& commands) {
  Process host(arguments_of(names, commands));
  auto code = host.wait_exit();
  for (std::uint64_t waited = 0; !code && waited < bulk_size(0) / 1'000'000; waited += 40) {
    code = host.wait_exit();  // As long as many bytes take.
  }
  EXPECT_EQ(code, 0) << host.output();
  if (code != 0) {
    for (const auto& [name, device] : devices_) {
      ADD_FAILURE() << name << ": " << device->process().errors();
    }
  }
  return host.output();
}

std::vector<std::string> LwipHost::dialled(const std::vector<std::string>& commands) {
  std::vector<std::string> all{"at", "AT", "OK",        "at",      "AT+CFUN=1",
                               "OK", "at", "AT+CGDATA", "CONNECT", "ppp"};
  all.insert(all.end(), commands.begin(), commands.end());
  return all;
}

std::vector<std::string> LwipHost::dialled_on_dlc(const std::vector<std::string>& commands) {
  std::vector<std::string> all{"cmux", "dlc", "1",         "at",      "AT+CFUN=1", "OK",  "dlc",
                               "2",    "at",  "AT+CGDATA", "CONNECT", "ppp",       "dlc", "1"};
  all.insert(all.end(), commands.begin(), commands.end());
  return all;
}

std::uint64_t bulk_size(std::uint64_t otherwise) {
  const char* megabytes = std::getenv("ATTACHE_TRANSFER_MB");
  return megabytes != nullptr ? std::stoull(megabytes) * 1'000'000 : otherwise;
}

}  // namespace attache::system_test
