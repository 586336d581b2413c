#include "dialects/application.hpp"

#include <utility>

#include "dialects/slm_1_6/slm.hpp"

namespace attache::dialects {

std::unique_ptr<Application> make_application(const DialectOptions& options, Surroundings surroundings) {
  return std::make_unique<slm_1_6::Slm>(options, std::move(surroundings));
}

}  // namespace attache::dialects
