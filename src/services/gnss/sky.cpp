#include "services/gnss/sky.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "services/gnss/earth.hpp"

namespace attache::services {

namespace {

constexpr double orbit_radius = 26'560'000;  // Metres.
constexpr double inclination = 55 * radians;
constexpr double sidereal_day = 86164.0905;  // Seconds; two orbits.
constexpr int planes = 6;
constexpr int slots = 5;

struct Vector {
  double x = 0;
  double y = 0;
  double z = 0;
};

double dot(const Vector& a, const Vector& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

// Turning with the Earth.
Vector position_of(int plane, int slot, double seconds) {
  double turn = 2 * std::numbers::pi * std::fmod(seconds / sidereal_day, 1.0);
  double along = 2 * turn + (slot * 360.0 / slots + plane * 12.0) * radians;
  double node = plane * 60.0 * radians - turn;
  Vector in_plane{std::cos(along), std::sin(along) * std::cos(inclination),
                  std::sin(along) * std::sin(inclination)};
  return {orbit_radius * (in_plane.x * std::cos(node) - in_plane.y * std::sin(node)),
          orbit_radius * (in_plane.x * std::sin(node) + in_plane.y * std::cos(node)),
          orbit_radius * in_plane.z};
}

using Matrix = std::array<std::array<double, 4>, 4>;

// Gauss and Jordan; nothing if the matrix is singular.
std::optional<Matrix> inverse(Matrix matrix) {
  Matrix result{};
  for (std::size_t i = 0; i < 4; ++i) {
    result[i][i] = 1;
  }
  for (std::size_t column = 0; column < 4; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < 4; ++row) {
      pivot = std::abs(matrix[row][column]) > std::abs(matrix[pivot][column]) ? row : pivot;
    }
    if (std::abs(matrix[pivot][column]) < 1e-9) {
      return std::nullopt;
    }
    std::swap(matrix[pivot], matrix[column]);
    std::swap(result[pivot], result[column]);
    double scale = matrix[column][column];
    for (std::size_t i = 0; i < 4; ++i) {
      matrix[column][i] /= scale;
      result[column][i] /= scale;
    }
    for (std::size_t row = 0; row < 4; ++row) {
      double factor = row == column ? 0 : matrix[row][column];
      for (std::size_t i = 0; i < 4; ++i) {
        matrix[row][i] -= factor * matrix[column][i];
        result[row][i] -= factor * result[column][i];
      }
    }
  }
  return result;
}

}  // namespace

std::vector<Satellite> satellites_above(const GeoPosition& place, base::WallTime time, double mask) {
  double latitude = place.latitude * radians;
  double longitude = place.longitude * radians;
  Vector up{std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
            std::sin(latitude)};
  Vector east{-std::sin(longitude), std::cos(longitude), 0};
  Vector north{-std::sin(latitude) * std::cos(longitude), -std::sin(latitude) * std::sin(longitude),
               std::cos(latitude)};
  double seconds = std::chrono::duration<double>(time.time_since_epoch()).count();
  std::vector<Satellite> found;
  for (int i = 0; i < planes * slots; ++i) {
    Vector satellite = position_of(i / slots, i % slots, seconds);
    Vector way{satellite.x - up.x * earth_radius, satellite.y - up.y * earth_radius,
               satellite.z - up.z * earth_radius};
    double elevation = std::asin(dot(way, up) / std::sqrt(dot(way, way))) / radians;
    if (elevation < mask) {
      continue;
    }
    double azimuth = std::atan2(dot(way, east), dot(way, north)) / radians;
    found.push_back({i + 1, elevation, azimuth < 0 ? azimuth + 360 : azimuth});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Satellite& a, const Satellite& b) { return a.elevation > b.elevation; });
  return found;
}

Dilution dilution_of(const std::vector<Satellite>& satellites) {
  constexpr std::size_t needed = 4;
  if (satellites.size() < needed) {
    return {};
  }
  Matrix normal{};
  for (const Satellite& satellite : satellites) {
    double level = std::cos(satellite.elevation * radians);
    std::array<double, 4> row{level * std::sin(satellite.azimuth * radians),
                              level * std::cos(satellite.azimuth * radians),
                              std::sin(satellite.elevation * radians), 1};
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t k = 0; k < 4; ++k) {
        normal[i][k] += row[i] * row[k];
      }
    }
  }
  auto covariance = inverse(normal);
  if (!covariance) {
    return {};
  }
  auto limited = [](double variance) { return std::min(std::sqrt(variance), Dilution::unknown); };
  double level = (*covariance)[0][0] + (*covariance)[1][1];
  double height = (*covariance)[2][2];
  return {limited(level + height), limited(level), limited(height)};
}

}  // namespace attache::services
