#include "dialects/slm_1/ftp_rules.hpp"

#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/slm_1/ftp_download_store.hpp"

namespace attache::dialects::slm_1 {

namespace {

std::unique_ptr<FtpStore> make_ftp_store(const Application& application) {
  return std::make_unique<FtpDownloadStore>(2 * application.options().socket_rx_max);
}

FtpLoss describe_loss(net::Errno code) {
  switch (code) {
    case net::Errno::connection_reset:
      return {-104, "901 Disconnected(-104).\r\n"};
    case net::Errno::connection_aborted:
      return {-113, "902 Connection aborted(-113).\r\n"};
    case net::Errno::network_down:
      return {-115, "905 Network down (-115).\r\n"};
    default:
      return {-5, fmt::format("903 Poll error(-{}).\r\n", number(code))};
  }
}

constexpr FtpRules slm_1_ftp_rules{.longest_transfer = std::chrono::hours(1),
                                   .make_store = make_ftp_store,
                                   .describe = describe_loss,
                                   .repeats_end_of_get = true,
                                   .data_mode_over = "#XFTP: 0,\"datamode\""};

}  // namespace

const FtpRules& ftp_rules() {
  return slm_1_ftp_rules;
}

}  // namespace attache::dialects::slm_1
