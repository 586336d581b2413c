#include "cli/device_clock.hpp"

namespace attache::cli {

std::unique_ptr<base::Clock> make_device_clock(boost::asio::io_context& context, bool manual) {
  if (manual) {
    return std::make_unique<base::ManualClock>(context, std::chrono::system_clock::now());
  }
  return std::make_unique<base::RealClock>(context);
}

}  // namespace attache::cli
