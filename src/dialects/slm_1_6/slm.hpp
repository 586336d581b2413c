#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/assert/source_location.hpp>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/channel.hpp"
#include "base/clock.hpp"
#include "base/event.hpp"
#include "dialects/application.hpp"
#include "dialects/slm_1_6/command.hpp"
#include "dialects/slm_1_6/session.hpp"
#include "services/descriptor_table.hpp"

namespace attache::dialects::slm_1_6 {

namespace asio = boost::asio;

/// The Serial LTE Modem application of SDK 1.6, and of 1.5 by option: the AT host (reference slm-1.6/
/// 00-overview.md). Lines of the `#X` table are run here, all others go to the modem unchanged.
class Slm final : public Application, public at::LineHandler {
 public:
  Slm(const DialectOptions& options, Surroundings surroundings);
  ~Slm() override;

  at::Channel& add_channel(at::HostLine& line) override;
  void start() override;
  void wake_up() override;
  base::Result<void> set_dtr(bool asserted) override;
  void shut_down() override;
  void handle_line(at::Channel& channel, std::string line) override;
  void handle_overflow(at::Channel& channel) override;

  [[nodiscard]] const DialectOptions& options() const { return options_; }
  [[nodiscard]] bool is_1_5() const { return options_.name == "slm-1.5"; }
  [[nodiscard]] bool strict() const { return options_.strict; }
  [[nodiscard]] base::Clock& clock() { return surroundings_.clock; }
  [[nodiscard]] base::Journal& journal() { return surroundings_.journal; }
  [[nodiscard]] net::Bearer& bearer() { return surroundings_.bearer; }
  [[nodiscard]] cellular::Modem& modem() { return surroundings_.modem; }
  [[nodiscard]] services::FirmwareSlots& firmware() { return surroundings_.firmware; }
  /// All services of the device take their sockets' descriptors from here.
  [[nodiscard]] services::DescriptorTable& descriptors() { return descriptors_; }
  [[nodiscard]] services::I2cBuses& i2c_buses() { return surroundings_.i2c_buses; }
  [[nodiscard]] const cellular::PowerState& power() const { return surroundings_.power; }
  [[nodiscard]] const services::GnssOptions& gnss() const { return surroundings_.gnss; }

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
  /// The application's version, as #XSLMVER shows it.
  [[nodiscard]] std::string version() const;
  /// True if a pin can end System OFF (SLM_GPIO_WAKEUP).
  [[nodiscard]] bool can_wake_up() const;
  /// The pin that does (SLM_INTERFACE_PIN).
  [[nodiscard]] unsigned interface_pin() const;
  /// An SLM line with its line ends: 1.5 has none in front.
  [[nodiscard]] std::string framed(std::string_view text) const;
  /// Runs a coroutine that keeps the device alive (base::spawn).
  void spawn(asio::awaitable<void> task, const boost::source_location& place = BOOST_CURRENT_LOCATION);

  /// The device's own address as the firmware learns it: the first quoted text of the modem's answer to
  /// AT+CGPADDR; empty if there is none.
  asio::awaitable<std::string> local_address();

  /// The reason why data mode is impossible on the channel: this build asks for flow control on its UART
  /// (SLM_DATAMODE_HWFC).
  [[nodiscard]] std::optional<base::Reason> check_data_mode(at::Channel& channel) const;
  /// The rules of data mode as set by #XDATACTRL.
  [[nodiscard]] at::DataModePolicy data_mode_policy() const;
  [[nodiscard]] std::uint32_t data_time_limit() const { return data_time_limit_; }
  void set_data_time_limit(std::uint32_t milliseconds) { data_time_limit_ = milliseconds; }
  [[nodiscard]] std::uint32_t data_size_limit() const { return data_size_limit_; }
  void set_data_size_limit(std::uint32_t bytes) { data_size_limit_ = bytes; }

  /// #XRESET: closes services, powers the modem off, boots.
  void reset_soon();
  enum class SleepMode { idle = 0, off = 1, uart_off = 2 };
  /// #XSLEEP: until wake_up().
  void sleep(SleepMode mode);
  /// #XSLMUART: the new rate holds 50 ms after the answer.
  void change_baud(at::Channel& channel, std::uint32_t baud);

 private:
  struct Match {
    const Command* command = nullptr;
    at::CommandType type = at::CommandType::set;
    std::size_t parameters = 0;
    std::string_view name{};  // As the table has it.
  };
  [[nodiscard]] Match find(std::string_view line) const;
  [[nodiscard]] Match find_by_prefix(std::string_view line) const;
  void run(const Match& match, Answer answer);
  void pass_to_modem(Answer answer);
  [[nodiscard]] base::Reason refusal(base::Reason reason, std::string_view line) const;
  void log_modem(std::string_view text);
  void notify(std::string_view urc);
  void close_services(std::string_view why);
  void boot_firmware();
  void clear();
  void begin();
  void set_lines_enabled(bool enabled);
  asio::awaitable<bool> pause(base::Duration duration);
  asio::awaitable<bool> power_off_modem();
  asio::awaitable<void> reset();
  asio::awaitable<void> fall_asleep();

  DialectOptions options_;
  Surroundings surroundings_;
  std::vector<std::unique_ptr<at::Channel>> channels_;
  std::vector<std::uint32_t> boot_bauds_;
  services::DescriptorTable descriptors_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::uint32_t data_time_limit_ = 0;
  std::uint32_t data_size_limit_ = 0;
  std::optional<SleepMode> asleep_;
  bool resetting_ = false;
  bool powering_off_ = false;  // On the way to SleepMode::off …
  bool woken_early_ = false;   // … the wake-up pin has been pulled low.
  bool shut_down_ = false;
  base::Event progress_;  // What reset() and fall_asleep() wait for has come nearer.
  std::vector<base::Alarm> baud_alarms_;
  base::Alarm sleep_alarm_;
};

}  // namespace attache::dialects::slm_1_6
