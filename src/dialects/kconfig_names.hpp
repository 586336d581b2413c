#pragma once

#include <string>
#include <string_view>

namespace attache::dialects {

/// Releases in which options have the same names.
enum class KconfigGeneration { slm_1, slm_3, serial_modem };
/// `dialect` is the name of one, "slm-1.6"; a name that is none counts as slm_3.
KconfigGeneration generation_of(std::string_view dialect);

/// The application's own options begin so, in any generation: "SLM_", "SM_".
bool is_application_option(std::string_view name);

/// What has become of an option of another generation.
struct KconfigSuccessor {
  std::string name;         ///< As the generation calls it; empty = it has none.
  std::string_view note{};  ///< What to do without one; may be empty.
};

/// What a generation has in the place of the option, which is one of any generation: its own name of it, by
/// the names that changed between them or else by the prefix alone. `has` says whether a name exists there.
KconfigSuccessor successor_of(std::string_view name, KconfigGeneration generation,
                              bool (*has)(const void* context, std::string_view name), const void* context);

}  // namespace attache::dialects
