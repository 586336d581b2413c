#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "services/ppp/lcp.hpp"

namespace attache::services::ppp {

/// The side that asks the host who it is, by PAP (RFC 1334) or CHAP (RFC 1994), and takes every answer: the
/// network knows the device by its SIM. Names and secrets are neither kept nor shown. Sans-I/O.
class Authenticator {
 public:
  using Send = std::function<void(std::uint16_t protocol, const std::string& information)>;

  Authenticator(Authentication kind, std::uint64_t seed, base::Time now, Send send);

  /// A packet of PAP or CHAP. True once the host has said who it is: from then on repeated answers are
  /// acknowledged again.
  bool receive(std::uint16_t protocol, std::string_view information, base::Time now);
  /// The host has said who it is; see receive().
  [[nodiscard]] bool is_done() const { return done_; }
  /// CHAP asks again; nothing while there is nothing to wait for.
  [[nodiscard]] std::optional<base::Time> deadline() const { return deadline_; }
  /// False: the host has not answered for too long.
  [[nodiscard]] bool timeout(base::Time now);

  static constexpr base::Duration patience = std::chrono::seconds(3);
  static constexpr int most_questions = 10;

 private:
  void ask(base::Time now);

  Authentication kind_;
  base::Random random_;
  Send send_;
  std::uint8_t identifier_ = 0;
  int questions_ = 0;
  bool done_ = false;
  std::optional<base::Time> deadline_;
};

}  // namespace attache::services::ppp
