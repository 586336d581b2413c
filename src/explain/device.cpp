#include "explain/device.hpp"

namespace attache::explain {

bool has_command(const Device& device, std::string_view line) {
  constexpr std::string_view prefix = "AT";
  if (!line.starts_with(prefix) || line.size() == prefix.size()) {
    return true;
  }
  std::string_view name = line.substr(prefix.size());
  name = name.substr(0, name.find_first_of("=?"));
  if (name.starts_with('#')) {
    return device.dialect == nullptr || device.dialect->command(name) != nullptr;
  }
  const vocabulary::Command* command = vocabulary::modem().command(name);
  return device.firmware == 0 || (command != nullptr && command->in.have(device.firmware));
}

}  // namespace attache::explain
