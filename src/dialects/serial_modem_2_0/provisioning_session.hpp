#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/nrf_cloud/coap_cloud.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

/// Credentials from nRF Cloud, which the host lets be written by taking the modem offline when it is asked to
/// (reference serial-modem-2.0/provisioning.md).
class ProvisioningSession final : public Session {
 public:
  explicit ProvisioningSession(Application& application);

  /// Begun by run(), and the last URC has not come; no second run may begin.
  [[nodiscard]] bool running() const { return running_; }
  /// Answers the command; what comes of it follows.
  void run(Answer answer);

  void close_because(std::string_view) override { close(); }
  void close() override;
  void forget() override {}

 private:
  /// What the host is told.
  enum class Status {
    done = 0,
    go_offline = 1,
    go_online = 2,
    failed = -1,
    not_claimed = -2,
    wrong_authority = -3,
    no_time = -4,
    too_many = -5
  };
  struct Credential {
    std::uint32_t sec_tag = 0;
    int type = 0;
    std::string content;
  };

  static std::optional<std::vector<Credential>> read_credentials(std::string_view text);
  asio::awaitable<void> provision(base::Life::Token life);
  asio::awaitable<Status> provision_once(base::Life::Token life);
  asio::awaitable<Status> write(std::vector<Credential> credentials, base::Life::Token life);
  asio::awaitable<bool> wait_for(bool online, base::Life::Token life);
  [[nodiscard]] bool is_online();
  [[nodiscard]] Status status_of(const net::Failure& failure);
  void tell(Status status);

  Application& application_;
  services::CoapCloud cloud_;
  bool running_ = false;
  base::Life life_;
  base::Event changed_;
};

}  // namespace attache::dialects::serial_modem_2_0
