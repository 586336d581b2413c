#pragma once

#include <cstddef>
#include <string_view>

#include "dialects/application.hpp"
#include "dialects/dialect.hpp"

namespace attache::dialects::serial_modem_2_0 {

/// A release of the Serial Modem application as a value: what it does otherwise than the others (reference
/// serial-modem-2.0/changes-2.0.0.md 6).
struct Edition : Dialect {
  std::string_view sdk_version;
  /// `+CEREG`, `+CGEV` and `%XTIME` come to hosts that have subscribed to them, and to no others; else
  /// `+CGEV` alone, and only in builds with PPP.
  bool filters_notifications = true;
  /// #XLOG=2.
  bool logs_everything = true;
  /// The end of a connection to nRF Cloud is told.
  bool tells_cloud_loss = true;
  /// #XMQTTPUB announces how many bytes data mode has.
  bool mqtt_takes_length = true;
  /// #XCMUXURC=99.
  bool notifies_all_channels = true;
  /// #XDFUINIT=2, the end of that update and #XRESET in its bootloader mode are answered; else the device
  /// starts without a word.
  bool tells_end_of_dfu = true;
  /// A negative `Content-Length` is shown to the host.
  bool shows_negative_length = false;
  /// Bytes of a CoAP block.
  std::size_t coap_block = 512;
  /// #XCOAPCCANCEL ends a request of CoAP that waits for the host; else its time limit does.
  bool coap_cancels_at_once = true;
  /// An observation of CoAP goes on after its first answer.
  bool coap_observes = true;
};

/// The editions that there are, "serial-modem-2.0" and "serial-modem-1.99".
const Edition& serial_modem_2_0();
const Edition& serial_modem_1_99();

/// The edition of an application of this product.
const Edition& edition(const Application& application);

}  // namespace attache::dialects::serial_modem_2_0
