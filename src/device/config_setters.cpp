#include "device/config_setters.hpp"

#include "cellular/sms/address.hpp"

namespace attache::device {

base::Reason unfit(std::string advice) {
  return base::make_reason({}, {}, std::move(advice));
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

Outcome set_phone_number(std::string& target, const ConfigValue& value) {
  bool dialled = text_of(value).find_first_not_of("+0123456789") == std::string::npos;
  return set_text(target, value, dialled && cellular::sms::parse_number(text_of(value)));
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

Outcome set_rate(std::uint64_t& target, const ConfigValue& value) {
  auto rate = rate_of(value);
  if (!rate) {
    return unfit();
  }
  target = *rate;
  return {};
}

}  // namespace attache::device
