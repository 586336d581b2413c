#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace attache::doctor {

/// Writes a log so that it can be shown to others: IMEI, IMSI, ICCID, telephone numbers, device UUIDs and
/// coordinates become others, the same one for the same everywhere; PINs, passwords, tokens and keys are
/// masked. What a diagnosis needs stays: lengths, quotes, certificates (they are public), causes, times.
/// Sans-I/O; one log at a time.
class Anonymizer {
 public:
  /// `hosts`: names of servers as well.
  explicit Anonymizer(bool hosts) : hosts_(hosts) {}

  /// A line without its end, as it is to be shown.
  std::string line(std::string_view text);

 private:
  std::string replace_numbers(std::string_view text, bool with_coordinates);
  std::string replace_hosts(std::string_view text);
  std::string number_for(std::string_view kind, const std::string& original, std::size_t kept);

  bool hosts_;
  bool in_key_ = false;
  std::map<std::string, std::string> known_;
  std::map<std::string, int> counts_;
};

}  // namespace attache::doctor
