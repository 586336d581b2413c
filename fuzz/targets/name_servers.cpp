#include "net/resolver.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

void fuzz_name_servers(std::string_view input) {
  for (const std::string& server : net::name_servers(input)) {
    must(!server.empty(), "a name server has an address");
    must(input.find(server.substr(0, server.find_first_of(":%"))) != std::string_view::npos,
         "a name server is named in the file");
  }
}

}  // namespace attache::fuzz
