#include "dialects/boards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "dialects/dialects.hpp"

namespace attache::dialects {

namespace {

// Reference slm-3.1/kconfig.md (pins), serial-modem-2.0/kconfig.md and migration.md (boards, the image of the
// nRF91M1), uart-power.md (flow control), provisioning.md (commands).
const std::array boards{
    Board{"nrf9160dk", "", {"slm-"}, "slm-1.6", 6},
    Board{"thingy91", "", {"slm-"}, "slm-1.6", 26},
    Board{"nrf9161dk", "", {"slm-2.9", "slm-3.1"}, "slm-3.1", 8},
    Board{"nrf9151dk", "", {"slm-2.9", "slm-3.1", "serial-modem-"}, "serial-modem-2.0", 8},
    Board{"thingy91x", "", {"slm-2.9", "slm-3.1", "serial-modem-"}, "serial-modem-2.0", 26, {}, 10, false},
    Board{"nrf91m1",
          "the build that its vendor ships",
          {"serial-modem-"},
          "serial-modem-2.0",
          -1,
          {"SM_CMUX", "SM_PPP", "SM_MODEM_TRACE_BACKEND_UART", "NRF_PROVISIONING", "SM_DFU_MODEM_FULL",
           "SM_HTTPC", "SM_COAPC", "SM_MQTTC", "SM_NRF_CLOUD", "SM_NRF_CLOUD_FOTA",
           "SM_NRF_CLOUD_OBSERVABILITY"},
          5},
};

bool has_build_of(const Board& board, std::string_view dialect) {
  return std::any_of(board.dialects.begin(), board.dialects.end(),
                     [&](std::string_view begin) { return dialect.starts_with(begin); });
}

bool contains(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::span<const Board> all_boards() {
  return boards;
}

const Board* find_board(std::string_view name) {
  const auto* found =
      std::find_if(boards.begin(), boards.end(), [&](const Board& one) { return one.name == name; });
  return found == boards.end() ? nullptr : found;
}

base::Result<void> take_board(std::string_view name, DialectOptions& options) {
  const Board* found = find_board(name);
  if (found == nullptr) {
    std::vector<std::string_view> names;
    for (const Board& one : boards) {
      names.push_back(one.name);
    }
    return base::make_reason("the board cannot be used",
                             fmt::format("there is no \"{}\"", base::escape_control(name)),
                             base::suggestion(name, names));
  }
  const Board& board = *found;
  if (!has_build_of(board, options.name) && options.name == all_dialects().front()->name) {
    options.name = board.usual_dialect;
  }
  const Dialect* dialect = find_dialect(options.name);
  if (dialect == nullptr || !has_build_of(board, options.name)) {
    return base::make_reason("the board cannot be used",
                             fmt::format("there is no {} for {}", options.name, board.name),
                             fmt::format("take {}, or another board", board.usual_dialect));
  }
  if (board.power_pin >= 0 && options.name.starts_with("slm-")) {
    options.interface_pin = static_cast<unsigned>(board.power_pin);
  }
  if (!board.has_flow_control && options.name.starts_with("serial-modem-")) {
    constexpr std::uint32_t without_flow_control = 2048;
    options.uart_rx_buffer = without_flow_control;
  }
  options.provisioning_commands = board.provisioning_commands;
  if (board.built_in.size() == 0) {
    return {};
  }
  options.full_dfu = contains(board.built_in, "SM_DFU_MODEM_FULL");
  options.services.emplace();
  for (const Service& service : dialect->services) {
    if (service.build == Service::Build::always || contains(board.built_in, service.kconfig_option)) {
      options.services->emplace_back(service.name);
    }
  }
  return {};
}

}  // namespace attache::dialects
