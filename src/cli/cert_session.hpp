#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "cli/cert_arguments.hpp"
#include "cli/cert_report.hpp"
#include "client/conversation.hpp"
#include "client/modem_credentials.hpp"
#include "client/transcript.hpp"

namespace attache::cli {

namespace asio = boost::asio;

/// Carries out what `attache cert` is asked for, on a loop of its own.
class CertSession {
 public:
  CertSession(CertPlan plan, CertReport& report);

  /// The exit code.
  int run();

 private:
  asio::awaitable<int> work();
  asio::awaitable<int> work_on_modem(client::ModemCredentials& modem);
  asio::awaitable<int> list(client::ModemCredentials& modem);
  asio::awaitable<int> write(client::ModemCredentials& modem);
  asio::awaitable<int> write_one(client::ModemCredentials& modem, const certificates::Credential& credential,
                                 bool is_stored);
  asio::awaitable<int> compare_written(client::ModemCredentials& modem);
  asio::awaitable<int> erase(client::ModemCredentials& modem);
  asio::awaitable<int> verify(client::ModemCredentials& modem);
  asio::awaitable<int> check(client::ModemCredentials* modem);
  asio::awaitable<client::ModemResult<void>> enter_flight_mode(client::ModemCredentials& modem);

  [[nodiscard]] std::uint32_t sec_tag() const { return plan_.sec_tag.value_or(0); }
  [[nodiscard]] bool is_wanted(int type) const;
  int fail(const client::ModemFault& fault);
  void tell_files();

  CertPlan plan_;
  CertReport& report_;
  base::Loop loop_;
  base::RealClock clock_{loop_};
  std::optional<client::Transcript> transcript_;
  int exit_code_ = 0;
  base::LoopEnd end_{loop_, clock_};
};

}  // namespace attache::cli
