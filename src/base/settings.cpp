#include "base/settings.hpp"

namespace attache::base {

std::map<std::string, std::string> MemorySettings::section(std::string_view name) const {
  auto found = sections_.find(name);
  return found == sections_.end() ? std::map<std::string, std::string>{} : found->second;
}

Result<void> MemorySettings::apply(std::span<const Change> changes) {
  for (const Change& change : changes) {
    if (change.value) {
      sections_[change.section][change.key] = *change.value;
    } else {
      sections_[change.section].erase(change.key);
    }
  }
  return {};
}

}  // namespace attache::base
