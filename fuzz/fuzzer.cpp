// The entry of libFuzzer; one program for each target.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "targets/targets.hpp"

// Memory that was freed stays poisoned until this much more was freed. The 256 MiB that AddressSanitizer
// keeps by itself are in no cache: every allocation of a device then costs a miss, or a page.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=4:malloc_context_size=8:max_malloc_fill_size=0";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  attache::fuzz::ATTACHE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
