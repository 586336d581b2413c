#include "dialects/kconfig.hpp"

#include <algorithm>

namespace attache::dialects {

const KconfigOption* find_option(const KconfigRules& rules, std::string_view name) {
  auto found = std::find_if(rules.options.begin(), rules.options.end(),
                            [&](const KconfigOption& option) { return option.name == name; });
  return found == rules.options.end() ? nullptr : &*found;
}

}  // namespace attache::dialects
