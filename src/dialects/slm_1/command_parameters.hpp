#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "net/bearer.hpp"

namespace attache::dialects::slm_1 {

// What the parameters of the socket and proxy commands of SLM 1.x have in common.

inline constexpr std::int64_t longest_url = 127;
inline constexpr std::int64_t longest_data = 575;

/// SLM 1.5 reads operations and lengths as signed numbers of 16 bits, 1.6 as unsigned ones.
[[nodiscard]] at::ParameterRule short_rule(const Application& application, std::string_view name);

/// The build lets data mode start on the command's channel.
extern const Need data_mode_possible;

/// How a connection with that `<sec_tag>` is secured in this build; nothing = it is not.
[[nodiscard]] std::optional<net::TlsOptions> tls_options(const Application& application,
                                                         std::optional<std::uint32_t> sec_tag);

/// Warns if there is no such type, nor data mode, for the command: its data are sent as they stand.
void warn_of_unknown_type(Answer& answer, DataType type);

/// The bytes that a command means by its `<datatype>` at `type_index` and the `<data>` after it, both
/// checked, with the warnings that they deserve. Nothing if that has answered the command already: ERROR for
/// what is not hexadecimal, OK for no hexadecimal digits at all, of which nothing is sent.
[[nodiscard]] std::optional<std::string> take_data(Answer& answer, std::size_t type_index);

}  // namespace attache::dialects::slm_1
