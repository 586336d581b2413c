#include "device/config/config_setters.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "sms/address.hpp"

namespace attache::device {

base::Reason unfit(std::string advice) {
  return base::make_reason({}, {}, std::move(advice));
}

bool is_printable(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F && c != '"'; });
}

Outcome set_flag(bool& target, const ConfigValue& value) {
  target = flag_of(value);
  return {};
}

Outcome set_flag(std::optional<bool>& target, const ConfigValue& value) {
  target = flag_of(value);
  return {};
}

Outcome set_text(std::string& target, const ConfigValue& value, bool fits) {
  if (!fits) {
    return unfit();
  }
  target = text_of(value);
  return {};
}

Outcome set_hex(std::string& target, const ConfigValue& value, std::size_t count) {
  if (!is_hex(text_of(value), count)) {
    return unfit();
  }
  target = text_of(value);
  std::transform(target.begin(), target.end(), target.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return {};
}

Outcome set_choice(std::string& target, const ConfigValue& value, std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), text_of(value)) == known.end()) {
    return unfit(suggestion(text_of(value), known));
  }
  target = text_of(value);
  return {};
}

Outcome set_mode(cellular::AccessTechnology& target, const ConfigValue& value) {
  using Technology = cellular::AccessTechnology;
  constexpr std::array<std::pair<std::string_view, Technology>, 2> modes{
      {{"ltem", Technology::lte_m}, {"nbiot", Technology::nb_iot}}};
  return set_enumerator(target, value, modes);
}

Outcome set_phone_number(std::string& target, const ConfigValue& value) {
  bool dialled = text_of(value).find_first_not_of("+0123456789") == std::string::npos;
  return set_text(target, value, dialled && sms::parse_number(text_of(value)));
}

Outcome set_duration(base::Duration& target, const ConfigValue& value, base::Duration least,
                     base::Duration most) {
  auto duration = duration_of(value);
  if (!duration || *duration < least || *duration > most) {
    return unfit();
  }
  target = *duration;
  return {};
}

Outcome set_seconds(std::chrono::seconds& target, const ConfigValue& value, std::chrono::seconds least,
                    std::chrono::seconds most) {
  base::Duration duration{};
  auto outcome = set_duration(duration, value, least, most);
  if (!outcome) {
    return outcome;
  }
  auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  if (seconds != duration) {
    return unfit("leave out the parts of a second");
  }
  target = seconds;
  return {};
}

Outcome set_decimal(double& target, const ConfigValue& value, double least, double most) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  double number = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
  if (!(number >= least && number <= most)) {  // Nor is "not a number" within.
    return unfit();
  }
  target = number;
  return {};
}

Outcome set_rate(std::uint64_t& target, const ConfigValue& value) {
  auto rate = rate_of(value);
  if (!rate) {
    return unfit();
  }
  target = *rate;
  return {};
}

}  // namespace attache::device
