#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cassette/cassette.hpp"

namespace attache::cassette {

/// Puts placeholders in the place of secrets: `AT+CPIN="{PIN}"`. A secret that comes again has the same name,
/// another one of the same kind gets a number: `{PIN_2}`.
class SecretNames {
 public:
  /// `known`: values that have a name already. One that is masked gets that name.
  explicit SecretNames(const client::Values& known = {});

  /// The text as it stands in a cassette: escaped, and a placeholder wherever `masked`, which is as long, has
  /// other bytes. `line` is the whole command that the text ends, which tells the name of the parameter.
  std::string name_secrets(std::string_view text, std::string_view masked, std::string_view line);

  /// What the placeholders stand for.
  [[nodiscard]] const client::Values& values() const { return values_; }

 private:
  std::string name_for(std::string_view secret, std::string_view line, std::size_t offset);

  client::Values values_;
  std::map<std::string, std::string, std::less<>> names_;  ///< By the secret.
};

/// "PIN" for the parameter of a command line that the byte at `offset` belongs to, as the vocabularies call
/// it; "DATA" if it is no command.
std::string placeholder_name(std::string_view line, std::size_t offset);

}  // namespace attache::cassette
