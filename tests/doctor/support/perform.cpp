#include <boost/asio/io_context.hpp>
#include <memory>
#include <stdexcept>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "device/device.hpp"
#include "device/steering/start_conditions.hpp"
#include "device/steering/steering.hpp"
#include "doctor/support/play.hpp"
#include "serial/memory_port.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::doctor {

namespace {

using namespace std::chrono_literals;

// A device on a manual clock, and the host that plays.
class Stage {
 public:
  explicit Stage(const Play& play) {
    device::DeviceConfig config;
    if (auto applied = device::apply_start_conditions(play.conditions, config); !applied) {
      throw std::runtime_error(base::to_block(applied.error()));
    }
    config.simulation.timing.speed = 1;
    if (play.configure) {
      play.configure(config);
    }
    if (auto whole = device::complete(config); !whole) {
      throw std::runtime_error(base::to_block(whole.error()));
    }
    device_ = *device::Device::create(config, clock_, [&](const device::Radio&, base::Journal&) {
      auto bearer = std::make_unique<net::MemoryBearer>(clock_);
      bearer->add_name("example.com", net::Family::ipv4, boost::asio::ip::make_address("93.184.216.34"));
      bearer->add_name("mqtt.example.com", net::Family::ipv4, boost::asio::ip::make_address("93.184.216.35"));
      if (play.network) {
        play.network(*bearer);
      }
      return bearer;
    });
    auto port = std::make_unique<serial::MemoryPort>();
    port_ = port.get();
    device_->add_at_port(std::move(port));
    device_->start();
    clock_.settle();
    hear();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    device_->close();
    clock_.settle();
  }

  void act(const std::string& step) {
    if (step.starts_with("$ ")) {
      if (auto answer = device::steer(*device_, step.substr(2)); !answer) {
        throw std::runtime_error(base::to_block(answer.error()));
      }
      advance(20ms);
    } else if (step.starts_with("~ ")) {
      advance(std::chrono::milliseconds(std::stoi(step.substr(2))));
    } else if (step.starts_with("@ ")) {
      spoken_.push_back({seconds(), Spoken::Who::log, step.substr(2)});
    } else {
      bool unanswered = step.starts_with("? ");
      say(unanswered ? step.substr(2) : step, !unanswered);
    }
  }

  std::vector<Spoken> spoken() { return std::move(spoken_); }

 private:
  void say(const std::string& line, bool waits) {
    advance(150ms);
    port_->host_sends(line + "\r\n");
    for (std::string_view part : base::split(line, '\n')) {
      spoken_.push_back({seconds(), Spoken::Who::host, std::string(part)});
    }
    answered_ = false;
    auto end = clock_.now() + (waits ? 200s : 5s);
    while (!answered_ && clock_.now() < end) {
      clock_.advance(20ms);
      hear();
    }
    if (waits && !answered_) {
      throw std::runtime_error("no answer to " + line);
    }
  }

  void advance(base::Duration time) {
    for (auto end = clock_.now() + time; clock_.now() < end;) {
      clock_.advance(20ms);
      hear();
    }
  }

  void hear() {
    heard_ += port_->host_takes();
    std::size_t end = 0;
    while ((end = heard_.find('\n')) != std::string::npos) {
      std::string line(base::trim(std::string_view(heard_).substr(0, end)));
      heard_.erase(0, end + 1);
      if (!line.empty()) {
        answered_ = answered_ || vocabulary::is_final_result(line);
        spoken_.push_back({seconds(), Spoken::Who::modem, line});
      }
    }
  }

  double seconds() { return std::chrono::duration<double>(clock_.now() - start_).count(); }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_, base::WallTime(1'795'400'000s)};
  base::Time start_ = clock_.now();
  std::shared_ptr<device::Device> device_;
  serial::MemoryPort* port_ = nullptr;
  std::vector<Spoken> spoken_;
  std::string heard_;
  bool answered_ = false;
};

}  // namespace

std::vector<Spoken> perform(const Play& play) {
  Stage stage(play);
  for (const std::string& step : play.steps) {
    stage.act(step);
  }
  return stage.spoken();
}

}  // namespace attache::doctor
