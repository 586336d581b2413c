#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "dialects/slm_1_6/answer.hpp"

namespace attache::dialects::slm_1_6 {

class Slm;

// What the parameters of the socket and proxy commands have in common.

inline constexpr std::int64_t longest_url = 127;
inline constexpr std::int64_t longest_data = 575;

/// SLM 1.5 reads operations and lengths as signed numbers of 16 bits, 1.6 as unsigned ones.
[[nodiscard]] at::ParameterRule short_rule(const Slm& slm, std::string_view name);
/// A `<port>`.
[[nodiscard]] at::ParameterRule port_rule();

/// What one `<op>` does.
using Operation = void (*)(Slm& slm, Answer answer);
/// Runs the operation whose index in `operations` is the `<op>` of the command, its first parameter. For any
/// other number the firmware does nothing and says so with OK.
void run_operation(Slm& slm, Answer answer, std::initializer_list<Operation> operations);

/// A `<sec_tag>` that silently means "none" unless it is a number of 32 bits.
[[nodiscard]] std::optional<std::uint32_t> optional_sec_tag(const at::Parameters& parameters,
                                                            std::size_t index);

/// The bytes that a command means by its `<datatype>` at `type_index` and the `<data>` after it, both
/// checked. Nothing if that has answered the command already: ERROR for what is not hexadecimal, OK for no
/// hexadecimal digits at all, of which nothing is sent.
[[nodiscard]] std::optional<std::string> take_data(Answer& answer, std::size_t type_index);

}  // namespace attache::dialects::slm_1_6
