#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace attache::device {

/// A value of the configuration file, free of the TOML library.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// "1.5s", "200ms", "50us", "2min", "1h"; never negative, at most a day.
std::optional<base::Duration> parse_duration(std::string_view text);
/// The same from a value: text as above, or a number of seconds.
std::optional<base::Duration> duration_of(const ConfigValue& value);

/// Bits a second: "9600", "60k", "1.5M", "1G" (powers of 1000), or a whole number.
std::optional<std::uint64_t> parse_rate(std::string_view text);
/// The same from a value: text as above, or a whole number.
std::optional<std::uint64_t> rate_of(const ConfigValue& value);

/// "2%", "0.5%": a share from 0 to 1.
std::optional<double> parse_percentage(std::string_view text);

/// `least` to `most` decimal digits and nothing else.
bool is_digits(std::string_view text, std::size_t least, std::size_t most);
/// `count` hexadecimal digits, either case.
bool is_hex(std::string_view text, std::size_t count);
/// Bit strings of `width` digits 0 and 1 each, `count` of them, separated by commas.
bool is_bit_strings(std::string_view text, std::size_t width, std::size_t count);
/// `mfw_nrf9160_1.x.y` or `mfw_nrf91x1_2.x.y`, a suffix after `-` allowed (reference
/// nrf91-modem/device-info.md).
bool is_firmware(std::string_view text);
/// A domain name of letters, digits, `-`, `_` and dots.
bool is_host_name(std::string_view text);

using base::suggestion;

}  // namespace attache::device
