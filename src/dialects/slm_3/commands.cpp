#include "dialects/slm_3/commands.hpp"

#include <utility>

#include "dialects/carrier_commands.hpp"
#include "dialects/fota_commands.hpp"
#include "dialects/gnss_commands.hpp"
#include "dialects/slm_3/edition.hpp"
#include "dialects/twi_commands.hpp"

namespace attache::dialects::slm_3 {

namespace {

bool has_whole_modem(const Application& application) {
  return application.options().full_fota;
}

std::string_view test_fota(const Application& application) {
  return has_whole_modem(application) ? "#XFOTA: (0,1,2,7,9,3)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"
                                      : "#XFOTA: (0,1,2,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]";
}

void add_fota_commands(Commands& table) {
  constexpr std::int64_t whole_modem = 3;
  auto operations = common_fota_operations(longest_file_url);
  operations.push_back(fota_download_operation(whole_modem, longest_file_url, has_whole_modem));
  table.add("#XFOTA", {.operations = std::move(operations), .test = test_fota});
}

Commands make_commands(Release release) {
  Commands table;
  add_generic_commands(table);
  add_tcp_proxy_commands(table, release);
  add_udp_proxy_commands(table);
  add_socket_commands(table);
  add_poll_commands(table, release);
  add_resolver_commands(table);
  add_credential_commands(table);
  add_ping_commands(table);
  add_sms_commands(table, release);
  add_fota_commands(table);
  add_gnss_commands(table, "#XGPS", "#XGPS: (0,1),(0,1),<interval>,<timeout>", "#XGPSDEL",
                    "#XGPSDEL: <mask>");
  add_ftp_commands(table);
  add_tftp_commands(table);
  add_mqtt_commands(table);
  add_http_commands(table);
  add_cloud_commands(table);
  add_gpio_commands(table);
  add_twi_commands(table);
  add_cmux_commands(table);
  add_ppp_commands(table, release);
  add_carrier_commands(table);
  return table;
}

}  // namespace

const Commands& commands_of_2_9() {
  static const Commands commands = make_commands(Release::v2_9);
  return commands;
}

const Commands& commands_of_3_1() {
  static const Commands commands = make_commands(Release::v3_1);
  return commands;
}

}  // namespace attache::dialects::slm_3
