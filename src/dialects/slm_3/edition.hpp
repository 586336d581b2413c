#pragma once

#include <cstddef>
#include <cstdint>

#include "dialects/application.hpp"
#include "dialects/dialect.hpp"

namespace attache::dialects::slm_3 {

inline constexpr std::int64_t longest_file_url = 511;

/// A release of the Serial LTE Modem 2.x and 3.x as a value: what it does otherwise than the others
/// (reference slm-3.1/, where `[2.9]` marks the older one).
struct Edition : Dialect {
  /// An empty parameter stands for none where data may be missing; else it is of a wrong type.
  bool takes_empty_parameters = true;
  /// Sockets that the host can have open at once.
  std::size_t sockets = 7;
  /// A socket that could not be opened leaves the one opened last active, else none.
  bool keeps_socket_after_failed_open = true;
  /// A server has its client still when it is selected again; else the client cannot be reached any more.
  bool keeps_client_of_unselected = true;
  /// `#XTCPCLI` and `#XUDPCLI` take a `<sec_tag>` of -1 for none.
  bool takes_negative_tag = true;
  /// `#XUDPDATA` of a client names the sender; else it names nobody.
  bool shows_sender_to_client = true;
  /// What the modem refuses a short message with is the final result; else it is ERROR.
  bool passes_sms_error = true;
  /// `#XSMS=0` is right when nothing was started.
  bool stops_what_is_stopped = true;
};

/// The editions that there are, "slm-3.1" and "slm-2.9".
const Edition& slm_3_1();
const Edition& slm_2_9();

/// The edition of an application of SLM 2.x or 3.x.
const Edition& edition(const Application& application);

}  // namespace attache::dialects::slm_3
