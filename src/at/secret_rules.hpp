#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace attache::at {

/// What may stand at one place of a command that has secrets.
struct SecretSlot {
  enum class Kind {
    none,     ///< Behind the last parameter.
    number,   ///< Digits, not in quotes.
    keyword,  ///< Letters and digits, in quotes or not.
    path,     ///< In quotes: begins with / or http; its query is masked.
    time,     ///< In quotes: a point in time (nrf91-modem/time.md).
    text,     ///< In quotes: a name or a host. Shown only if the whole line is as it should be.
    secret,   ///< Anything.
  };
  Kind kind = Kind::none;
  std::size_t longest = 0;  ///< Of a number or keyword.

  friend bool operator==(const SecretSlot&, const SecretSlot&) = default;
};

/// A command, or an answer, with secrets in it.
struct SecretRule {
  std::string name;  ///< Lower case, with its prefix; of an answer with the colon behind it.
  std::vector<SecretSlot> slots{};
  std::size_t least = 0;                        ///< With fewer parameters no `text` is shown.
  bool goes_on = false;                         ///< All that follows the slots is secret as well.
  std::vector<std::string_view> short_forms{};  ///< First parameters with which `least` does not hold.
  bool is_answer = false;                       ///< Of the device rather than of the host.
  std::vector<SecretRule> also{};               ///< How other dialects write it, if otherwise.
};

/// What of all dialects and of the modem firmware has secrets, as their vocabularies say; and commands
/// without any whose name is that of one of these with two letters swapped. Made at first use.
struct SecretRules {
  std::vector<SecretRule> all;
  /// The commands of which a byte is the first or the second, in the order of `all`: however a name is
  /// damaged in one place, one of its first two bytes is one of these.
  std::array<std::vector<const SecretRule*>, 256> by_early_byte{};
};
/// The one there is; it lasts as long as the program.
const SecretRules& secret_rules();

}  // namespace attache::at
