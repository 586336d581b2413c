#pragma once

#include <optional>
#include <vector>

#include "dialects/answer.hpp"
#include "services/nrf_cloud/cloud_place.hpp"

namespace attache::dialects {

// What the commands of nRF Cloud of all dialects have in common.

/// Of a command that needs the connection (Cause::nothing_open).
[[nodiscard]] base::Reason no_cloud_connection_reason();
/// Of #XNRFCLOUD=1 while there is a connection or one is being made (Cause::already_open).
[[nodiscard]] base::Reason cloud_connection_reason();
/// Of #XNRFCLOUDPOS before the URC of the one before has come (Cause::command_in_active_state).
[[nodiscard]] base::Reason place_under_way_reason();

/// `[,<MAC>[,<RSSI>]]...` of #XNRFCLOUDPOS, behind two parameters: two access points or more if `wanted`,
/// else none. `has_cells`: cells are asked for as well; else there must be points. Nothing if that has
/// answered the command: ERROR.
[[nodiscard]] std::optional<std::vector<services::CloudSurroundings::AccessPoint>> take_access_points(
    Answer& answer, bool wanted, bool has_cells);

}  // namespace attache::dialects
