#include "services/nrf_cloud/cloud_place.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>

#include "base/text.hpp"
#include "net/failure.hpp"

namespace attache::services {

namespace {

namespace json = boost::json;
using Cell = CloudSurroundings::Cell;
using Fields = std::vector<std::string_view>;

constexpr std::size_t digits_of_country = 3;

// The fields behind the colon, without their quotes; in none of these lines is a comma quoted.
Fields fields_of(std::string_view line) {
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return {};
  }
  Fields fields = base::split(base::trim(line.substr(colon + 1)), ',');
  for (std::string_view& field : fields) {
    field = base::trim(field);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
      field = field.substr(1, field.size() - 2);
    }
  }
  return fields;
}

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  std::uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<Cell> cell_at(const Fields& fields, std::size_t id, std::size_t plmn, std::size_t area) {
  if (fields.size() <= std::max({id, plmn, area}) || fields[plmn].size() < digits_of_country + 2) {
    return std::nullopt;
  }
  auto cell_id = hexadecimal(fields[id]);
  auto area_code = hexadecimal(fields[area]);
  if (!cell_id || !area_code) {
    return std::nullopt;
  }
  return Cell{*cell_id, *area_code, std::string(fields[plmn])};
}

std::int64_t whole_number(std::string_view text) {
  return base::parse_number<std::uint32_t>(text).value_or(0);
}

// Status, id, PLMN, area, timing advance, channel, physical id, RSRP, RSRQ, time; then five for each
// neighbour.
std::vector<Cell> serving_and_neighbours(const Fields& fields) {
  constexpr std::size_t before_neighbours = 10;
  constexpr std::size_t of_neighbour = 5;
  auto serving = cell_at(fields, 1, 2, 3);
  if (!serving) {
    return {};
  }
  for (std::size_t i = before_neighbours; i + of_neighbour <= fields.size(); i += of_neighbour) {
    serving->neighbours.push_back({whole_number(fields[i]), whole_number(fields[i + 1])});
  }
  return {std::move(*serving)};
}

// Status; then for each cell id, PLMN, area, timing advance and its time, channel, physical id, RSRP, RSRQ,
// time, whether it serves, and how many neighbours follow with five fields each.
std::vector<Cell> cells_by_identity(const Fields& fields) {
  constexpr std::size_t of_cell = 12;
  constexpr std::size_t of_neighbour = 5;
  std::vector<Cell> cells;
  for (std::size_t i = 1; i + of_cell <= fields.size();) {
    auto cell = cell_at(fields, i, i + 1, i + 2);
    auto count = static_cast<std::size_t>(whole_number(fields[i + of_cell - 1]));
    i += of_cell;
    for (std::size_t each = 0; each < count && i + of_neighbour <= fields.size(); ++each) {
      if (cell) {
        cell->neighbours.push_back({whole_number(fields[i]), whole_number(fields[i + 1])});
      }
      i += of_neighbour;
    }
    if (cell) {
      cells.push_back(std::move(*cell));
    }
  }
  return cells;
}

json::object to_json(const Cell& cell) {
  std::string_view plmn = cell.plmn;
  json::object object{{"eci", cell.id},
                      {"tac", cell.area},
                      {"mcc", whole_number(plmn.substr(0, digits_of_country))},
                      {"mnc", whole_number(plmn.substr(digits_of_country))}};
  json::array neighbours;
  for (const CloudSurroundings::Neighbour& each : cell.neighbours) {
    neighbours.push_back(json::object{{"earfcn", each.channel}, {"pci", each.physical_id}});
  }
  if (!neighbours.empty()) {
    object["nmr"] = std::move(neighbours);
  }
  return object;
}

CloudFault unreadable_place(std::string why) {
  return {0, net::make_failure(net::Errno::io, "no place from nRF Cloud", std::move(why))};
}

std::optional<double> figure(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  boost::system::error_code error;
  double number = value != nullptr ? value->to_number<double>(error) : 0;
  return value != nullptr && !error ? std::optional(number) : std::nullopt;
}

CloudPlace::Way way_of(const json::object& object) {
  const json::value* told = object.if_contains("fulfilledWith");
  std::string_view text = told != nullptr && told->is_string() ? std::string_view(told->get_string()) : "";
  if (text == "WIFI") {
    return CloudPlace::Way::wifi;
  }
  return text == "MCELL" ? CloudPlace::Way::several_cells : CloudPlace::Way::one_cell;
}

}  // namespace

std::vector<Cell> cells_of_measurement(std::string_view line, bool global) {
  Fields fields = fields_of(line);
  if (fields.empty() || fields[0] != "0") {
    return {};
  }
  return global ? cells_by_identity(fields) : serving_and_neighbours(fields);
}

std::optional<Cell> cell_of_monitor(std::string_view line) {
  constexpr std::size_t plmn = 3;
  constexpr std::size_t area = 4;
  constexpr std::size_t id = 7;
  return cell_at(fields_of(line), id, plmn, area);
}

std::string fix_message(const GnssFrame& frame) {
  const GeoPosition& place = frame.motion.position;
  auto time = std::chrono::duration_cast<std::chrono::milliseconds>(frame.utc.time_since_epoch());
  json::object pvt{{"lng", place.longitude}, {"lat", place.latitude},     {"alt", place.altitude},
                   {"acc", frame.accuracy},  {"spd", frame.motion.speed}, {"hdg", frame.motion.heading}};
  json::object message{{"appId", "GNSS"},
                       {"messageType", "DATA"},
                       {"data", json::object{{"pvt", std::move(pvt)}}},
                       {"ts", time.count()}};
  return json::serialize(message);
}

std::string place_request(const CloudSurroundings& surroundings) {
  json::object request;
  json::array cells;
  for (const Cell& cell : surroundings.cells) {
    cells.push_back(to_json(cell));
  }
  if (!cells.empty()) {
    request["lte"] = std::move(cells);
  }
  json::array points;
  for (const CloudSurroundings::AccessPoint& each : surroundings.access_points) {
    json::object point{{"macAddress", each.mac}};
    if (each.rssi) {
      point["signalStrength"] = *each.rssi;
    }
    points.push_back(std::move(point));
  }
  if (!points.empty()) {
    request["wifi"] = json::object{{"accessPoints", std::move(points)}};
  }
  return json::serialize(request);
}

PlaceResult read_place(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_object()) {
    return unreadable_place("its answer is no JSON object");
  }
  const json::object& object = value.get_object();
  if (auto code = figure(object, "err")) {
    CloudFault fault = unreadable_place(fmt::format("it has answered with error {}", *code));
    fault.code = static_cast<std::int64_t>(*code);
    return fault;
  }
  auto latitude = figure(object, "lat");
  auto longitude = figure(object, "lon");
  auto uncertainty = figure(object, "uncertainty");
  bool possible = latitude && longitude && uncertainty && *latitude >= -90 && *latitude <= 90 &&
                  *longitude >= -180 && *longitude <= 180 && *uncertainty >= 0 && *uncertainty < 1e9;
  if (!possible) {
    return unreadable_place("its answer has no place in it");
  }
  return CloudPlace{way_of(object), *latitude, *longitude, *uncertainty};
}

}  // namespace attache::services
