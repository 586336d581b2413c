// The entry of libFuzzer; one program for each target.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "targets/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  attache::fuzz::ATTACHE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
