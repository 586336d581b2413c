#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "modem/message_service.hpp"

namespace attache::cellular {

/// How the durations of the modem and the network run: 0 = instant, 1 = as on the device, 60 = sixty times
/// faster (docs/configuration.md, "timing").
struct Timing {
  double speed = 0;

  bool operator==(const Timing&) const = default;
};

/// What a cell speaks: LTE Cat M1 or Cat NB1 and NB2.
enum class AccessTechnology { lte_m, nb_iot };

/// The SIM in the holder: `[sim]`.
struct SimOptions {
  bool absent = false;
  std::string pin;  ///< Empty = the PIN lock is off. Secret.
  std::string puk = "12345678";
  std::string iccid = "8901234567012345678";
  std::string imsi = "262011234567890";
  std::string msisdn;                   ///< EF_MSISDN, "+49170…"; empty = none stored (+CNUM fails).
  std::string service_provider;         ///< EF_SPN; empty = none.
  std::vector<std::string> preferred;   ///< EF_PLMNwAcT: PLMNs in the user's order.
  std::vector<std::string> forbidden;   ///< EF_FPLMN of a new card.
  std::string smsc = "+4917722000000";  ///< EF_SMSP: service centre address.

  bool operator==(const SimOptions&) const = default;
};

/// What an operator's network does with its subscribers.
struct NetworkPolicy {
  std::vector<std::string> apns;  ///< Those it knows, its own first; empty = any, its own is "internet".
  std::string user;               ///< What +CGAUTH must give for a PDN; empty = nothing is asked for.
  std::string password;           ///< Secret.
  bool circuit_switched = true;   ///< False: a combined attach is accepted with cause 18.
  bool information = true;        ///< Sends its name and time after an attach.
  int zone_quarters = 0;          ///< Its time zone in quarters of an hour, daylight saving included.
  int daylight_hours = 0;
  std::string periodic_update = "01001001";  ///< T3412, GPRS timer: 54 min.
  std::chrono::seconds rrc_inactivity{10};
  bool release_assistance = true;  ///< Releases early when the modem says that it is done.
  int uplink_limit = 0;            ///< APN rate control: messages per `uplink_period`; 0 = not limited.
  std::chrono::seconds uplink_period{3600};
  bool exception_data = false;  ///< Exception reports are allowed (+CGEV: EXCE STATUS).
  std::string pco;              ///< Given with each PDN connection (%XPCO): "65280,A1B1C1D1"; empty = none.

  bool operator==(const NetworkPolicy&) const = default;
};

/// The network the modem sees: `[network]`. Without `[[cell]]` it has the one cell named here.
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
  /// "cycle,PTW" the network grants; "refused"; "none" = its cells have no eDRX; empty = as asked.
  std::string edrx;
  std::optional<int> reject_cause;  ///< EMM cause with which the first PLMN rejects the attach.
  NetworkPolicy policy;

  bool operator==(const NetworkSideOptions&) const = default;
};

/// A further operator: `[[operator]]`.
struct OperatorOptions {
  std::string plmn;
  std::string name;
  std::optional<bool> roaming;  ///< Nothing = unless the IMSI begins with the PLMN.
  std::string psm;              ///< As in NetworkSideOptions.
  std::string edrx;
  std::optional<int> reject_cause;
  NetworkPolicy policy;

  bool operator==(const OperatorOptions&) const = default;
};

/// A cell that can be received: `[[cell]]`. If any is given, they replace the one of `[network]`.
struct CellOptions {
  std::string plmn;  ///< Of `[network]` or an `[[operator]]`; empty = `[network]`.
  AccessTechnology technology = AccessTechnology::lte_m;
  std::string tac = "0A1B";
  std::string id = "0112F301";
  int band = 0;         ///< 0 = any band that the modem may use.
  int earfcn = 0;       ///< 0 = a channel in the middle of the band.
  int physical_id = 0;  ///< 0 = made from the cell id.
  int rsrp_dbm = -90;
  std::optional<int> snr_db;        ///< Nothing = follows from the RSRP.
  bool barred = false;              ///< Can be received, but nobody may camp on it.
  std::optional<int> reject_cause;  ///< EMM cause of this cell's tracking area.

  bool operator==(const CellOptions&) const = default;
};

/// How the radio and the device's surroundings change by themselves: `[radio]`. All of it follows from the
/// seed.
struct RadioOptions {
  double fading_db = 0;                     ///< Standard deviation of each cell's level; 0 = it stands still.
  std::chrono::seconds fading_period{30};   ///< How fast it changes.
  std::chrono::seconds gap_every{0};        ///< Mean distance of coverage gaps; 0 = none.
  std::chrono::seconds gap_length{0};       ///< Their mean length.
  std::chrono::seconds measure_period{10};  ///< Between measurements of an idle or connected modem.
  int battery_mv = 3600;
  int temperature = 27;  ///< °C
  int lost_stat = 2;     ///< +CEREG once the coverage of a registered modem is lost: 2 or 4.
  /// How long a modem that lost its cell goes on saying that it is registered; 0 = not at all.
  std::chrono::seconds lost_time{0};
  int no_service_stat = 2;  ///< +CEREG after a search that found nothing: 2, or 4 as other firmware says.
  /// Ungraceful resets in a row after which the firmware refuses to attach for 30 minutes; 0 = never.
  int reset_loop_limit = 0;

  bool operator==(const RadioOptions&) const = default;
};

/// Everything the simulated nRF91 needs to know at start.
struct SimulationOptions {
  std::string imei = "352656100367872";
  std::string firmware = "mfw_nrf9160_1.3.5";
  bool refuse_crlf = false;  ///< Certificates with CR LF line ends are refused (527), from firmware 2.0.2 on.
  /// %CMNG tells its doubts of what is written; false if the application keeps what is its own there.
  bool examine_credentials = true;
  SimOptions sim;
  NetworkSideOptions network;
  modem::SmsOptions sms;
  std::vector<OperatorOptions> operators;
  std::vector<CellOptions> cells;
  RadioOptions radio;
  Timing timing;
  std::uint64_t seed = 1;

  bool operator==(const SimulationOptions&) const = default;
};

}  // namespace attache::cellular
