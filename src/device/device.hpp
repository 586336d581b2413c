#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "base/logging.hpp"
#include "base/result.hpp"
#include "device/config/config.hpp"
#include "device/events.hpp"
#include "device/line.hpp"
#include "device/messages/message_box.hpp"
#include "device/messages/message_exchange.hpp"
#include "device/port_taps.hpp"
#include "device/radio.hpp"
#include "device/trace_control.hpp"
#include "device/uart_powers.hpp"
#include "dialects/application.hpp"
#include "net/bearer.hpp"
#include "serial/cmux/fault_orders.hpp"
#include "serial/port.hpp"
#include "services/firmware_slots.hpp"
#include "services/i2c/i2c_bus.hpp"

namespace attache::net {
class BearerControl;
class HostNetwork;
class MemoryBearer;
class PacketBearer;
}  // namespace attache::net

namespace attache::dialects {
class CarrierSession;
}  // namespace attache::dialects

namespace attache::device {

class MessageSpool;

namespace asio = boost::asio;

/// A whole virtual device: ports, AT channels, application, modem, bearer and settings. It lives on the
/// thread of its clock. Its coroutines hold it: after close() it goes when the last of them has ended.
class Device : public std::enable_shared_from_this<Device> {
 public:
  /// Makes the device's way to the network from what the modem offers.
  using BearerFactory =
      std::function<std::unique_ptr<net::Bearer>(const Radio& radio, base::Journal& journal)>;

  /// A device whose traffic goes through this machine's network. `config` must be complete().
  /// The reason of a failure tells why the state folder cannot be used.
  static base::Result<std::shared_ptr<Device>> create(const DeviceConfig& config, base::Clock& clock,
                                                      net::HostNetwork& network);
  /// A device whose Internet is in memory, for programs that embed it: the modem's PDN and radio, `[link]`
  /// and `[[route]]`s lie in between, and bearer_control() steers them. `internet` is this device's alone and
  /// must outlive it.
  static base::Result<std::shared_ptr<Device>> create(const DeviceConfig& config, base::Clock& clock,
                                                      net::MemoryBearer& internet);
  /// A device with a way to the network of the caller's.
  static base::Result<std::shared_ptr<Device>> create(const DeviceConfig& config, base::Clock& clock,
                                                      const BearerFactory& make_bearer);
  /// A device with a modem of the caller's too.
  static base::Result<std::shared_ptr<Device>> create(const DeviceConfig& config, base::Clock& clock,
                                                      const RadioFactory& make_radio,
                                                      const BearerFactory& make_bearer);

  ~Device();

  /// Gives the journal's entries to a sink. Call before start().
  void add_journal_sink(base::JournalSink sink);
  /// Adds an AT UART resp. one that carries the device log. Call before start().
  void add_at_port(std::unique_ptr<serial::Port> port);
  void add_log_port(std::unique_ptr<serial::Port> port);

  /// Called when a port has ended for good (end of stdio).
  void set_port_end_handler(std::function<void()> handler) { on_port_end_ = std::move(handler); }

  /// From now on, messages to the number of a device that has joined `exchange` too reach it, and its own
  /// this device. One that joins none reaches itself alone. Call before start().
  void join(std::shared_ptr<MessageExchange> exchange);

  /// Holds what the device needs, its clock and network for example, as long as the device itself lives.
  void keep(std::shared_ptr<void> needed) { kept_ = std::move(needed); }

  /// Boots: `Ready` on every AT port; from now on hosts are answered.
  void start();
  /// Pulls the wake-up pin low for a moment: ends #XSLEEP.
  void wake_up();
  /// Asserts DTR on all AT ports or takes it back. The reason of a failure says that the dialect has no such
  /// line, or that a host drives it itself.
  base::Result<void> set_dtr(bool asserted);
  /// Switches the modem off in order (AT+CFUN=0): it detaches and saves its settings; `done` is called then.
  void power_off(std::function<void()> done);
  /// Writes a fault of the program into the journal (device/supervision.hpp).
  void report_fault(const base::Fault& fault);
  /// Closes ports and services. Volatile state is lost; what the modem saves at CFUN=0 was saved then.
  void close();

  /// `[device] name`; empty = none.
  [[nodiscard]] const std::string& name() const { return journal_->device(); }
  /// The modem's faces.
  [[nodiscard]] const Radio& radio() const { return radio_; }
  /// What the device says of itself: whoever has something to tell in its name writes here.
  [[nodiscard]] base::Journal& journal() { return *journal_; }
  /// What it has said so far.
  [[nodiscard]] const base::JournalCounts& journal_counts() const { return journal_->counts(); }
  /// The one that create() was given: it may be a manual or a scaled one.
  [[nodiscard]] base::Clock& clock() { return clock_; }
  /// Link, routes and names; null if the network is one of the caller's that cannot be steered.
  [[nodiscard]] net::BearerControl* bearer_control();
  /// Null if the dialect's build has no PPP.
  [[nodiscard]] dialects::PppSession* ppp() { return application_->ppp(); }
  /// IP packets of the device's host; null if its network carries none.
  [[nodiscard]] net::PacketBearer* packets() { return packets_; }
  /// The sky and the place of the GNSS receiver: changes hold from the next frame on.
  [[nodiscard]] services::GnssOptions& gnss() { return gnss_; }
  /// What multiplexers on the ports do wrong on purpose: changes hold at once.
  [[nodiscard]] serial::cmux::FaultOrders& multiplexer_faults() { return multiplexer_faults_; }
  /// Texts for the device, and those it has sent.
  [[nodiscard]] MessageBox& messages() { return messages_; }

  /// The library of the operator; null if the application is built without it.
  [[nodiscard]] dialects::CarrierSession* carrier();

  /// An AT port at present.
  struct PortState {
    std::string address;
    std::uint32_t baud = 0;
    bool data_mode = false;
    bool multiplexed = false;
    base::HostLines host_lines{};
    base::DeviceLines device_lines{};
  };
  /// In the order in which they were added.
  [[nodiscard]] std::vector<PortState> ports() const;

  /// Hear what hosts and device say to each other on the AT ports.
  [[nodiscard]] PortTaps& taps() { return taps_; }

  /// Who begins and ends the trace of the device; null: nobody. It must take itself away before it ends.
  void set_trace_control(TraceControl* control) { trace_control_ = control; }
  /// As set_trace_control() left it.
  [[nodiscard]] TraceControl* trace_control() { return trace_control_; }

  /// Hear what happens to the device, from now on and until the returned handle goes. Call before start() to
  /// hear that too. Reasons come from the journal, in later turns of the loop.
  [[nodiscard]] std::shared_ptr<void> listen(Events::Listener listener);

 private:
  Device(const DeviceConfig& config, base::Clock& clock, std::unique_ptr<base::Settings> settings,
         const RadioFactory& make_radio, const BearerFactory& make_bearer);
  base::Result<void> connect_messages(const std::string& folder);
  base::Result<void> connect_messages(modem::MessageService& service, const std::string& folder);
  void make_application(const DeviceConfig& config);
  asio::awaitable<void> serve(Line& line);
  void log_traffic(dialects::UartLog& log);
  void begin_events();
  void trace_as_modem(bool on);

  std::shared_ptr<void> kept_;  // Goes last.
  base::Clock& clock_;
  std::shared_ptr<base::QueuedJournal> journal_;
  std::unique_ptr<base::Settings> settings_;
  services::FirmwareSlots firmware_;
  Radio radio_;
  std::shared_ptr<Events> events_;  // Sockets hold it too.
  net::BearerControl* bearer_control_ = nullptr;
  net::PacketBearer* packets_ = nullptr;
  std::unique_ptr<net::Bearer> bearer_;
  MessageBox messages_;
  services::GnssOptions gnss_;
  services::I2cBuses i2c_buses_;
  std::unique_ptr<MessageSpool> spool_;
  std::shared_ptr<MessageExchange> exchange_;
  MessageExchange::Membership membership_;
  PortTaps taps_;
  serial::cmux::FaultOrders multiplexer_faults_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::unique_ptr<UartPowers> uart_powers_;  // Where DTR switches them.
  std::vector<std::unique_ptr<serial::Port>> log_ports_;
  std::shared_ptr<void> log_tap_;
  std::unique_ptr<dialects::Application> application_;
  unsigned ppp_port_ = 0;
  std::optional<bool> flow_control_;
  std::optional<base::LogLevel> log_level_;
  std::optional<int> registration_;  // What events have said last.
  bool tells_events_ = false;
  modem::Subscription pdn_events_;
  modem::Subscription registration_events_;
  std::vector<base::Reason> warnings_;  // Of the configuration, until start().
  std::function<void()> on_port_end_;
  bool closed_ = false;
  TraceControl* trace_control_ = nullptr;
};

}  // namespace attache::device
