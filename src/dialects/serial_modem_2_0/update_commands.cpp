#include <array>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/fota_commands.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t any_length = INT32_MAX;
constexpr std::int64_t whole_modem = 3;
constexpr std::int64_t bootloader = 5;

bool has_whole_modem(const Application& application) {
  return application.options().full_fota;
}

bool has_bootloader(const Application& application) {
  return application.options().dual_slot_bootloader;
}

std::string_view test_update(const Application& application) {
  bool modem = has_whole_modem(application);
  if (has_bootloader(application)) {
    return modem ? "#XFOTA: (0,1,2,3,5,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"
                 : "#XFOTA: (0,1,2,5,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]";
  }
  return modem ? "#XFOTA: (0,1,2,3,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"
               : "#XFOTA: (0,1,2,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]";
}

}  // namespace

void add_update_commands(Commands& commands) {
  auto operations = common_fota_operations(any_length);
  operations.push_back(fota_download_operation(whole_modem, any_length, has_whole_modem));
  operations.push_back(fota_download_operation(bootloader, any_length, has_bootloader));
  commands.add("#XFOTA", {.operations = std::move(operations), .test = test_update});
}

}  // namespace attache::dialects::serial_modem_2_0
