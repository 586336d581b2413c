#include "dialects/slm_1/resolver_code.hpp"

namespace attache::dialects::slm_1 {

int resolver_code(net::Errno code) {
  constexpr int again = 3;
  constexpr int address_family = 9;
  constexpr int memory = 10;
  constexpr int any_other = 11;
  switch (code) {
    case net::Errno::timed_out:
    case net::Errno::try_again:
      return again;
    case net::Errno::address_family:
      return address_family;
    case net::Errno::no_memory:
      return memory;
    default:
      return any_other;
  }
}

}  // namespace attache::dialects::slm_1
