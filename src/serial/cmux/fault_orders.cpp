#include "serial/cmux/fault_orders.hpp"

namespace attache::serial::cmux {

bool FaultOrders::are_any() const {
  return *this != FaultOrders{};
}

void FaultOrders::spend() {
  if (times && --*times == 0) {
    *this = {};
  }
}

}  // namespace attache::serial::cmux
