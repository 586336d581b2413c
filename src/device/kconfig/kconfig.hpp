#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "device/config/config.hpp"
#include "device/kconfig/kconfig_fragment.hpp"

namespace attache::device {

/// Reads a fragment of at most 1 MiB. The reason of a failure names the file.
base::Result<KconfigFragment> read_kconfig_file(const std::string& path);

/// Makes `config` the build that the fragments describe, the later ones on top of the earlier: what they do
/// not set gets the default of the dialect named in `config`, not that of SLM's own prj.conf. Gives what its
/// author should know, each with "file:line" as place: lines that are no assignments, names that the dialect
/// does not have, wrong values, contradictions, and what it would have done on the device but does not here.
std::vector<base::Reason> apply_kconfig(std::span<const KconfigFragment> fragments, DeviceConfig& config);

/// The dialect whose options the fragments set: the one that has most of their names; of those that have as
/// many the first of dialects::all_dialects(). Nothing if they have none of any application's own.
std::optional<std::string_view> dialect_of(std::span<const KconfigFragment> fragments);
/// The same from files.
base::Result<std::optional<std::string_view>> dialect_of_files(std::span<const std::string> paths);

/// apply_kconfig() from files, in their order; what is to be said is added to the `warnings` of `config`.
base::Result<void> apply_kconfig_files(std::span<const std::string> paths, DeviceConfig& config);

}  // namespace attache::device
