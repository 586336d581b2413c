#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doctor/support/play.hpp"
#include "lab/certificate_authority.hpp"

namespace attache::doctor {

using Steps = std::vector<std::string>;

inline Steps operator+(Steps left, const Steps& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// The plays of one dialect, while they are written.
class Book {
 public:
  explicit Book(std::string dialect) : dialect_(std::move(dialect)) {}

  Play& add(base::Cause cause, std::string name, Steps steps) {
    Play& play = plays_.emplace_back();
    play.cause = cause;
    play.name = std::move(name);
    play.steps = std::move(steps);
    play.conditions["dialect"] = dialect_;
    return play;
  }
  [[nodiscard]] bool is_slm_1() const { return dialect_.starts_with("slm-1"); }
  std::vector<Play> take() { return std::move(plays_); }

 private:
  std::string dialect_;
  std::vector<Play> plays_;
};

/// Switches LTE on and waits until it is registered; then shows that it is.
inline const Steps activate{"AT+CEREG=5", "AT+CFUN=1", "~ 120000"};
inline const Steps registered = activate + Steps{"AT+CEREG?", "AT+CGPADDR=0"};

/// Certificates out of the cases: a root that has expired, and one that holds until 2036.
std::string expired_root();
std::string good_root();
/// Writes a root with LTE off.
Steps write_root(const std::string& content, int tag = 42);

/// A server of that name, whose root is its own certificate. It holds for years around any date of a test.
lab::KeyAndCertificate server_named(const std::string& name);
/// Servers whose certificate no root of the plays has issued, and servers where nobody listens.
void show_other_certificate(proof::Internet& internet);
void refuse(proof::Internet& internet);

/// What Serial Modem's own commands are about: sockets by handle, the HTTP client, MQTT, subscriptions.
void play_serial_modem(Book& book);
/// Sessions of those in which all goes well.
void play_healthy_serial_modem(Book& book);

}  // namespace attache::doctor
