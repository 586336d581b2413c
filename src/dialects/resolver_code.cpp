#include "dialects/resolver_code.hpp"

namespace attache::dialects {

namespace {

constexpr int again = 3;
constexpr int address_family = 9;
constexpr int memory = 10;
constexpr int any_other = 11;

}  // namespace

int resolver_code(net::Errno code) {
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

std::string_view resolver_word(net::Errno code) {
  switch (resolver_code(code)) {
    case again:
      return "EAI_AGAIN";
    case address_family:
      return "EAI_ADDRFAMILY";
    case memory:
      return "EAI_MEMORY";
    default:
      return "EAI_SYSTEM";
  }
}

}  // namespace attache::dialects
