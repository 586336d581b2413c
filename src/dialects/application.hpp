#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/assert/source_location.hpp>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/channel.hpp"
#include "at/command_line.hpp"
#include "at/host_line.hpp"
#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/result.hpp"
#include "base/settings.hpp"
#include "base/spawn.hpp"
#include "dialects/channels.hpp"
#include "dialects/data_mode_settings.hpp"
#include "dialects/dialect.hpp"
#include "dialects/modem_line.hpp"
#include "dialects/notices.hpp"
#include "dialects/power.hpp"
#include "dialects/session.hpp"
#include "modem/modem.hpp"
#include "modem/pdn.hpp"
#include "modem/power_state.hpp"
#include "net/bearer.hpp"
#include "net/packets/packet_face.hpp"
#include "services/descriptor_table.hpp"
#include "services/firmware_slots.hpp"
#include "services/gnss/gnss_receiver.hpp"
#include "services/i2c/i2c_bus.hpp"

namespace attache::dialects {

namespace asio = boost::asio;

class PppSession;
class UartLog;

/// What an application firmware runs in. Everything must outlive it.
struct Surroundings {
  base::Clock& clock;
  base::Journal& journal;
  modem::Modem& modem;
  net::Bearer& bearer;
  services::I2cBuses& i2c_buses;
  services::FirmwareSlots& firmware;
  /// The non-volatile memory; the application has sections of its own in it.
  base::Settings& settings;
  const modem::PowerState& power;
  const services::GnssOptions& gnss;
  /// Null: the modem tells nothing of its PDN connections, or whole packets are not carried.
  modem::Pdn* pdn;
  net::PacketBearer* packets;
  /// Held by every coroutine of the application, so that the device is not destroyed under it.
  std::weak_ptr<void> owner;
};

/// The application firmware of a device, of any dialect: the AT host. It answers the AT lines of its
/// channels: those of the dialect's table are run here, all others go to the modem unchanged. One thread
/// only.
class Application final : private at::LineHandler, private PoweredParts {
 public:
  /// `dialect` lives as long as the program.
  Application(const Dialect& dialect, const DialectOptions& options, Surroundings surroundings);
  ~Application() override;

  // For the device.

  /// Adds an AT channel on a line to a host, which must outlive the channel; at any time.
  at::Channel& add_channel(at::HostLine& line);
  /// Takes a channel away; see Channels::remove.
  void remove_channel(at::Channel& channel);
  /// Null: the build has no PPP.
  [[nodiscard]] PppSession* ppp();
  /// Boots: every channel gets `Ready`.
  void start() { power_.start(); }
  /// The interface pin is pulled low: wakes the application from sleep.
  void wake_up() { power_.wake_up(); }
  /// What the dialect logs of the AT traffic goes to `outlet`, the second UART, from now on.
  void set_log_uart(std::function<void(std::string_view bytes)> outlet) { log_uart_ = std::move(outlet); }
  /// Null: the second UART always carries the log, without AT traffic.
  [[nodiscard]] UartLog* uart_log();
  /// Who has the power of the UARTs; null: nobody. It must outlive the application.
  void set_uart_power(UartPower* power) { uart_power_ = power; }
  /// The reason why DTR says nothing to this firmware; nothing if it does.
  [[nodiscard]] std::optional<base::Reason> objection_to_dtr() const;
  /// Closes all services without a word to the host, so that suspended work ends. For shutting down.
  void shut_down();

  // For commands and sessions.

  [[nodiscard]] const Dialect& dialect() const { return dialect_; }
  [[nodiscard]] const DialectOptions& options() const { return options_; }
  /// Faults of the released firmware are kept too (`strict` of `[dialect]`).
  [[nodiscard]] bool strict() const { return options_.strict; }
  [[nodiscard]] base::Clock& clock() { return surroundings_.clock; }
  [[nodiscard]] base::Journal& journal() { return surroundings_.journal; }
  [[nodiscard]] net::Bearer& bearer() { return surroundings_.bearer; }
  [[nodiscard]] modem::Modem& modem() { return surroundings_.modem; }
  /// The images that the chip holds or is being given; they outlast a reset.
  [[nodiscard]] services::FirmwareSlots& firmware() { return surroundings_.firmware; }
  [[nodiscard]] base::Settings& settings() { return surroundings_.settings; }
  /// A line of the log of the second UART, and raw lines below it.
  void write_log_uart(base::LogLevel level, std::string text, std::span<const std::string> rows = {});
  /// All services of the device take their sockets' descriptors from here.
  [[nodiscard]] services::DescriptorTable& descriptors() { return descriptors_; }
  [[nodiscard]] services::I2cBuses& i2c_buses() { return surroundings_.i2c_buses; }
  /// As it is at each question; it follows the host's AT+CFUN.
  [[nodiscard]] const modem::PowerState& power_state() const { return surroundings_.power; }
  [[nodiscard]] const services::GnssOptions& gnss() const { return surroundings_.gnss; }

  /// These two may be null; see Surroundings.
  [[nodiscard]] modem::Pdn* pdn() { return surroundings_.pdn; }
  [[nodiscard]] net::PacketBearer* packets() { return surroundings_.packets; }

  [[nodiscard]] Channels& channels() { return *channels_; }
  [[nodiscard]] Notices& notices() { return notices_; }
  [[nodiscard]] ModemLine& modem_line() { return modem_line_; }
  [[nodiscard]] Power& power() { return power_; }
  [[nodiscard]] DataModeSettings& data_mode() { return data_mode_; }

  /// The device's session of a service, made at the first call.
  template <std::derived_from<Session> T>
  [[nodiscard]] T& session() {
    for (const auto& session : sessions_) {
      if (auto* found = dynamic_cast<T*>(session.get())) {
        return *found;
      }
    }
    auto made = std::make_unique<T>(*this);
    T& session = *made;
    sessions_.push_back(std::move(made));
    return session;
  }

  /// True if the service is built in. An empty name always is.
  [[nodiscard]] bool is_built(std::string_view service) const;
  /// The application's version, as its version command shows it.
  [[nodiscard]] std::string version() const;
  /// What ends a command line.
  [[nodiscard]] at::Termination termination() const { return channel_policy_.lines.termination; }
  /// Runs a coroutine that keeps the device alive (base::spawn).
  void spawn(asio::awaitable<void> task, const boost::source_location& place = BOOST_CURRENT_LOCATION);
  /// The same for what a command does: it begins at once, with what the command has found. In the loop only.
  void begin(asio::awaitable<void> command, const boost::source_location& place = BOOST_CURRENT_LOCATION);
  /// For services, which must not outlive the application: they spawn.
  [[nodiscard]] base::Spawner spawner();

 private:
  struct Match {
    const Command* command = nullptr;
    at::CommandType type = at::CommandType::set;
    std::size_t parameters = 0;
    std::string_view name{};   // As the table has it …
    std::string_view given{};  // … and as the host wrote it.
  };

  void handle_line(at::Channel& channel, std::string line) override;
  void handle_overflow(at::Channel& channel) override;
  void settled(at::Channel& channel) override;
  void host_lines_changed(at::Channel& channel, const base::HostLines& lines) override;
  void close_services(std::string_view why) override;
  void forget() override;
  std::string boot_text() override;
  UartPower* uart_power() override { return uart_power_; }
  void run(asio::awaitable<void> task) override { spawn(std::move(task)); }

  [[nodiscard]] bool is_dial(std::string_view line) const;
  [[nodiscard]] base::Reason no_dialling() const;
  [[nodiscard]] Match find(std::string_view line) const;
  [[nodiscard]] Match find_by_beginning(std::string_view line) const;
  void run(const Match& match, Answer answer);
  void run_operation(const Command& command, Answer answer);
  void run(const Operation& operation, std::vector<at::ParameterRule> rules, Answer answer);
  [[nodiscard]] std::optional<base::Reason> objection_to(std::span<const Need> needs, const Answer& answer);
  [[nodiscard]] base::Reason refusal(base::Reason reason, std::string_view line) const;
  void notify(std::string_view urc);
  asio::awaitable<void> bring_modem_back(modem::ModemFault fault);

  const Dialect& dialect_;
  DialectOptions options_;
  Surroundings surroundings_;
  at::ChannelPolicy channel_policy_;
  AnswerRules answers_;
  services::DescriptorTable descriptors_;
  std::shared_ptr<Channels> channels_;
  Notices notices_;
  ModemLine modem_line_;
  Power power_;
  DataModeSettings data_mode_;
  std::vector<std::unique_ptr<Session>> sessions_;
  base::Time started_;
  std::function<void(std::string_view)> log_uart_;
  UartPower* uart_power_ = nullptr;
};

/// The application of the dialect named in the options, which must be one of all_dialects().
std::unique_ptr<Application> make_application(const DialectOptions& options, Surroundings surroundings);

}  // namespace attache::dialects
