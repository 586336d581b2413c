#include "control/answer_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/text.hpp"

namespace attache::control {

namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Texts quote what somebody typed, and JSON is UTF-8: bytes that are none are escaped, as control characters
// are that would reach the reader's terminal. Lines stay.
std::string printable(std::string_view text) {
  std::string shown;
  for (std::string_view line : base::split(text, '\n')) {
    shown += base::escape_control(line) + "\n";
  }
  shown.pop_back();
  return shown;
}

void make_printable(json::value& value) {
  if (auto* text = value.if_string()) {
    *text = printable(*text);
  } else if (auto* list = value.if_array()) {
    for (json::value& element : *list) {
      make_printable(element);
    }
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      make_printable(member.value());
    }
  }
}

std::string line_of(json::value answer) {
  make_printable(answer);
  return json::serialize(answer) + "\n";
}

}  // namespace

std::string success_text(const device::SteeringAnswer& answer) {
  json::object object{{"ok", true}, {"text", answer.text}};
  if (!answer.json.empty()) {
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    object["data"] = json::parse(answer.json, {}, options);
  }
  return line_of(std::move(object));
}

std::string failure_text(const base::Reason& reason) {
  return line_of(
      json::object{{"ok", false}, {"what", reason.what}, {"why", reason.why}, {"advice", reason.advice}});
}

base::Result<device::SteeringAnswer> parse_answer(std::string_view line) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(line.data(), line.size()), error);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* ok = object != nullptr ? object->if_contains("ok") : nullptr;
  if (ok == nullptr || !ok->is_bool()) {
    return base::make_reason("the answer cannot be read", "it is no answer of a device");
  }
  if (!ok->get_bool()) {
    return base::make_reason(text_at(*object, "what"), text_at(*object, "why"), text_at(*object, "advice"));
  }
  device::SteeringAnswer answer{text_at(*object, "text"), {}};
  if (const json::value* data = object->if_contains("data")) {
    answer.json = json::serialize(*data);
  }
  return answer;
}

}  // namespace attache::control
