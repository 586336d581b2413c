#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "doctor/follower/device_state.hpp"
#include "doctor/follower/item.hpp"

namespace attache::doctor {

/// "+CEREG: <stat>…" or, as an answer, "+CEREG: <n>,<stat>…".
void apply_registration(DeviceState& state, const std::vector<Argument>& fields, const EventRef& event,
                        bool is_answer);

/// The addresses of a context, from a field on. Who has one is registered, though the log may have lost the
/// line that says so.
void apply_addresses(DeviceState& state, const std::vector<Argument>& fields, std::size_t from,
                     const EventRef& event);

/// Lines besides `+CEREG` that show whether there is a network: contexts, the operator, its time, data that
/// came. Those that show nothing of it change nothing.
void apply_network_sign(DeviceState& state, std::string_view name, const std::vector<Argument>& fields,
                        const EventRef& event);

/// What a sentence says of SIM, network and functional mode.
struct NetworkWords {
  std::optional<int> registered{};  ///< 1 at home, 5 abroad.
  bool is_out_of_service = false;
  std::optional<int> functional_mode{};
  bool is_sim_ready = false;
};

/// Of a device of ours or its trace ("registered with 26201 (home)"), or of a program on the host; nothing if
/// it says none of that.
std::optional<NetworkWords> network_words_in(const Event& event);
void apply_network_words(DeviceState& state, const NetworkWords& words, const EventRef& event);

}  // namespace attache::doctor
