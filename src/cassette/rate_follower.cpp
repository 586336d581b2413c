#include "cassette/rate_follower.hpp"

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cassette {

namespace {

constexpr std::uint32_t usual_rate = 115200;  // What AT#XSLMUART without a value sets.
constexpr std::size_t longest_command = 64;   // What is longer sets no rate.
constexpr std::size_t most_unread = 64UL * 1024;

}  // namespace

void RateFollower::hear_host(std::string_view bytes) {
  for (char byte : bytes) {
    if (byte == '\r' || byte == '\n') {
      take_host_line();
      host_line_.clear();
    } else if (host_line_.size() <= longest_command) {
      host_line_ += byte;
    }
  }
}

void RateFollower::take_host_line() {
  std::string_view name = client::command_name(host_line_);
  bool sets_rate = base::equal_ignoring_case(name, "#XSLMUART") || base::equal_ignoring_case(name, "+IPR");
  if (!sets_rate || host_line_.size() > longest_command) {
    asked_ = host_line_.empty() ? asked_ : std::nullopt;
    return;
  }
  at::CommandLine command = at::cut_command(host_line_);
  if (command.type != at::CommandType::set) {
    asked_.reset();
    return;
  }
  std::string_view value = std::string_view(host_line_).substr(command.parameters);
  asked_ = value.empty() ? std::optional(usual_rate) : base::parse_number<std::uint32_t>(value);
}

std::optional<std::uint32_t> RateFollower::hear_modem(std::string_view bytes) {
  modem_.feed(bytes);
  std::optional<std::uint32_t> rate;
  while (auto line = modem_.take_line()) {
    if (asked_ && vocabulary::is_final_result(*line)) {
      rate = *line == "OK" ? asked_ : rate;
      asked_.reset();
    }
  }
  if (modem_.raw().size() > most_unread) {  // Data without line ends.
    modem_.take_raw(modem_.raw().size());
  }
  return rate;
}

}  // namespace attache::cassette
