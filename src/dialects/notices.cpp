#include "dialects/notices.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace attache::dialects {

void Notices::write_to_all(std::string_view bytes) {
  channels_.for_each([&](const HostChannel& channel) { channel.write(bytes); });
}

void Notices::pass_on(std::string_view urc) {
  channels_.for_each([&](const HostChannel& channel) {
    if (rules_.drops_modem_in_data_mode && channel.in_data_mode()) {
      journal_.log(base::LogLevel::debug, "modem",
                   fmt::format("notification dropped in data mode: {}", base::trim(urc)));
    } else {
      channel.write(fmt::format("\r\n{}", urc));
    }
  });
}

}  // namespace attache::dialects
