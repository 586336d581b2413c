#include <memory>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "control/answer_text.hpp"
#include "device/device.hpp"
#include "device/steering/steering.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"
#include "targets/invariant.hpp"
#include "targets/loop.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;

/// A device in memory that is registered, and steered.
class Session {
 public:
  Session() {
    device::DeviceConfig config;
    must(device::complete(config).has_value(), "the default configuration is complete");
    auto created = device::Device::create(config, loop_.clock(), internet_);
    must(created.has_value(), "a device is made");
    device_ = *created;
    auto port = std::make_unique<serial::MemoryPort>();
    port->host_sends("AT+CFUN=1\r\n");
    device_->add_at_port(std::move(port));
    device_->start();
    loop_.run();
  }

  void request(std::string_view line) {
    auto answer = device::steer(*device_, line);
    must(answer.has_value() || !answer.error().what.empty(), "a command refused has a reason");
    std::string text = answer ? control::success_text(*answer) : control::failure_text(answer.error());
    must(text.find('\n') == text.size() - 1, "an answer is one line");
    auto read = control::parse_answer(text);
    must(read.has_value() == answer.has_value(), "a client reads the answer");
    must(read || control::failure_text(read.error()) == text, "a client reads why");
    bool is_known = device::check_steering(line).has_value();
    must(is_known || !answer, "what does not pass the check is not done");
    loop_.run();
  }

  void finish() {
    loop_.pass(30s);
    device_->close();
    loop_.run();
    std::weak_ptr<device::Device> gone = device_;
    device_.reset();
    loop_.run();
    must(gone.expired(), "a device that is closed goes when its work has ended");
  }

 private:
  Loop loop_;
  net::MemoryBearer internet_{loop_.clock()};
  std::shared_ptr<device::Device> device_;
};

}  // namespace

void fuzz_control(std::string_view input) {
  Session session;
  for (std::string_view line : base::split(input, '\n')) {
    session.request(line);
  }
  session.finish();
}

}  // namespace attache::fuzz
