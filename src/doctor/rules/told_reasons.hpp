#pragma once

#include <deque>
#include <vector>

#include "doctor/finding.hpp"
#include "doctor/rules/session.hpp"

namespace attache::doctor {

/// The reasons that devices of ours have told among these items, which are in the order of their numbers.
std::vector<ToldReason> told_reasons(const std::vector<ItemRef>& items);

/// Takes out what other rules make of a failure whose reason was told, if they only guess: another cause on
/// the way to the server, found on the lines of that failure alone.
void drop_guesses(const Session& session, std::deque<Finding>& findings);

}  // namespace attache::doctor
