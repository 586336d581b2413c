#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace attache::cellular {

/// One sleep pattern of %PERIODICSEARCHCONF (reference nrf91-modem/registration.md): a ramp
/// "0,<initial s>,<final s>,[<minutes to the final>],<end point min>" or a table "1,<s>[,<s>…]" of up to
/// five.
bool is_search_pattern(std::string_view text);

/// How long to sleep after the search number `n` (from 0 on) without result, after the patterns of a
/// configuration as read ("<loop>,<return>,<band option>,"<pattern>"[,"<pattern>"…]"). A ramp grows in equal
/// steps until its end point is reached, a table gives one sleep a place; after the last pattern it goes on
/// with the one that <return> names.
std::optional<std::chrono::seconds> search_pattern_pause(std::string_view configured, int n);

}  // namespace attache::cellular
