#include "dialects/carrier_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

constexpr std::string_view carrier_module = "carrier";
constexpr std::string_view carrier_section = "carrier";

/// What stands behind the type of an event.
struct EventFields {
  int type;
  std::int64_t least;
  std::int64_t most;
  bool has_number = false;  ///< A second field, any number.
};

constexpr std::array carrier_events{
    EventFields{1, -1, 0}, EventFields{2, -1, 0},  EventFields{3, -1, 0},      EventFields{4, 0, 0},
    EventFields{5, 0, 0},  EventFields{6, 0, 0},   EventFields{7, 0, 9, true}, EventFields{8, 0, 0},
    EventFields{9, 0, 0},  EventFields{10, -1, 0}, EventFields{11, 0, 0},      EventFields{13, 0, 0},
    EventFields{14, 0, 0}, EventFields{15, 0, 0},  EventFields{20, 0, 8, true}};

std::optional<std::int64_t> event_number(std::string_view text) {
  bool negative = text.starts_with('-');
  auto number = base::parse_number<std::uint32_t>(text.substr(negative ? 1 : 0));
  if (!number) {
    return std::nullopt;
  }
  return negative ? -std::int64_t{*number} : std::int64_t{*number};
}

base::Reason no_hexadecimal_text() {
  return base::make_reason(base::Cause::bad_parameter, "nothing given to the operator's library",
                           "the data are no pairs of hexadecimal digits",
                           "send each byte as two digits, 4142 for AB");
}

}  // namespace

base::Result<void> check_carrier_event(std::string_view fields) {
  auto parts = base::split(fields, ',');
  std::vector<std::int64_t> numbers;
  for (std::string_view part : parts) {
    auto number = event_number(part);
    if (!number) {
      return base::make_reason(base::Cause::bad_parameter, "no such event",
                               fmt::format("`{}` is no number", base::escape_control(part)), "");
    }
    numbers.push_back(*number);
  }
  auto known = std::find_if(carrier_events.begin(), carrier_events.end(),
                            [&](const EventFields& event) { return event.type == numbers.front(); });
  if (known == carrier_events.end()) {
    return base::make_reason(base::Cause::bad_parameter, "no such event",
                             fmt::format("the library has none of type {}", numbers.front()),
                             "1 to 11, 13 to 15 and 20; data of the server come by `carrier write`");
  }
  std::size_t wanted = known->has_number ? 3 : 2;
  bool fits = numbers.size() == wanted && numbers[1] >= known->least && numbers[1] <= known->most;
  if (!fits) {
    return base::make_reason(base::Cause::bad_parameter, "the event is not as it has to be",
                             fmt::format("type {} has a field from {} to {}{}", known->type, known->least,
                                         known->most, known->has_number ? ", and a number behind it" : ""),
                             "");
  }
  return {};
}

base::WallTime CarrierSession::time() const {
  if (auto told = objects_.time(application_.clock().now())) {
    return *told;
  }
  return application_.modem().time().value_or(base::WallTime{});
}

// Data mode

void CarrierSession::take_data(Answer answer) {
  if (data_channel_.is_open()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no data mode for the operator's library",
                                   "another port gives it data in data mode", ""));
    return;
  }
  data_channel_ = answer.channel();
  at::DataModePolicy policy = application_.data_mode().policy_of_quiet_service(data_channel_, 0);
  policy.unit = "text of hexadecimal digits";
  data_channel_.enter_data_mode(policy, *this);
  answer.ok();
}

void CarrierSession::send(std::string data) {
  auto bytes = base::from_hex(data);
  if (bytes) {
    objects_.set(std::string(carrier_data_path), base::to_hex(*bytes));
  } else {
    application_.journal().report(carrier_module, no_hexadecimal_text());
  }
  bool breaks = !bytes && application_.data_mode().breaks();
  data_channel_.post([breaks](const HostChannel& channel) {
    if (breaks) {
      channel.data_failed();
    } else {
      channel.data_sent();
    }
  });
}

void CarrierSession::close() {
  std::exchange(data_channel_, {}).leave_data_mode();
}

void CarrierSession::forget() {
  objects_.forget();
}

// Settings

std::optional<std::string> CarrierSession::setting(const std::string& name) const {
  auto stored = application_.settings().section(carrier_section);
  auto found = stored.find(name);
  return found == stored.end() ? std::nullopt : std::optional(found->second);
}

base::Result<void> CarrierSession::store_setting(const std::string& name, std::string value) {
  const std::array change{base::Settings::Change{std::string(carrier_section), name, std::move(value)}};
  return application_.settings().apply(change);
}

// Events

void CarrierSession::tell(std::string_view fields) {
  application_.notices().tell(application_.notices().urc_channel(), fmt::format("#XCARRIEREVT: {}", fields));
}

// Nothing ends the second line (reference serial-modem-2.0/carrier.md).
void CarrierSession::tell_written(std::string_view uri, std::string_view bytes) {
  std::string digits = base::to_hex(bytes);
  std::string text =
      application_.dialect().framing.line(fmt::format("#XCARRIEREVT: 12,0,\"{}\",{}", uri, digits.size()));
  application_.notices().write(application_.notices().urc_channel(), fmt::format("{}\"{}\"", text, digits));
}

}  // namespace attache::dialects
