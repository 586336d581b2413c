#pragma once

#include <optional>
#include <vector>

#include "dialects/answer.hpp"
#include "services/nrf_cloud/cloud_place.hpp"

namespace attache::dialects {

// What the commands of nRF Cloud of all dialects have in common.

[[nodiscard]] base::Reason no_cloud_connection_reason();
[[nodiscard]] base::Reason cloud_connection_reason();
[[nodiscard]] base::Reason place_under_way_reason();

/// `[,<MAC>[,<RSSI>]]...` of #XNRFCLOUDPOS, behind two parameters: two access points or more if `wanted`,
/// else none. `has_cells`: cells are asked for as well; else there must be points. Nothing if that has
/// answered the command: ERROR.
[[nodiscard]] std::optional<std::vector<services::CloudSurroundings::AccessPoint>> take_access_points(
    Answer& answer, bool wanted, bool has_cells);

}  // namespace attache::dialects
