#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace attache::cellular {

/// How the durations of the modem and the network run: 0 = instant, 1 = as on the device, 60 = sixty times
/// faster (docs/configuration.md, "timing").
struct Timing {
  double speed = 0;
};

enum class AccessTechnology { lte_m, nb_iot };

/// The SIM in the holder: `[sim]`.
struct SimOptions {
  bool absent = false;
  std::string pin;  ///< Empty = the PIN lock is off. Secret.
  std::string puk = "12345678";
  std::string iccid = "8901234567012345678";
  std::string imsi = "262011234567890";
  std::string smsc = "+4917722000000";  ///< EF_SMSP: service centre address.
};

/// The network the modem sees: `[network]`.
struct NetworkSideOptions {
  bool coverage = true;
  std::string operator_name = "Attache";
  std::string plmn = "26201";
  AccessTechnology technology = AccessTechnology::lte_m;
  std::string tac = "0A1B";       ///< Four upper-case hexadecimal digits.
  std::string cell = "0112F301";  ///< Eight.
  int rsrp_dbm = -90;
  bool roaming = false;
  std::optional<boost::asio::ip::address_v4> ipv4 = boost::asio::ip::make_address_v4("10.160.33.41");
  std::optional<boost::asio::ip::address_v6> ipv6;
  /// "T3324,T3412e" as two eight-digit bit strings: what the network prints even unasked. "refused" = PSM is
  /// never granted. Empty = what is asked for is granted.
  std::string psm;
  std::string edrx;                 ///< "cycle,PTW" the network grants; empty = as asked.
  std::optional<int> reject_cause;  ///< EMM cause with which the first PLMN rejects the attach.
};

/// Short messages: `[sms]`.
struct SmsOptions {
  enum class Reports { delivered, failed, never };

  std::string number = "+4915112345678";  ///< The device's own.
  int loss_percent = 0;                   ///< Of the messages sent, so many vanish.
  std::optional<int> refuse_cause;        ///< RP cause with which the service centre refuses messages.
  Reports reports = Reports::delivered;   ///< What status reports say.
  base::Duration delay{};                 ///< From acceptance to delivery.
};

/// Everything the simulated nRF91 needs to know at start.
struct SimulationOptions {
  std::string imei = "352656100367872";
  std::string firmware = "mfw_nrf9160_1.3.5";
  SimOptions sim;
  NetworkSideOptions network;
  SmsOptions sms;
  Timing timing;
  std::uint64_t seed = 1;
};

}  // namespace attache::cellular
