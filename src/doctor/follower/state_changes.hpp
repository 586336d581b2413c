#pragma once

#include "doctor/follower/device_state.hpp"
#include "doctor/follower/item.hpp"

namespace attache::doctor {

/// What a line of the device says of its state: a notification, or part of an answer.
void apply_line(DeviceState& state, std::string_view name, const std::vector<Argument>& fields,
                const EventRef& event, bool is_answer);

/// Whether lines of this name say something of the device's state at all.
bool tells_state(std::string_view name);

/// Whether a command that is over may have changed it.
bool changes_state(const Item& exchange);

/// What a command that is over has changed.
void apply_exchange(DeviceState& state, const Item& exchange);

/// Whether a text has a word that apply_words() looks for.
bool has_words_of_state(std::string_view text);

/// What any text says in passing: the name of a firmware image, the version of an application.
void apply_words(DeviceState& state, const EventRef& event);

}  // namespace attache::doctor
