#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/bearer.hpp"
#include "services/gnss/gnss_receiver.hpp"

namespace attache::services {

/// What a device hears, for nRF Cloud to say where it is.
struct CloudSurroundings {
  struct Neighbour {
    std::int64_t channel = 0;  ///< EARFCN
    std::int64_t physical_id = 0;
  };
  struct Cell {
    std::uint32_t id = 0;  ///< E-UTRAN cell identity.
    std::uint32_t area = 0;
    std::string plmn;  ///< MCC and MNC, 5 or 6 digits.
    std::vector<Neighbour> neighbours{};
  };
  struct AccessPoint {
    std::string mac;  ///< "40:9b:cd:c1:5a:40"
    std::optional<std::int64_t> rssi{};
  };

  std::vector<Cell> cells{};
  std::vector<AccessPoint> access_points{};
};

/// Where nRF Cloud says a device is.
struct CloudPlace {
  enum class Way { one_cell, several_cells, wifi };

  Way way = Way::one_cell;
  double latitude = 0;     ///< Degrees.
  double longitude = 0;    ///< Degrees.
  double uncertainty = 0;  ///< Metres.
};

/// Why it says nothing: `code` is its own number of an error, or 0 if the failure lies elsewhere.
struct CloudFault {
  std::int64_t code = 0;
  net::Failure failure;
};

[[noreturn]] inline void throw_exception_from_error(const CloudFault& fault,
                                                    const boost::source_location& at) {
  net::throw_exception_from_error(fault.failure, at);
}

using PlaceResult = boost::system::result<CloudPlace, CloudFault>;

/// The cells of one `%NCELLMEAS:` line of the modem, the serving one first; none if the measurement failed.
/// `global`: of a measurement of the types 3 to 5, where each cell comes with its identity.
std::vector<CloudSurroundings::Cell> cells_of_measurement(std::string_view line, bool global);
/// The serving cell of an `%XMONITOR:` line; nothing while there is none.
std::optional<CloudSurroundings::Cell> cell_of_monitor(std::string_view line);

/// The JSON of a message that tells the cloud a fix of GNSS.
std::string fix_message(const GnssFrame& frame);

/// The JSON of a request for a place.
std::string place_request(const CloudSurroundings& surroundings);
/// The place in the JSON of an answer; the failure names what is wrong with it.
PlaceResult read_place(std::string_view json);

}  // namespace attache::services
