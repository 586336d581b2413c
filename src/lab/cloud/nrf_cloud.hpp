#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lab/http_answers.hpp"
#include "lab/http_paths.hpp"
#include "net/wire/coap_message.hpp"

namespace attache::lab {

/// A double of nRF Cloud, sans-I/O: what it knows of devices, what it answers them by CoAP and MQTT, and how
/// tests steer it, by these functions or over HTTP (docs/lab.md). It takes the syntax of JSON web tokens, not
/// their signatures, and every device that is claimed: at first each is. One thread only.
class NrfCloud {
 public:
  /// What a device has sent.
  struct Message {
    std::string device;
    std::string way;   ///< "coap", "mqtt" or "chunk".
    std::string text;  ///< Of a chunk in base64.
    std::string project_key{};
  };
  /// A credential for devices that are provisioned.
  struct Credential {
    std::uint32_t sec_tag = 0;
    int type = 0;
    std::string content;
  };
  /// One CoAP connection.
  struct Visit {
    std::string device{};  ///< Empty = not authenticated.
    bool provisions = false;
  };
  /// A topic and a payload.
  using Publication = std::pair<std::string, std::string>;
  /// Takes what the cloud sends a device by MQTT.
  using Outlet = std::function<void(const Publication& publication)>;

  // Steering.

  /// Whether devices that were not claimed singly are let in.
  void claim_all(bool all) { claims_all_ = all; }
  /// Lets this device in; it counts once not all are.
  void claim(std::string device) { claimed_.insert(std::move(device)); }
  /// The URL of an update: `kind` is "APP" or "MODEM"; empty = there is none.
  void offer_update(std::string kind, std::string url) { updates_[std::move(kind)] = std::move(url); }
  /// The next requests by CoAP are lost.
  void lose(std::size_t requests) { to_lose_ = requests; }
  /// The next request for a place is answered with this error.
  void fail_place(std::int64_t code) { place_error_ = code; }
  /// What the next provisioning brings.
  void provide(std::vector<Credential> credentials) { credentials_ = std::move(credentials); }
  /// Sends a message to every device that is connected by MQTT.
  void send(std::string_view text);
  /// What devices have sent, the last ones.
  [[nodiscard]] const std::deque<Message>& messages() const { return messages_; }

  // Devices.

  /// The response to a request, without id and token; nothing if it is lost.
  std::optional<net::CoapMessage> answer(Visit& visit, const net::CoapMessage& request);
  /// A device has come by MQTT; it is there as long as what is given lives.
  [[nodiscard]] std::shared_ptr<void> admit(const std::string& device, Outlet outlet);
  /// A device has sent something by MQTT: what is sent back to it.
  std::vector<Publication> take(const std::string& device, std::string_view topic, std::string_view payload);

  /// A request of steering over HTTP: a target that begins with `/nrf-cloud/`.
  HttpAnswer steer(const HttpRequest& request);

 private:
  struct Connected {
    std::string device;
    Outlet outlet;
  };

  net::CoapMessage authenticate(Visit& visit, std::string_view token, bool provisions);
  net::CoapMessage answer_device(Visit& visit, const net::CoapMessage& request);
  net::CoapMessage answer_provisioning(const net::CoapMessage& request);
  [[nodiscard]] net::CoapMessage find_update(const net::CoapMessage& request) const;
  std::string place(std::string_view request);
  void keep(Message message);
  bool steer_by(std::string_view what, std::string_view argument, const std::string& body);
  [[nodiscard]] std::string messages_json() const;

  bool claims_all_ = true;
  std::set<std::string> claimed_;
  std::map<std::string, std::string, std::less<>> updates_;
  std::size_t to_lose_ = 0;
  std::optional<std::int64_t> place_error_;
  std::vector<Credential> credentials_;
  std::deque<Message> messages_;
  std::vector<std::weak_ptr<Connected>> connected_;
};

/// The topic of messages to a device.
std::string cloud_topic(const std::string& device);

}  // namespace attache::lab
