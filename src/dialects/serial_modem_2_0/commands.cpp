#include "dialects/serial_modem_2_0/commands.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace attache::dialects::serial_modem_2_0 {

namespace {

Commands all_families() {
  Commands table;
  add_generic_commands(table);
  add_log_commands(table);
  add_socket_commands(table);
  add_socket_option_commands(table);
  add_socket_data_commands(table);
  add_socket_event_commands(table);
  add_ping_commands(table);
  add_sms_commands(table);
  add_mqtt_commands(table);
  add_cmux_commands(table);
  return table;
}

// Basic commands, those of 3GPP, the application's own; each by name.
Commands sorted(const Commands& commands) {
  auto rank = [](std::string_view name) { return name.front() == 'E' ? 0 : name.front() == '+' ? 1 : 2; };
  auto all = commands.all();
  std::sort(all.begin(), all.end(), [&](const auto& one, const auto& other) {
    return std::pair(rank(one.first), one.first) < std::pair(rank(other.first), other.first);
  });
  Commands table;
  for (auto& [name, command] : all) {
    table.add(name, std::move(command));
  }
  return table;
}

}  // namespace

const Commands& commands_of_2_0() {
  static const Commands commands = sorted(all_families());
  return commands;
}

// What it has not is no command of this version of Attaché either.
const Commands& commands_of_1_99() {
  return commands_of_2_0();
}

}  // namespace attache::dialects::serial_modem_2_0
