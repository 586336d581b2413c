#include "lab/cloud/nrf_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "net/wire/base64.hpp"

namespace attache::lab {

namespace {

namespace json = boost::json;
using net::CoapMessage;

constexpr std::size_t most_messages = 1000;
constexpr std::string_view prefix = "prod/lab/";
constexpr std::uint16_t project_key_option = 2429;

constexpr std::uint8_t created = CoapMessage::code_of(2, 1);
constexpr std::uint8_t content_code = CoapMessage::code_of(2, 5);
constexpr std::uint8_t bad_request = CoapMessage::code_of(4, 0);
constexpr std::uint8_t unauthorized = CoapMessage::code_of(4, 1);
constexpr std::uint8_t forbidden = CoapMessage::code_of(4, 3);
constexpr std::uint8_t not_found = CoapMessage::code_of(4, 4);

CoapMessage response(std::uint8_t code) {
  CoapMessage message;
  message.type = CoapMessage::Type::acknowledgement;
  message.code = code;
  return message;
}

CoapMessage json_response(std::string text) {
  CoapMessage message = response(content_code);
  message.add_number(CoapMessage::content_format, CoapMessage::json);
  message.payload = std::move(text);
  return message;
}

std::optional<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return !error && value.is_object() ? std::optional(value.get_object()) : std::nullopt;
}

std::string_view member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::size_t count_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? value->get_array().size() : 0;
}

/// The device that a JSON web token is of; nothing if it is none.
std::optional<std::string> device_of_token(std::string_view token) {
  auto parts = base::split(token, '.');
  auto claims = parts.size() == 3 ? net::from_base64(parts[1]) : std::nullopt;
  auto object = claims ? parse_object(*claims) : std::nullopt;
  std::string_view subject = object ? member(*object, "sub") : "";
  return subject.empty() ? std::nullopt : std::optional(std::string(subject));
}

std::string place_json(std::string_view way, double latitude, double longitude, int uncertainty) {
  return json::serialize(json::object{
      {"lat", latitude}, {"lon", longitude}, {"uncertainty", uncertainty}, {"fulfilledWith", way}});
}

std::optional<std::vector<NrfCloud::Credential>> read_credentials(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_array()) {
    return std::nullopt;
  }
  std::vector<NrfCloud::Credential> credentials;
  for (const json::value& each : value.get_array()) {
    const json::object* object = each.if_object();
    const json::value* tag = object != nullptr ? object->if_contains("secTag") : nullptr;
    const json::value* type = object != nullptr ? object->if_contains("type") : nullptr;
    boost::system::error_code bad_tag;
    boost::system::error_code bad_type;
    if (tag == nullptr || type == nullptr) {
      return std::nullopt;
    }
    credentials.push_back({tag->to_number<std::uint32_t>(bad_tag), type->to_number<int>(bad_type),
                           std::string(member(*object, "content"))});
    if (bad_tag || bad_type) {
      return std::nullopt;
    }
  }
  return credentials;
}

}  // namespace

std::string cloud_topic(const std::string& device) {
  return fmt::format("{}m/d/{}/c2d", prefix, device);
}

void NrfCloud::keep(Message message) {
  messages_.push_back(std::move(message));
  if (messages_.size() > most_messages) {
    messages_.pop_front();
  }
}

// CoAP

std::optional<CoapMessage> NrfCloud::answer(Visit& visit, const CoapMessage& request) {
  if (to_lose_ > 0) {
    --to_lose_;
    return std::nullopt;
  }
  std::string path = request.path();
  if (path == "auth/jwt" || path == "p/auth-jwt") {
    return authenticate(visit, request.payload, path.starts_with("p/"));
  }
  if (visit.device.empty()) {
    return response(unauthorized);
  }
  return visit.provisions ? answer_provisioning(request) : answer_device(visit, request);
}

CoapMessage NrfCloud::authenticate(Visit& visit, std::string_view token, bool provisions) {
  auto device = device_of_token(token);
  if (!device) {
    return response(bad_request);
  }
  if (!claims_all_ && !claimed_.contains(*device)) {
    return response(forbidden);
  }
  visit = {std::move(*device), provisions};
  return response(created);
}

CoapMessage NrfCloud::answer_device(Visit& visit, const CoapMessage& request) {
  std::string path = request.path();
  if (path == "msg/d2c") {
    keep({visit.device, "coap", request.payload});
    return response(created);
  }
  if (path == "loc/ground-fix") {
    return json_response(place(request.payload));
  }
  if (path == "fota/exec/current") {
    return find_update(request);
  }
  if (path.starts_with("chunks/")) {
    std::string key(request.option(project_key_option).value_or(""));
    keep({visit.device, "chunk", net::to_base64(request.payload), std::move(key)});
    return response(created);
  }
  return response(not_found);
}

CoapMessage NrfCloud::find_update(const CoapMessage& request) const {
  constexpr std::string_view name = "type=";
  std::string_view query = request.option(CoapMessage::uri_query).value_or("");
  auto update = query.starts_with(name) ? updates_.find(query.substr(name.size())) : updates_.end();
  if (update == updates_.end() || update->second.empty()) {
    return response(not_found);
  }
  return json_response(json::serialize(
      json::object{{"jobId", "lab"}, {"firmwareType", update->first}, {"url", update->second}}));
}

CoapMessage NrfCloud::answer_provisioning(const CoapMessage& request) {
  std::string path = request.path();
  if (path == "p/rsp") {
    credentials_.clear();
    return response(created);
  }
  if (path != "p/cmd") {
    return response(not_found);
  }
  json::array commands;
  for (const Credential& each : credentials_) {
    commands.push_back(
        json::object{{"secTag", each.sec_tag}, {"type", each.type}, {"content", each.content}});
  }
  return json_response(json::serialize(json::object{{"commands", std::move(commands)}}));
}

// The places of the reference's examples.
std::string NrfCloud::place(std::string_view request) {
  if (auto error = std::exchange(place_error_, std::nullopt)) {
    return json::serialize(json::object{{"err", *error}});
  }
  auto object = parse_object(request);
  if (object && object->contains("wifi")) {
    return place_json("WIFI", 35.457346, 139.624449, 20);
  }
  const json::value* cells = object ? object->if_contains("lte") : nullptr;
  const json::array* list = cells != nullptr ? cells->if_array() : nullptr;
  const json::object* first = list != nullptr && !list->empty() ? list->front().if_object() : nullptr;
  if (first == nullptr) {
    constexpr int not_understood = 40010;
    return json::serialize(json::object{{"err", not_understood}});
  }
  bool several = list->size() > 1 || count_of(*first, "nmr") > 0;
  return several ? place_json("MCELL", 35.455900, 139.626000, 400)
                 : place_json("SCELL", 35.455833, 139.626111, 1094);
}

// MQTT

std::shared_ptr<void> NrfCloud::admit(const std::string& device, Outlet outlet) {
  std::erase_if(connected_, [](const auto& each) { return each.expired(); });
  auto connected = std::make_shared<Connected>(Connected{device, std::move(outlet)});
  connected_.push_back(connected);
  return connected;
}

std::vector<NrfCloud::Publication> NrfCloud::take(const std::string& device, std::string_view topic,
                                                  std::string_view payload) {
  if (topic == fmt::format("$aws/things/{}/shadow/get", device)) {
    json::object desired;
    if (claims_all_ || claimed_.contains(device)) {
      desired["nrfcloud_mqtt_topic_prefix"] = prefix;
    }
    return {{fmt::format("{}/shadow/get/accepted", device),
             json::serialize(json::object{{"desired", std::move(desired)}})}};
  }
  if (topic != fmt::format("{}m/d/{}/d2c", prefix, device)) {
    return {};
  }
  auto object = parse_object(payload);
  if (object && member(*object, "appId") == "GROUND_FIX") {
    const json::value* data = object->if_contains("data");
    auto answer = parse_object(place(data != nullptr ? json::serialize(*data) : ""));
    json::object reply{{"appId", "GROUND_FIX"}, {"messageType", "DATA"}};
    if (const json::value* error = answer->if_contains("err")) {
      reply["err"] = *error;
    } else {
      reply["data"] = std::move(*answer);
    }
    return {{cloud_topic(device), json::serialize(reply)}};
  }
  keep({device, "mqtt", std::string(payload)});
  return {};
}

void NrfCloud::send(std::string_view text) {
  for (const auto& each : std::vector(connected_)) {
    if (auto device = each.lock()) {
      device->outlet({cloud_topic(device->device), std::string(text)});
    }
  }
}

// Steering over HTTP

std::string NrfCloud::messages_json() const {
  json::array list;
  for (const Message& each : messages_) {
    list.push_back(json::object{
        {"device", each.device}, {"by", each.way}, {"text", each.text}, {"projectKey", each.project_key}});
  }
  return json::serialize(list);
}

bool NrfCloud::steer_by(std::string_view what, std::string_view argument, const std::string& body) {
  if (what == "message") {
    send(body);
  } else if (what == "update" && (argument == "APP" || argument == "MODEM")) {
    offer_update(std::string(argument), body);
  } else if (what == "claims" && (argument == "all" || argument == "none")) {
    claim_all(argument == "all");
    claimed_.clear();
  } else if (what == "claim" && !argument.empty()) {
    claim(std::string(argument));
  } else if (what == "lose" || what == "place-error") {
    auto number = base::parse_number<std::uint32_t>(argument);
    if (number && what == "lose") {
      lose(*number);
    } else if (number) {
      fail_place(*number);
    }
    return number.has_value();
  } else if (what == "credentials") {
    auto credentials = read_credentials(body);
    if (credentials) {
      provide(std::move(*credentials));
    }
    return credentials.has_value();
  } else {
    return false;
  }
  return true;
}

HttpAnswer NrfCloud::steer(const HttpRequest& request) {
  std::string_view target = request.target;
  target.remove_prefix(std::string_view("/nrf-cloud/").size());
  if (request.method == "GET" && target == "messages") {
    HttpAnswer answer;
    answer.body = messages_json();
    return answer;
  }
  std::size_t slash = std::min(target.find('/'), target.size());
  std::string_view argument = target.substr(std::min(slash + 1, target.size()));
  if (request.method == "POST" && steer_by(target.substr(0, slash), argument, request.body)) {
    HttpAnswer answer;
    answer.body = std::string("done\n");
    return answer;
  }
  return refusal(400, "the double of nRF Cloud does not understand this: see docs/lab.md");
}

}  // namespace attache::lab
