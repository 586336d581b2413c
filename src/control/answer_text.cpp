#include "control/answer_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace attache::control {

namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value != nullptr && value->is_string() ? std::string(value->get_string().c_str()) : std::string();
}

}  // namespace

std::string success_text(const device::SteeringAnswer& answer) {
  json::object object{{"ok", true}, {"text", answer.text}};
  if (!answer.json.empty()) {
    object["data"] = json::parse(answer.json);
  }
  return json::serialize(object) + "\n";
}

std::string failure_text(const base::Reason& reason) {
  json::object object{{"ok", false}, {"what", reason.what}, {"why", reason.why}, {"advice", reason.advice}};
  return json::serialize(object) + "\n";
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
