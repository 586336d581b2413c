#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.hpp"
#include "certificates/credential.hpp"
#include "client/conversation.hpp"
#include "client/question.hpp"

namespace attache::client {

/// Why a modem did not do what it was asked.
struct ModemFault : base::Reason {
  bool timed_out = false;  ///< It did not answer in time; the line is open still.
};

template <class T>
using ModemResult = boost::system::result<T, ModemFault>;

[[noreturn]] inline void throw_exception_from_error(const ModemFault& fault, const boost::source_location&) {
  throw std::logic_error(base::summary(fault));
}

/// One line of the list of AT%CMNG=1.
struct StoredCredential {
  std::uint32_t sec_tag = 0;
  int type = 0;        ///< certificates::CredentialKind, or a type of the modem's own.
  std::string digest;  ///< SHA-256 of the content in upper-case hexadecimal digits.
};

/// Reads and changes the credentials of a modem by AT%CMNG, and leaves its +CMEE and +CFUN as they were.
///
/// begin() first; restore() last, also after a failure. One command at a time; the conversation must outlive
/// it. What a modem refuses comes back as a sentence with its cause, and no secret is in it.
class ModemCredentials {
 public:
  struct Options {
    std::string line_end = "\r\n";
    base::Duration timeout = std::chrono::seconds(10);  ///< For each answer.
  };

  ModemCredentials(Conversation& conversation, Options options)
      : conversation_(conversation), options_(std::move(options)) {}

  /// Sees that a modem answers, and lets it say why it refuses something (AT+CMEE=1).
  asio::awaitable<ModemResult<void>> begin();
  /// What the modem says of its firmware (AT+CGMR): "mfw_nrf9160_1.3.5"; empty if it does not.
  asio::awaitable<std::string> firmware();

  /// What is stored, of one tag or all.
  asio::awaitable<ModemResult<std::vector<StoredCredential>>> list(std::optional<std::uint32_t> sec_tag);
  /// The content, which modems give of roots and identities alone; its line ends come out as LF.
  /// Fails for all others, and where nothing is stored.
  asio::awaitable<ModemResult<std::string>> read(std::uint32_t sec_tag, certificates::CredentialKind kind);

  /// Switches to flight mode if LTE is active, for modems write only then. Gives the mode that it was in, if
  /// it was changed.
  asio::awaitable<ModemResult<std::optional<std::string>>> stop_lte();
  /// Writes it in the place of what is stored there (AT%CMNG=0); only after stop_lte().
  asio::awaitable<ModemResult<void>> write(std::uint32_t sec_tag, certificates::Credential credential);
  /// Deletes it (AT%CMNG=3); only after stop_lte(). The modem says whether it was there.
  asio::awaitable<ModemResult<void>> erase(std::uint32_t sec_tag, certificates::CredentialKind kind);

  /// Gives the functional mode and +CMEE back. Tried as far as the line allows.
  asio::awaitable<ModemResult<void>> restore();

 private:
  asio::awaitable<Answer> ask(std::string command) {
    return client::ask(conversation_, std::move(command), options_.line_end, options_.timeout);
  }
  /// Why the answer is none, or not OK.
  [[nodiscard]] ModemFault fault(std::string what, std::string command, const Answer& answer) const;
  [[nodiscard]] ModemFault no_answer(std::string what, std::string command) const;

  Conversation& conversation_;
  Options options_;
  bool errors_enabled_ = false;               ///< By us.
  std::optional<std::string> previous_mode_;  ///< Of +CFUN, if it was changed.
};

}  // namespace attache::client
