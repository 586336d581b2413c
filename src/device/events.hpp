#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "modem/pdn.hpp"
#include "net/bearer.hpp"

namespace attache::device {

/// What happens to a device. Ports are counted from 0, in the order in which they were added; sockets have
/// numbers from 1 that are never used again.
namespace event {

/// The device has booted; hosts are answered.
struct Ready {
  std::string dialect;
  std::vector<std::string> ports;  ///< Addresses of the AT ports.
};
/// A host has opened a port, or closed it.
struct Host {
  std::size_t port = 0;
  bool present = false;
};
/// <stat> of +CEREG has changed, subscribed to or not.
struct Registration {
  int status = 0;
};
/// A PDN connection has come up; it has its addresses.
struct PdnUp {
  modem::PdnConnection connection;
};
/// … or ended. `why` is what modem::Pdn::why_down() says at that moment, empty if the default connection is
/// up.
struct PdnDown {
  int cid = 0;
  std::string why;
};
/// The channel on a port has entered or left data mode.
struct DataMode {
  std::size_t port = 0;
  bool on = false;
  unsigned channel = 0;  ///< Of the multiplexer on the port; 0 = there is none.
};
/// A host has opened a channel of the multiplexer on a port (a DLC), or it is closed, with the multiplexer
/// too.
struct Channel {
  std::size_t port = 0;
  unsigned channel = 0;  ///< From 1.
  bool open = false;
};
/// A socket of the device is there: connected, accepted, or open for datagrams.
struct SocketOpened {
  std::uint64_t socket = 0;
  bool is_datagram = false;
  bool is_accepted = false;
  net::Endpoint local;
  std::optional<net::Endpoint> remote;
};
/// It is closed, by whichever side; its number is not used again.
struct SocketClosed {
  std::uint64_t socket = 0;
};
/// The (D)TLS handshake of a socket has succeeded. One that fails is a Failure.
struct Secured {
  std::uint64_t socket = 0;
  std::string host_name;  ///< That the certificate was checked against; empty = none.
  std::uint32_t sec_tag = 0;
};
/// Something has failed; `repeats` > 0: this reason came so many times more since it was told.
struct Failure {
  std::string module;
  base::Reason reason;
  unsigned repeats = 0;
};
/// The device is closed: the last event.
struct Ended {};

}  // namespace event

/// One of these, with its time.
struct Event {
  using Kind = std::variant<event::Ready, event::Host, event::Registration, event::PdnUp, event::PdnDown,
                            event::DataMode, event::Channel, event::SocketOpened, event::SocketClosed,
                            event::Secured, event::Failure, event::Ended>;

  base::WallTime time;  ///< Of the device's clock.
  Kind kind;
  std::string_view device{};  ///< Its name; empty if it has none. Lives as long as the device.
};

/// Those who hear what happens to a device. One thread only.
class Events {
 public:
  /// Must neither throw nor end the device.
  using Listener = std::function<void(const Event&)>;

  /// `clock` must outlive it.
  explicit Events(base::Clock& clock, std::string device = {}) : clock_(clock), device_(std::move(device)) {}

  /// The listener hears from now on, until the returned handle goes. Each of several hears all.
  [[nodiscard]] std::shared_ptr<void> add(Listener listener);
  /// False: whoever would have to find out first what to tell need not.
  [[nodiscard]] bool has_listeners() const { return !listeners_.empty(); }
  /// Calls the listeners at once, with the present time of the device's clock.
  void tell(Event::Kind kind);
  /// The number of the next socket, from 1 on.
  [[nodiscard]] std::uint64_t next_socket() { return ++sockets_; }

 private:
  base::Clock& clock_;
  std::string device_;
  std::vector<std::weak_ptr<Listener>> listeners_;
  std::uint64_t sockets_ = 0;
};

/// One line of JSON, without its end: docs/events.schema.json.
std::string to_json(const Event& event);

}  // namespace attache::device
