#include "dialects/dialect.hpp"

#include "base/text.hpp"

namespace attache::dialects {

const Service* Dialect::service_of(std::string_view command_name) const {
  for (const Service& service : services) {
    if (base::equal_ignoring_case(command_name.substr(0, service.commands.size()), service.commands)) {
      return &service;
    }
  }
  return nullptr;
}

const Service* Dialect::service(std::string_view service_name) const {
  for (const Service& service : services) {
    if (service.name == service_name) {
      return &service;
    }
  }
  return nullptr;
}

}  // namespace attache::dialects
