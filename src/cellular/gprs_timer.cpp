#include "cellular/gprs_timer.hpp"

#include <array>

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

unsigned bits_value(std::string_view bits) {
  unsigned value = 0;
  for (char c : bits) {
    value = value * 2 + (c == '1' ? 1 : 0);
  }
  return value;
}

constexpr unsigned deactivated_unit = 7;

unsigned unit_of(unsigned timer) {
  return timer >> 5U;
}
unsigned count_of(unsigned timer) {
  return timer & 0x1FU;
}

}  // namespace

bool is_bit_string(std::string_view text, std::size_t count) {
  return text.size() == count && text.find_first_not_of("01") == std::string_view::npos;
}

std::optional<seconds> active_time(std::string_view bits) {
  constexpr std::array<int, 7> units{2, 60, 360, 60, 60, 60, 60};
  unsigned timer = bits_value(bits);
  if (!is_bit_string(bits, timer_digits) || unit_of(timer) == deactivated_unit) {
    return std::nullopt;
  }
  return seconds(units[unit_of(timer)]) * count_of(timer);
}

std::optional<seconds> periodic_tau(std::string_view bits) {
  constexpr std::array<int, 7> units{600, 3600, 36000, 2, 30, 60, 320 * 3600};
  unsigned timer = bits_value(bits);
  if (!is_bit_string(bits, timer_digits) || unit_of(timer) == deactivated_unit) {
    return std::nullopt;
  }
  return seconds(units[unit_of(timer)]) * count_of(timer);
}

// The coding of the first timer is that of the second.
std::optional<seconds> gprs_timer(std::string_view bits) {
  return active_time(bits);
}

milliseconds edrx_cycle(AccessTechnology technology, std::string_view bits) {
  constexpr std::array<int, 16> lte_m{5120,   10240,  20480,  40960,  61440,   81920,   102400,  122880,
                                      143360, 163840, 327680, 655360, 1310720, 2621440, 2621440, 2621440};
  constexpr std::array<int, 16> nb_iot{0,     0,      20480,  40960,  20480,   81920,   20480,   20480,
                                       20480, 163840, 327680, 655360, 1310720, 2621440, 5242880, 10485760};
  unsigned index = bits_value(bits) & 0xFU;
  return milliseconds(technology == AccessTechnology::lte_m ? lte_m[index] : nb_iot[index]);
}

milliseconds paging_time_window(AccessTechnology technology, std::string_view bits) {
  int unit = technology == AccessTechnology::lte_m ? 1280 : 2560;
  return milliseconds(unit) * ((bits_value(bits) & 0xFU) + 1);
}

}  // namespace attache::cellular
