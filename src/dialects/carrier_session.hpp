#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/operator_objects.hpp"

namespace attache::dialects {

class Application;

/// The LwM2M library of an operator as SLM 2.x, 3.x and Serial Modem present it (reference
/// serial-modem-2.0/carrier.md, slm-3.1/carrier.md): what the host tells it, its settings, and its events.
/// There is no server behind it: events come when whoever steers the device orders them.
class CarrierSession final : public Session, public at::DataConsumer {
 public:
  explicit CarrierSession(Application& application) : application_(application) {}

  /// What the host has told the library (reference serial-modem-2.0/carrier.md); lost with the session's
  /// forget().
  [[nodiscard]] services::OperatorObjects& objects() { return objects_; }
  /// The library's time: as the host has told it, else the modem's, else the beginning of 1970.
  [[nodiscard]] base::WallTime time() const;

  /// What the host sends in data mode is written to /10250/0/0 from now on; answers the command.
  void take_data(Answer answer);

  /// A setting, as written; nothing if it never was.
  [[nodiscard]] std::optional<std::string> setting(const std::string& name) const;
  /// Stores it for good; the reason of a failure is of the disk.
  base::Result<void> store_setting(const std::string& name, std::string value);

  /// `#XCARRIEREVT: <fields>` to the host.
  void tell(std::string_view fields);
  /// The server has written `bytes` to a resource: the event, and the bytes as hexadecimal digits.
  void tell_written(std::string_view uri, std::string_view bytes);

  void close_because(std::string_view) override { close(); }
  void close() override;
  void forget() override;

 private:
  void send(std::string data) override;
  void terminated() override { data_channel_ = {}; }

  Application& application_;
  services::OperatorObjects objects_;
  HostChannel data_channel_;  // The one in data mode for us.
};

/// The build option of its commands.
inline constexpr std::string_view carrier_service = "carrier";
/// The path that data without an object of its own go to.
inline constexpr std::string_view carrier_data_path = "/10250/0/0";

/// Checks what an event's fields may be, "5,0" or "7,3,60": the reason tells what is wrong.
base::Result<void> check_carrier_event(std::string_view fields);

}  // namespace attache::dialects
