#pragma once

#include "doctor/follower/device_state.hpp"
#include "doctor/follower/item.hpp"

namespace attache::doctor {

/// What a line of the device says of its state: a notification, or part of an answer.
void apply_line(DeviceState& state, std::string_view name, const std::vector<Argument>& fields,
                const EventRef& event, bool is_answer);

/// What a command that is over has changed.
void apply_exchange(DeviceState& state, const Item& exchange);

/// What any text says in passing: the name of a firmware image, the version of an application.
void apply_words(DeviceState& state, const EventRef& event);

}  // namespace attache::doctor
