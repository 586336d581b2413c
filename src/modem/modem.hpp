#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/reason.hpp"

namespace attache::modem {

/// The final result of a command given to the modem.
struct ModemReply {
  enum class Final { ok, error, cme_error, cms_error };

  std::string text;  ///< Information lines, each ended by CR LF; often empty.
  Final final = Final::ok;
  int code = 0;                        ///< With cme_error and cms_error.
  std::optional<base::Reason> reason;  ///< Always present unless `final` is ok.
  /// The final result in the modem's own words, where `final` and `code` cannot say it: "+CME ERROR: SIM
  /// failure", "NO CARRIER". Else empty.
  std::string wording{};
};

/// What the firmware leaves when it crashes, as the library that runs it tells the application.
struct ModemFault {
  std::uint32_t reason = 0;
  std::uint32_t program_counter = 0;
};

/// The modem firmware as the application sees it: AT lines in, results and URCs out.
/// Implemented by the simulated nRF91 and by a real modem on an AT port. One thread only.
class Modem {
 public:
  virtual ~Modem() = default;

  /// Runs one AT line (without terminator; "AT" included). `done` is called exactly once: before this
  /// returns for a command that takes no time, else from the loop. Lines given meanwhile wait their turn.
  virtual void execute(std::string_view line, std::function<void(ModemReply)> done) = 0;

  /// Receives every URC as one text that ends in CR LF (two lines for +CMT). Called from the loop, never from
  /// within execute(); a URC caused by a command comes after its `done`.
  virtual void set_notification_handler(std::function<void(std::string_view urc)> handler) = 0;

  /// Is told when the firmware crashes, after which nothing works before restart(); never from within
  /// execute(). A modem that does not tell its crashes never calls it.
  virtual void set_fault_handler(std::function<void(const ModemFault& fault)> handler) = 0;

  /// A cold start: volatile state is lost, non-volatile settings are read again, no graceful detach.
  virtual void restart() = 0;

  /// The modem's UTC time, if it has been set or received from the network.
  [[nodiscard]] virtual std::optional<base::WallTime> time() const = 0;
};

}  // namespace attache::modem
