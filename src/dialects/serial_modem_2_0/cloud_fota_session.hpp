#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "net/bearer.hpp"
#include "services/firmware_image.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

/// Updates that nRF Cloud has for the device: looks for one, and lets FotaSession fetch it (reference
/// serial-modem-2.0/nrfcloud.md).
class CloudFotaSession final : public Session {
 public:
  explicit CloudFotaSession(Application& application) : application_(application) {}

  /// A look-up is under way; none may be begun before it has ended.
  [[nodiscard]] bool checking() const { return checking_; }
  /// Answers the command; what comes of it follows. `downloads`: what is found is fetched.
  void look_for(services::FirmwareKind wanted, bool downloads, std::string project_key, Answer answer);

  void close_because(std::string_view) override { close(); }
  void close() override { checking_ = false; }
  void forget() override {}

 private:
  asio::awaitable<void> check(services::FirmwareKind wanted, bool downloads, std::string project_key,
                              HostChannel channel);
  asio::awaitable<void> fetch(std::string url, services::FirmwareKind wanted, HostChannel channel);
  void fail(const HostChannel& channel, const net::Failure& failure);

  Application& application_;
  bool checking_ = false;
};

}  // namespace attache::dialects::serial_modem_2_0
