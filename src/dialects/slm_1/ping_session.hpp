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

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// #XPING: one row of echoes at a time, its results as they come (reference slm-1.6/icmp.md).
class PingSession final : public Session {
 public:
  explicit PingSession(Application& application);

  /// A row is under way: run() must not be called before it has ended or been closed.
  [[nodiscard]] bool busy() const { return busy_; }
  /// Finds the host, runs the row (whose target is filled in) and answers the command: SLM 1.6 with OK when
  /// it begins and another when it has ended, SLM 1.5 with the latter only.
  asio::awaitable<void> run(std::string host, services::Ping::Row row, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  void give(HostChannel channel, const services::Ping::Result& result);

  Application& application_;
  services::Ping ping_;
  bool busy_ = false;
  base::Life row_;  // Ended by the next one and by closing.
};

}  // namespace attache::dialects::slm_1
