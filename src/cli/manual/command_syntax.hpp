#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/vocabulary.hpp"

namespace attache::cli::manual {

/// "<port>[,<sec_tag>]": what may be left out at the end stands in brackets. `begins`: no comma comes first.
std::string list_text(const std::vector<const vocabulary::Parameter*>& parameters, bool begins);

/// Those that the release has.
std::vector<const vocabulary::Parameter*> of_release(const vocabulary::Vocabulary& words,
                                                     std::initializer_list<vocabulary::Parameter> all);

/// "AT#XSEND"
std::string command_text(std::string_view name);
/// "AT#XSEND=<type>,<data>"
std::string set_line(std::string_view name, const std::vector<const vocabulary::Parameter*>& parameters);
/// "AT#XSOCKET=1,<type>,<role>": the operation's value stands where the command's first parameter does.
std::string operation_line(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
                           const vocabulary::Operation& operation);
/// "#XSEND: <size>"
std::string answer_line(const vocabulary::Vocabulary& words, const vocabulary::Answer& answer);

/// The release has the command in that form.
bool has_form(const vocabulary::Vocabulary& words, const vocabulary::Command& command, vocabulary::Form form);

}  // namespace attache::cli::manual
