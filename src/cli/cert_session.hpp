#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/cert_arguments.hpp"
#include "cli/cert_report.hpp"
#include "client/conversation.hpp"
#include "client/modem_credentials.hpp"

namespace attache::cli {

namespace asio = boost::asio;

/// Carries out what `attache cert` is asked for. Plan, report and clock must outlive it.
class CertSession {
 public:
  CertSession(const CertPlan& plan, CertReport& report, base::Clock& clock)
      : plan_(plan), report_(report), clock_(clock) {}

  /// Opens the port that the plan names, if it does; gives the exit code.
  asio::awaitable<int> run();
  /// The same over a line that is open already.
  asio::awaitable<int> run_on(client::Conversation& conversation);

 private:
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

  const CertPlan& plan_;
  CertReport& report_;
  base::Clock& clock_;
};

}  // namespace attache::cli
