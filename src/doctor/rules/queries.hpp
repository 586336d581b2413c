#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doctor/reader/words.hpp"
#include "doctor/rules/session.hpp"

namespace attache::doctor {

/// The error number that a sentence tells: "Unable to connect, errno 114", "(err:-117)", "error: -1".
/// Positive.
std::optional<int> error_number_in(std::string_view text);

/// The negative error number among the fields of an application's notification, as a positive one.
std::optional<int> error_of_notice(const Item& item);

/// A connection that a command asks for.
struct Target {
  std::string host;
  std::optional<std::int64_t> port;
  std::optional<std::int64_t> sec_tag;
  bool is_tls = false;
};

/// What `#XHTTPCCON=1`, `#XTCPCLI=1`, `#XMQTTCON=1`, `#XCONNECT` and their kin connect to; nothing if the
/// item is no such command.
std::optional<Target> target_of(const Item& item);
/// Whether it opens a connection or a socket for one with a sec_tag.
bool opens_tls(const Item& item);

/// Data commands: they need a registered device.
bool needs_network(const Item& item);

/// The command of a name in the dialect of the session, or in any if that is not known; null if there is
/// none.
const vocabulary::Command* described(const Session& session, std::string_view name);
/// The parameters that a command takes in the release of the session (in any, each name once, if that is not
/// known): its own, then those of the operation that its first parameter names.
std::vector<const vocabulary::Parameter*> parameters_of(const Session& session,
                                                        const vocabulary::Command& command,
                                                        std::string_view operation);
/// The same for a release; null = in any.
std::vector<const vocabulary::Parameter*> parameters_of(const vocabulary::Vocabulary* release,
                                                        const vocabulary::Command& command,
                                                        std::string_view operation);
/// Whether a line has as many parameters as a command of that release takes, numbers where it wants numbers,
/// and texts where it wants texts.
bool has_form_of(const Item& item, const vocabulary::Vocabulary& release);
/// Whether the first parameter of a command may be this.
bool has_operation(const vocabulary::Command& command, std::string_view value);
/// What a number may be, from the least to the most: no port is above 65535, though SLM 1.5 takes it.
std::pair<std::int64_t, std::int64_t> range_of(const vocabulary::Parameter& parameter);
/// The dialects that have a command, for a sentence: "slm-1.6, slm-3.1".
std::string dialects_with(std::string_view name);

/// An address rather than a name.
bool is_address(std::string_view host);

/// A command with a name that was answered with an error.
bool is_failed(const Item& item);

/// "line 12"
std::string line_of(const EventRef& event);

}  // namespace attache::doctor
