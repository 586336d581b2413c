#include "dialects/dialects.hpp"

#include <vector>

#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/slm_1/edition.hpp"
#include "dialects/slm_3/edition.hpp"

namespace attache::dialects {

namespace {

std::vector<const Dialect*>& registry() {
  static std::vector<const Dialect*> dialects{
      &slm_1::slm_1_6(),
      &slm_1::slm_1_5(),
      &slm_3::slm_3_1(),
      &slm_3::slm_2_9(),
      &serial_modem_2_0::serial_modem_2_0(),
      &serial_modem_2_0::serial_modem_1_99(),
  };
  return dialects;
}

}  // namespace

std::span<const Dialect* const> all_dialects() {
  return registry();
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : all_dialects()) {
    if (dialect->name == name) {
      return dialect;
    }
  }
  return nullptr;
}

void add_dialect(const Dialect& dialect) {
  registry().push_back(&dialect);
}

}  // namespace attache::dialects
