#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/serial_update.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

/// Firmware that the host writes over its line: #XDFUINIT, #XDFUWRITE and #XDFUAPPLY, and the boot into the
/// modem's bootloader (reference serial-modem-2.0/dfu.md).
class DfuSession final : public Session, public at::DataConsumer {
 public:
  /// As the commands number them.
  enum class Type { application = 0, modem_delta = 1, modem_full = 2, bootloader = 3 };

  explicit DfuSession(Application& application);

  /// The types that the build has, ascending.
  [[nodiscard]] static std::vector<int> types(const Application& application);

  /// The device has been started for an update of the whole modem alone.
  [[nodiscard]] bool in_bootloader_mode() const { return bootloader_mode_; }
  /// At the boot alone; a reset of the device leaves it.
  void enter_bootloader_mode() { bootloader_mode_ = true; }

  // Each carries out a command and answers it.
  void begin(Type type, std::uint32_t size, Answer answer);
  /// OK, then `length` bytes of data mode; when the last has come the URC says whether all were stored. A
  /// failure ends nothing before that, and only the first goes to the log.
  void write(Type type, std::size_t length, Answer answer);
  /// Makes what was written the image of the next boot; of a whole modem it writes the segment that has come.
  /// OK, and the URC says whether that went well.
  void apply(Type type, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  void send(std::string data) override;
  void terminated() override;

  void restart_for_whole_modem(Answer answer);
  void apply_segment(Answer answer);
  void tell(Type type, int operation, bool went_well);
  void report(const base::Reason& reason);

  Application& application_;
  services::SerialUpdate update_;
  HostChannel channel_;  // In data mode for a write.
  Type type_ = Type::application;
  bool well_ = true;      // All of the write so far.
  std::size_t left_ = 0;  // Bytes of it that have not come.
  bool bootloader_mode_ = false;
};

}  // namespace attache::dialects::serial_modem_2_0
