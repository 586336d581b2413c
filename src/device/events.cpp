#include "device/events.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <utility>

#include "base/cause.hpp"
#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "net/failure.hpp"

namespace attache::device {

namespace {

namespace json = boost::json;

// With milliseconds: "2026-05-24T11:58:22.482Z".
std::string time_text(base::WallTime time) {
  std::string text = base::format_utc(time);
  auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(
                    time - std::chrono::floor<std::chrono::seconds>(time))
                    .count();
  text.insert(text.size() - 1, fmt::format(".{:03}", millis));
  return text;
}

void add_text(json::object& object, json::string_view key, std::string_view text) {
  if (!text.empty()) {
    object[key] = base::escape_control(text);
  }
}

/// The fields of each kind of event behind its name and time.
struct Fields {
  json::object& object;

  void operator()(const event::Ready& ready) const {
    object["format"] = "attache-events-1";
    object["dialect"] = ready.dialect;
    object["ports"] = json::array(ready.ports.begin(), ready.ports.end());
  }
  void operator()(const event::Host& host) const {
    object["port"] = host.port;
    object["present"] = host.present;
  }
  void operator()(const event::Registration& registration) const { object["status"] = registration.status; }
  void operator()(const event::PdnUp& up) const {
    object["cid"] = up.connection.cid;
    object["up"] = true;
    add_text(object, "apn", up.connection.apn);
    add_text(object, "ipv4", up.connection.ipv4 ? up.connection.ipv4->to_string() : "");
    add_text(object, "ipv6", up.connection.ipv6 ? up.connection.ipv6->to_string() : "");
    object["mtu"] = up.connection.mtu;
  }
  void operator()(const event::PdnDown& down) const {
    object["cid"] = down.cid;
    object["up"] = false;
    add_text(object, "why", down.why);
  }
  void operator()(const event::DataMode& mode) const {
    object["port"] = mode.port;
    if (mode.channel != 0) {
      object["channel"] = mode.channel;
    }
    object["on"] = mode.on;
  }
  void operator()(const event::Channel& channel) const {
    object["port"] = channel.port;
    object["channel"] = channel.channel;
    object["open"] = channel.open;
  }
  void operator()(const event::SocketOpened& opened) const {
    object["socket"] = opened.socket;
    object["open"] = true;
    object["transport"] = opened.is_datagram ? "udp" : "tcp";
    object["accepted"] = opened.is_accepted;
    object["local"] = net::to_string(opened.local);
    add_text(object, "remote", opened.remote ? net::to_string(*opened.remote) : "");
  }
  void operator()(const event::SocketClosed& closed) const {
    object["socket"] = closed.socket;
    object["open"] = false;
  }
  void operator()(const event::Secured& secured) const {
    object["socket"] = secured.socket;
    add_text(object, "host", secured.host_name);
    object["sec_tag"] = secured.sec_tag;
  }
  void operator()(const event::Failure& failure) const {
    const base::Reason& reason = failure.reason;
    add_text(object, "code", base::code_of(reason.cause));
    object["module"] = failure.module;
    object["what"] = base::escape_control(reason.what);
    add_text(object, "where", reason.where);
    object["why"] = base::escape_control(reason.why);
    add_text(object, "advice", reason.advice);
    json::array facts;
    for (const auto& [name, text] : reason.facts) {
      facts.push_back({{"name", name}, {"text", base::escape_control(text)}});
    }
    object["facts"] = std::move(facts);
    add_text(object, "excerpt", reason.excerpt);
    if (failure.repeats > 0) {
      object["repeats"] = failure.repeats;
    }
  }
  void operator()(const event::Ended&) const {}
};

struct Name {
  std::string_view operator()(const event::Ready&) const { return "ready"; }
  std::string_view operator()(const event::Host&) const { return "host"; }
  std::string_view operator()(const event::Registration&) const { return "registration"; }
  std::string_view operator()(const event::PdnUp&) const { return "pdn"; }
  std::string_view operator()(const event::PdnDown&) const { return "pdn"; }
  std::string_view operator()(const event::DataMode&) const { return "data-mode"; }
  std::string_view operator()(const event::Channel&) const { return "channel"; }
  std::string_view operator()(const event::SocketOpened&) const { return "socket"; }
  std::string_view operator()(const event::SocketClosed&) const { return "socket"; }
  std::string_view operator()(const event::Secured&) const { return "tls"; }
  std::string_view operator()(const event::Failure&) const { return "failure"; }
  std::string_view operator()(const event::Ended&) const { return "ended"; }
};

}  // namespace

std::shared_ptr<void> Events::add(Listener listener) {
  auto handle = std::make_shared<Listener>(std::move(listener));
  listeners_.push_back(handle);
  return handle;
}

// By index: a listener may add another one.
void Events::tell(Event::Kind kind) {
  if (listeners_.empty()) {
    return;
  }
  Event event{clock_.wall_now(), std::move(kind), device_};
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (auto listener = listeners_[i].lock()) {
      (*listener)(event);
    }
  }
  std::erase_if(listeners_, [](const std::weak_ptr<Listener>& listener) { return listener.expired(); });
}

std::string to_json(const Event& event) {
  std::string_view name = std::visit(Name(), event.kind);
  json::object object{{"event", json::string_view(name.data(), name.size())},
                      {"time", time_text(event.time)}};
  if (!event.device.empty()) {
    object["device"] = event.device;
  }
  std::visit(Fields{object}, event.kind);
  return json::serialize(object);
}

}  // namespace attache::device
