#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace attache::client {

/// The name of a line, up to the colon: "+CEREG: 1" → "+CEREG". Empty if the line has none.
std::string_view line_name(std::string_view line);

/// The name of the command that a text sent begins with: "at+cereg?\r\n" → "+cereg"; empty if it is none.
std::string_view command_name(std::string_view sent);

/// If the line is a URC of the modem firmware or of the application of that dialect, as their vocabularies
/// say: how many lines of payload follow it. A line whose name may also begin an answer counts; the caller
/// knows which command is waiting for one.
std::optional<std::size_t> urc_payload_lines(std::string_view dialect, std::string_view line);

/// Whether a line may be an answer of the command (its text as sent) rather than a URC: it has the command's
/// name, that command's form has an answer of that name, and no URC looks like the line. Of a command of the
/// modem firmware whose name URCs have, only the read and test forms answer (nrf91-modem/).
bool may_answer(std::string_view command, std::string_view line);

}  // namespace attache::client
