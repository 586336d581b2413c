#include "runtime/surroundings.hpp"

#include <chrono>
#include <utility>

namespace attache::runtime {

namespace {

std::unique_ptr<base::Clock> make_clock(boost::asio::io_context& context, bool manual) {
  if (manual) {
    return std::make_unique<base::ManualClock>(context, std::chrono::system_clock::now());
  }
  return std::make_unique<base::RealClock>(context);
}

}  // namespace

Surroundings::Surroundings(boost::asio::io_context& context, bool manual_clock,
                           std::shared_ptr<device::MessageExchange> given)
    : real_time(context),
      clock(make_clock(context, manual_clock)),
      network(*clock),
      exchange(given ? std::move(given) : std::make_shared<device::MessageExchange>()) {}

}  // namespace attache::runtime
