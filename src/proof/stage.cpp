#include "proof/stage.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "device/steering/steering.hpp"
#include "net/application_credentials.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::proof {

namespace {

using namespace std::chrono_literals;

constexpr base::WallTime date{1'795'400'000s};
constexpr auto between_lines = 150ms;
constexpr auto short_step = 20ms;
constexpr auto long_step = 500ms;  // Once it takes long.
constexpr auto taking_long = 5s;

}  // namespace

Stage::Stage(device::DeviceConfig config) : config_(std::move(config)), clock_(context_, date) {}

base::Result<std::unique_ptr<Stage>> Stage::open(device::DeviceConfig config, const Internet& internet) {
  config.simulation.timing.speed = 1;
  if (auto whole = device::complete(config); !whole) {
    return whole.error();
  }
  std::unique_ptr<Stage> stage(new Stage(std::move(config)));
  if (auto begun = stage->begin(internet); !begun) {
    return begun.error();
  }
  return stage;
}

base::Result<void> Stage::begin(const Internet& internet) {
  proof::open(
      internet,
      [this](const TlsPeer* peer, const net::TlsOptions& tls, const net::Endpoint& server) {
        return shake(peer, tls, server);
      },
      network_);
  auto device = device::Device::create(config_, clock_, network_);
  if (!device) {
    return device.error();
  }
  device_ = std::move(*device);
  auto port = std::make_unique<serial::MemoryPort>();
  port_ = port.get();
  port_->on_host_receives([this](std::string_view bytes) { hear(bytes); });
  device_->add_at_port(std::move(port));
  device_->start();
  clock_.settle();
  return {};
}

Stage::~Stage() {
  if (device_) {
    device_->close();
    clock_.advance(std::chrono::minutes(1));  // What says goodbye to a peer has ended by then.
  }
}

bool Stage::command(const std::string& line, base::Duration longest) {
  wait(between_lines);
  answered_ = false;
  send(line + "\r\n");
  base::Time begin = clock_.now();
  while (!answered_ && clock_.now() - begin < longest) {
    clock_.advance(clock_.now() - begin < taking_long ? base::Duration(short_step)
                                                      : base::Duration(long_step));
  }
  return answered_;
}

void Stage::send(const std::string& bytes) {
  std::string_view lines = bytes;
  if (lines.ends_with("\r\n")) {
    lines.remove_suffix(2);
  }
  for (std::string_view line : base::split(lines, '\n')) {
    spoken_.push_back({seconds(), Spoken::Who::host, std::string(line)});
  }
  port_->host_sends(bytes);
}

void Stage::wait(base::Duration time) {
  clock_.advance(time);
}

base::Result<void> Stage::steer(std::string_view words) {
  auto answer = device::steer(*device_, words);
  if (!answer) {
    return answer.error();
  }
  wait(short_step);
  return {};
}

void Stage::note(std::string text) {
  spoken_.push_back({seconds(), Spoken::Who::log, std::move(text)});
}

// The network in memory makes no TLS by itself.
std::optional<net::Failure> Stage::shake(const TlsPeer* peer, const net::TlsOptions& tls,
                                         const net::Endpoint& server) {
  const modem::CredentialStore& store = device_->radio().credentials;
  auto bundle = tls.in_application ? net::application_bundle(store, tls.sec_tag) : store.bundle(tls.sec_tag);
  net::TlsCircumstances circumstances{tls,
                                      server,
                                      config_.simulation.firmware,
                                      net::TlsSuites::of_firmware(config_.simulation.firmware),
                                      config_.network.tls_failure_is_refused,
                                      clock_.wall_now()};
  if (peer == nullptr) {
    return bundle ? std::nullopt : std::optional(net::empty_tag(circumstances));
  }
  return shake_hands(*peer, bundle, circumstances);
}

void Stage::hear(std::string_view bytes) {
  heard_ += bytes;
  std::size_t end = 0;
  while ((end = heard_.find('\n')) != std::string::npos) {
    std::string line(base::trim(std::string_view(heard_).substr(0, end)));
    heard_.erase(0, end + 1);
    if (!line.empty()) {
      answered_ = answered_ || vocabulary::is_final_result(line);
      spoken_.push_back({seconds(), Spoken::Who::modem, std::move(line)});
    }
  }
}

bool Stage::is_registered() const {
  const modem::NetworkRegistration* registration = device_->radio().registration;
  return registration != nullptr && means_registered(registration->registration_status());
}

double Stage::seconds() const {
  return std::chrono::duration<double>(clock_.now() - start_).count();
}

}  // namespace attache::proof
