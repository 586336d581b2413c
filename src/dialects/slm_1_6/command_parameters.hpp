#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "dialects/slm_1_6/answer.hpp"
#include "dialects/slm_1_6/data_type.hpp"

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
/// Runs the operation whose index in `operations` is the `<op>` of the command, its first parameter, a number
/// that is not negative. For any other one the firmware does nothing and says OK, and the log has a warning.
void run_checked_operation(Slm& slm, Answer answer, std::initializer_list<Operation> operations);
/// The same, with `<op>` held against short_rule() first; a negative one is unknown as well.
void run_operation(Slm& slm, Answer answer, std::initializer_list<Operation> operations);
/// What the log is told when the firmware says OK and has done nothing.
[[nodiscard]] base::Reason nothing_done(std::string why, std::string advice);

/// A `<sec_tag>` that means "none" unless it is a number of 32 bits. If there is something else the command
/// succeeds all the same, and the log has a warning.
[[nodiscard]] std::optional<std::uint32_t> optional_sec_tag(Answer& answer, std::size_t index);
/// What the log is told of a connection whose `<sec_tag>` the firmware has passed over.
[[nodiscard]] base::Reason not_secured(std::string why, std::string advice);

/// Warns if there is no such type, nor data mode, for the command: its data are sent as they stand.
void warn_of_unknown_type(Answer& answer, DataType type);

/// The bytes that a command means by its `<datatype>` at `type_index` and the `<data>` after it, both
/// checked, with the warnings that they deserve. Nothing if that has answered the command already: ERROR for
/// what is not hexadecimal, OK for no hexadecimal digits at all, of which nothing is sent.
[[nodiscard]] std::optional<std::string> take_data(Answer& answer, std::size_t type_index);

}  // namespace attache::dialects::slm_1_6
