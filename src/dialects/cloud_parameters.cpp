#include "dialects/cloud_parameters.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace attache::dialects {

namespace {

using Points = std::vector<services::CloudSurroundings::AccessPoint>;

constexpr std::size_t mac_size = 17;
constexpr std::size_t least_points = 2;
constexpr std::int64_t weakest = -128;

bool is_mac(std::string_view text) {
  if (text.size() != mac_size) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool fits = i % 3 == 2 ? text[i] == ':' : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (!fits) {
      return false;
    }
  }
  return true;
}

base::Reason bad_place_request(std::string why) {
  return base::make_reason(base::Cause::bad_parameter, "no place asked for", std::move(why),
                           "give two access points or more: \"40:9b:cd:c1:5a:40\",-40,\"00:90:fe:eb:4f:42\"");
}

// A MAC, and its RSSI if a number follows.
std::optional<base::Reason> read_points(const GivenParameters& parameters, Points& points) {
  using Kind = at::Parameter::Kind;
  for (std::size_t i = 2; i < parameters.size(); ++i) {
    const at::Parameter& each = parameters[i];
    bool is_strength = each.kind == Kind::number && !points.empty() && !points.back().rssi;
    if (is_strength && each.number >= weakest && each.number <= 0) {
      points.back().rssi = each.number;
    } else if (each.kind == Kind::string && is_mac(each.text)) {
      points.push_back({std::string(each.text)});
    } else {
      return bad_place_request(is_strength ? "an RSSI is not one of -128 to 0"
                                           : "an access point is no MAC address in quotes");
    }
  }
  return std::nullopt;
}

}  // namespace

base::Reason no_cloud_connection_reason() {
  return base::make_reason(base::Cause::nothing_open, "no connection to nRF Cloud", "there is none",
                           "AT#XNRFCLOUD=1 makes one; wait for #XNRFCLOUD: 1");
}

base::Reason cloud_connection_reason() {
  return base::make_reason(base::Cause::already_open, "no second connection to nRF Cloud",
                           "there is one, or one is being made", "AT#XNRFCLOUD=0 ends it");
}

base::Reason place_under_way_reason() {
  return base::make_reason(base::Cause::command_in_active_state, "no second request for a place",
                           "one is under way", "wait for #XNRFCLOUDPOS");
}

std::optional<Points> take_access_points(Answer& answer, bool wanted, bool has_cells) {
  Points points;
  auto fault = read_points(answer.parameters(), points);
  if (!fault && !wanted && !points.empty()) {
    fault = bad_place_request("there are access points, and <wifi_pos> is 0");
  } else if (!fault && wanted && points.size() < least_points) {
    fault = bad_place_request("there are fewer than two access points");
  } else if (!fault && !wanted && !has_cells) {
    fault = bad_place_request("neither cells nor access points are to be used");
  }
  if (fault) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  return points;
}

}  // namespace attache::dialects
