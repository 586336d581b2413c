#include <memory>
#include <stdexcept>

#include "device/steering/start_conditions.hpp"
#include "doctor/support/play.hpp"

namespace attache::doctor {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_answer = 200s;
constexpr auto longest_silence = 5s;

template <class Value>
Value need(base::Result<Value> result) {
  if (!result) {
    throw std::runtime_error(base::to_block(result.error()));
  }
  return std::move(*result);
}

std::unique_ptr<proof::Stage> stage_of(const Play& play) {
  device::DeviceConfig config;
  if (auto applied = device::apply_start_conditions(play.conditions, config); !applied) {
    throw std::runtime_error(base::to_block(applied.error()));
  }
  if (play.configure) {
    play.configure(config);
  }
  proof::Internet internet;
  internet.names = {"example.com", "mqtt.example.com"};
  if (play.network) {
    play.network(internet);
  }
  return need(proof::Stage::open(std::move(config), internet));
}

void act(proof::Stage& stage, const std::string& step) {
  if (step.starts_with("$ ")) {
    if (auto done = stage.steer(step.substr(2)); !done) {
      throw std::runtime_error(base::to_block(done.error()));
    }
  } else if (step.starts_with("~ ")) {
    stage.wait(std::chrono::milliseconds(std::stoi(step.substr(2))));
  } else if (step.starts_with("@ ")) {
    stage.note(step.substr(2));
  } else if (step.starts_with("? ")) {
    stage.command(step.substr(2), longest_silence);
  } else if (!stage.command(step, longest_answer)) {
    throw std::runtime_error("no answer to " + step);
  }
}

}  // namespace

std::vector<Spoken> perform(const Play& play) {
  std::unique_ptr<proof::Stage> stage = stage_of(play);
  for (const std::string& step : play.steps) {
    act(*stage, step);
  }
  return stage->spoken();
}

}  // namespace attache::doctor
