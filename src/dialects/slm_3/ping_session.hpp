#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/session.hpp"
#include "services/ping.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// #XPING of SLM 2.x and 3.x: one row of echoes at a time, its results as they come (reference
/// slm-3.1/icmp.md).
class PingSession final : public Session {
 public:
  explicit PingSession(Application& application);

  /// Finds the host, answers the command and runs the row, whose target is filled in; a row before it ends.
  asio::awaitable<void> run(std::string host, services::Ping::Row row, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  asio::awaitable<net::NetResult<net::Address>> find(std::string host);
  void give(HostChannel channel, const services::Ping::Result& result);

  Application& application_;
  services::Ping ping_;
  base::Life row_;  // Ended by the next one and by closing.
};

}  // namespace attache::dialects::slm_3
