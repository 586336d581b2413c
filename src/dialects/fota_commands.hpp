#pragma once

#include <cstdint>
#include <vector>

#include "dialects/command.hpp"

namespace attache::dialects {

/// The operations of #XFOTA that SLM 2.x, 3.x and Serial Modem have: 0 stops, 1 and 2 download, 7 tells of
/// the modem's update area, 9 erases it. FotaRules says how they differ. `longest_url` is that of the
/// dialect.
[[nodiscard]] std::vector<Operation> common_fota_operations(std::int64_t longest_url);

/// A download under a further number: 3 the whole modem, 5 the bootloader.
[[nodiscard]] Operation fota_download_operation(std::int64_t number, std::int64_t longest_url,
                                                bool (*exists)(const Application& application));

}  // namespace attache::dialects
