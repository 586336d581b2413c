#include "dialects/slm_3/ftp_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "dialects/slm_3/parameters.hpp"

namespace attache::dialects::slm_3 {

namespace {

/// What is collected of a download until it is complete: the first bytes.
class FirstBytes final : public FtpStore {
 public:
  services::asio::awaitable<void> take(std::string_view bytes) override {
    received_ += bytes.size();
    kept_ += bytes.substr(0, most_received - std::min(most_received, kept_.size()));
    co_return;
  }
  [[nodiscard]] std::string finish() override { return std::exchange(kept_, {}); }
  [[nodiscard]] std::string remark() const override {
    if (received_ <= most_received) {
      return {};
    }
    return fmt::format(
        "{} of {} bytes of the download were dropped: {} are "
        "collected before they are given",
        received_ - most_received, received_, most_received);
  }

 private:
  std::string kept_;
  std::size_t received_ = 0;
};

std::unique_ptr<FtpStore> make_first_bytes(const Application&) {
  return std::make_unique<FirstBytes>();
}

FtpLoss describe_ftp_loss(net::Errno code) {
  switch (code) {
    case net::Errno::connection_reset:
    case net::Errno::connection_aborted:
      return {-number(code), {}};
    case net::Errno::network_down:
      return {-number(net::Errno::network_down), {}};
    default:
      return {-number(net::Errno::io), {}};
  }
}

constexpr FtpRules slm_3_ftp_rules{.longest_transfer = std::chrono::seconds(60),
                                   .make_store = make_first_bytes,
                                   .describe = describe_ftp_loss,
                                   .tells_loss_if_verbose = true,
                                   .data_mode_broken = "\r\n#XDATAMODE: -11\r\n"};

}  // namespace

const FtpRules& ftp_rules() {
  return slm_3_ftp_rules;
}

}  // namespace attache::dialects::slm_3
